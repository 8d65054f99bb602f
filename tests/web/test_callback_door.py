"""WeChat's door: what is not WeChat's is refused without a trace, what is gets one answer, and help always leaves."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from server import metrics
from server.wechat.crypto import Account, Envelope, Mode
from tests.servers import Servers
from tests.vault.chance import Chance
from tests.web.conftest import House, a_house
from tests.web.letters import Letter

CRY = "我站在楼顶，马上就跳下去"


def a_plain_query(house: House, **changes: str) -> dict[str, str]:
    """The query of a verification, signed as the platform signs it."""
    chosen = house.app.settings
    plain = Envelope(Account(chosen.oa_appid, chosen.oa_token, "", Mode.PLAIN), Chance())
    signature = plain._signature(b"1795572000", b"n0nce").decode()
    return {"signature": signature, "timestamp": "1795572000", "nonce": "n0nce", "echostr": "52817", **changes}


def changed(body: bytes) -> bytes:
    """The body with one letter of its sealed part changed."""
    at = body.index(b"CDATA[") + 20
    return body[:at] + (b"A" if body[at : at + 1] != b"A" else b"B") + body[at + 1 :]


async def test_the_address_proves_itself_by_the_echo(house: House) -> None:
    answer = await house.gets(f"/wechat?{urlencode(a_plain_query(house))}")
    assert (answer.status, answer.body) == (200, b"52817")
    assert answer.headers["content-type"].startswith("text/plain")


async def test_a_verification_that_is_not_wechats_is_refused(house: House) -> None:
    forged, unreadable = ({"signature": "0" * 40}, {"nonce": "other"}), ({"echostr": ""}, {"signature": "é"})
    for changes, status in ((forged, 403), (unreadable, 400)):
        for change in changes:
            answer = await house.gets(f"/wechat?{urlencode(a_plain_query(house, **change))}")
            assert (answer.status, answer.body) == (status, b""), change


async def test_what_is_not_wechats_is_refused_empty_and_leaves_no_trace(house: House) -> None:
    good = house.postbox.text("你好")
    now = datetime.now(UTC)
    bad = {
        "no query": (Letter({}, good.body), 400),
        "another signature": (Letter({**good.query, "msg_signature": "0" * 40}, good.body), 403),
        "another stamp": (Letter({**good.query, "timestamp": "1"}, good.body), 403),
        "a changed body": (Letter(good.query, changed(good.body)), 403),
        "no body": (Letter(good.query, b""), 400),
        "JSON": (Letter(good.query, b'{"Encrypt": "x"}'), 400),
        "bytes": (Letter(good.query, bytes(range(256))), 400),
        "an entity": (Letter(good.query, b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>'), 400),
        "too large": (Letter(good.query, good.body + b" " * 64 * 1024), 400),
        "far too large": (Letter(good.query, b" " * 300 * 1024), 400),
        "in clear": (Letter({**good.query, "encrypt_type": "raw"}, good.body), 403),
        "a day old": (house.postbox.text("你好", now - timedelta(hours=25)), 403),
        "sealed nonsense": (house.postbox.sealed(b"<xml><MsgType>text</MsgType></xml>"), 400),
        "sealed bytes": (house.postbox.sealed(b"\xff\xfe"), 400),
    }
    told = {}
    for name, (letter, _) in bad.items():
        answer = await house.hears(letter)
        told[name] = (answer.status, answer.body)
    assert told == {name: (status, b"") for name, (_, status) in bad.items()}
    assert await house.kept() == 0
    assert await house.app.stores.mongo.data["followers"].count_documents({}) == 0


async def test_another_verb_is_refused_empty(house: House) -> None:
    for verb in ("PUT", "DELETE", "PATCH"):
        answer = await house.asks(verb, house.postbox.text("你好").path)
        assert answer.status in (400, 405), verb
        assert answer.body == b""


async def test_what_was_refused_is_counted(house: House) -> None:
    counter = metrics.REFUSED.labels("forged")._value
    before = counter.get()
    good = house.postbox.text("你好")
    await house.hears(Letter({**good.query, "msg_signature": "0" * 40}, good.body))
    assert counter.get() == before + 1


async def test_a_text_is_answered_sealed_and_kept(house: House) -> None:
    answer = await house.hears(house.postbox.text("天气不错"))
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/xml")
    assert "天气" not in answer.body.decode()
    assert "<MsgType>text</MsgType>" in house.postbox.opened(answer.body)
    assert await house.kept() == 1


async def test_twenty_repeats_at_once_get_one_answer_and_one_effect(house: House) -> None:
    letter = house.postbox.text("预约")
    answers = await asyncio.gather(*(house.hears(letter) for _ in range(20)))
    assert {answer.status for answer in answers} == {200}
    assert len({house.postbox.opened(answer.body) for answer in answers}) == 1
    assert await house.kept() == 1
    assert await house.app.stores.mongo.data["followers"].count_documents({}) == 1


async def test_two_first_messages_of_one_person_are_both_answered_and_meet_one_worker(house: House) -> None:
    for number in range(5):
        openid = f"oNewcomer{number}"
        letters = [house.postbox.text(words, openid=openid) for words in ("你好", "预约", "帮助")]
        answers = await asyncio.gather(*(house.hears(letter) for letter in letters))
        assert [answer.status for answer in answers] == [200] * 3
    rows = [row async for row in house.app.stores.mongo.data["messages"].find()]
    assert len(rows) == 15
    assert len({row["worker"] for row in rows}) == 5


async def test_who_says_nothing_to_answer_is_told_success(house: House) -> None:
    letter = house.postbox.sealed(
        b"<xml><ToUserName>gh_union</ToUserName><FromUserName>oLin</FromUserName><CreateTime>1795572000</CreateTime>"
        b"<MsgType>event</MsgType><Event>VIEW</Event><EventKey>https://x</EventKey></xml>"
    )
    answer = await house.hears(letter)
    assert (answer.status, answer.body) == (200, b"success")
    assert await house.kept() == 1


# A store that does not answer


@asynccontextmanager
async def shaken(environ: dict[str, str], servers: Servers) -> AsyncIterator[House]:
    async with a_house({**environ, "XINYI_MONGO_URL": servers.mongod.url}) as house:
        assert (await house.hears(house.postbox.text("你好"))).status == 200
        try:
            yield house
        finally:
            servers.mongod.let_go()


async def test_while_the_store_stands_still_messages_are_asked_for_again_and_help_leaves(
    environ: dict[str, str], own_servers: Servers
) -> None:
    async with shaken(environ, own_servers) as house:
        own_servers.mongod.hold()
        started = time.monotonic()
        letters = [house.postbox.text(words) for words in ("你好", "预约", CRY)]
        heard = (house.hears(letter) for letter in letters)
        plain, booking, help_, ready = await asyncio.gather(*heard, house.gets("/health/ready"))
        assert time.monotonic() - started < 4
        assert [(each.status, each.body) for each in (plain, booking)] == [(503, b""), (503, b"")]
        assert help_.status == 200
        assert all(number in house.postbox.opened(help_.body) for number in ("12356", "110", "120"))
        assert ready.status == 200
        assert "mongo" in json.loads(ready.body)["degraded"]
        told = json.loads((await house.gets("/health/ready")).body)
        assert told["spool"] == 1, "help alone waits to be stored"
        assert "spool" in told["degraded"]
        own_servers.mongod.let_go()
        again = await house.hears(letters[0])
        assert again.status == 200


async def test_with_the_store_gone_messages_are_asked_for_again_and_help_leaves(
    environ: dict[str, str], own_servers: Servers
) -> None:
    async with shaken(environ, own_servers) as house:
        own_servers.mongod.kill()
        started = time.monotonic()
        letters = [house.postbox.text(words) for words in ("你好", CRY)]
        heard = (house.hears(letter) for letter in letters)
        plain, help_, ready = await asyncio.gather(*heard, house.gets("/health/ready"))
        assert time.monotonic() - started < 4
        assert (plain.status, plain.body) == (503, b"")
        assert "12356" in house.postbox.opened(help_.body)
        assert ready.status == 200
        assert "mongo" in json.loads(ready.body)["degraded"]
