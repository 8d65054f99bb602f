"""Customer-service messages: windows, allowances, kinds, and followers with known fates."""

from __future__ import annotations

import time
from typing import Any

import pytest

PATH = "message/custom/send"


async def send(stage: Any, openid: str, content: str = "在的") -> int:
    return await stage.code(PATH, {"touser": openid, "msgtype": "text", "text": {"content": content}})


async def test_who_never_acted_cannot_be_written_to(stage: Any) -> None:
    assert await send(stage, await stage.follower()) == 45015


async def test_a_message_allows_five_within_48_hours(stage: Any) -> None:
    openid = await stage.follower()
    await stage.write(openid)
    assert [await send(stage, openid) for _ in range(6)] == [0] * 5 + [45047]
    await stage.write(openid)
    assert await send(stage, openid) == 0
    await stage.advance(48 * 3600)
    stage.token = ""
    assert await send(stage, openid) == 45015
    assert [item["by"] for item in await stage.inbox(openid)].count("custom") == 6


@pytest.mark.parametrize("event", ["CLICK", "scancode_push", "scancode_waitmsg", "SCAN", "subscribe"])
async def test_a_tap_a_scan_or_a_follow_allows_three_within_a_minute(stage: Any, event: str) -> None:
    openid = await stage.follower()
    await stage.happen(openid, event, key="KEY")
    assert [await send(stage, openid) for _ in range(4)] == [0, 0, 0, 45047]
    await stage.happen(openid, event, key="KEY")
    await stage.advance(60)
    assert await send(stage, openid) == 45015


@pytest.mark.parametrize("event", ["VIEW", "view_miniprogram", "LOCATION", "pic_sysphoto"])
async def test_other_taps_allow_nothing(stage: Any, event: str) -> None:
    openid = await stage.follower()
    await stage.happen(openid, event)
    assert await send(stage, openid) == 45015


async def test_who_has_left_cannot_be_written_to_even_after_coming_back(stage: Any) -> None:
    openid = await stage.follower()
    await stage.write(openid)
    await stage.happen(openid, "unsubscribe")
    assert await send(stage, openid) == 45015
    await stage.happen(openid, "subscribe")
    await stage.advance(61)
    assert await send(stage, openid) == 45015


async def test_known_fates(stage: Any) -> None:
    fates = {}
    for openid in ("o_blocked_anna", "o_left_bert", "oNobody"):
        if openid != "oNobody":
            await stage.follower(openid)
            await stage.write(openid)
        fates[openid] = await send(stage, openid)
    assert fates == {"o_blocked_anna": 48002, "o_left_bert": 45015, "oNobody": 40003}


async def test_the_slow_one_gets_the_message_long_before_the_call_is_answered(stage: Any) -> None:
    await stage.follower("o_slow_carl")
    await stage.write("o_slow_carl")
    begun = time.monotonic()
    assert await send(stage, "o_slow_carl") == 0
    assert time.monotonic() - begun >= 5.9
    assert (await stage.inbox("o_slow_carl"))[-1]["by"] == "custom"


CARD = {"title": "一篇", "description": "", "url": "https://example.com/", "picurl": ""}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"msgtype": "text", "text": {"content": "字" * 682 + "ab"}}, 0),
        ({"msgtype": "text", "text": {"content": "字" * 682 + "abc"}}, 45002),
        ({"msgtype": "text", "text": {"content": ""}}, 44004),
        ({"msgtype": "text", "text": "在"}, 47001),
        ({"msgtype": "text"}, 47001),
        ({"msgtype": "poem"}, 40008),
        ({"msgtype": "news", "news": {"articles": [CARD]}}, 0),
        ({"msgtype": "news", "news": {"articles": [CARD, CARD]}}, 45008),
        ({"msgtype": "news", "news": {"articles": []}}, 44003),
        ({"msgtype": "image", "image": {"media_id": "none"}}, 40007),
        ({"msgtype": "image", "image": {}}, 41006),
        ({"msgtype": "mpnewsarticle", "mpnewsarticle": {"article_id": "none"}}, 53600),
        ({"msgtype": "mpnews", "mpnews": {"media_id": "none"}}, 48008),
        ({"msgtype": "msgmenu", "msgmenu": {"head_content": "好吗", "list": [{"id": "1", "content": "好"}]}}, 0),
        ({"msgtype": "msgmenu", "msgmenu": {"head_content": "好吗", "list": []}}, 47001),
        ({"msgtype": "miniprogrampage", "miniprogrampage": {"title": "约"}}, 47001),
        ({"msgtype": "text", "text": {"content": "a"}, "customservice": {"kf_account": "a@b"}}, 61452),
    ],
)
async def test_every_kind_has_its_rule_and_a_refused_one_costs_nothing(
    stage: Any, message: dict[str, Any], expected: int
) -> None:
    openid = await stage.follower()
    await stage.write(openid)
    assert await stage.code(PATH, {"touser": openid, **message}) == expected
    left = 4 if expected == 0 else 5
    assert [await send(stage, openid) for _ in range(left + 1)] == [0] * left + [45047]


async def test_a_choice_is_shown_with_its_lines(stage: Any) -> None:
    openid = await stage.follower()
    await stage.write(openid)
    choice = {"head_content": "愿意说说吗", "list": [{"id": "1", "content": "愿意"}], "tail_content": "慢慢来"}
    await stage.call(PATH, {"touser": openid, "msgtype": "msgmenu", "msgmenu": choice})
    assert (await stage.inbox(openid))[-1]["text"] == "愿意说说吗\n愿意\n慢慢来"


async def test_who_is_written_to_must_be_named(stage: Any) -> None:
    assert await stage.code(PATH, {"msgtype": "text", "text": {"content": "a"}}) == 41009
