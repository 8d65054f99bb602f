"""A union of 400,000: the stand-in must hold it and reach it without making a test wait."""

from __future__ import annotations

import time
from typing import Any


async def test_a_send_to_400000_takes_seconds_and_reaches_each_once(stage: Any) -> None:
    made = (await stage.control("followers", {"count": 400_000, "quiet": True}))["openids"]
    body = {"filter": {"is_to_all": True}, "msgtype": "text", "text": {"content": "早安"}}
    begun = time.monotonic()
    await stage.call("message/mass/sendall", body)
    await stage.calm()
    assert time.monotonic() - begun < 10
    assert stage.account.got[-1].fields["SentCount"] == "400000"
    for openid in (made[0], made[199_999], made[-1]):
        assert [item["text"] for item in await stage.inbox(openid)] == ["早安"]
