"""The one face towards WeChat: what becomes of a call when the platform errs, lags, breaks off or babbles."""

import asyncio
import json
import logging
from contextlib import suppress
from dataclasses import replace

import aiohttp
import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from server import logs
from server.domain.post.faults import Barred, Busy, Closed, Declined, Fault, Gone, Hasty, Repeated, Spent, Unclear
from server.wechat import calls, wire
from server.wechat.calls import CALLS
from server.wechat.client import open_client
from server.wechat.token import Access
from server.wechat.wire import Call

from .conftest import BABBLE, CUT, Slow

READ = Call("POST", "/cgi-bin/message/mass/get", body=b"{}")
MAKE = Call("POST", "/cgi-bin/draft/add", body=b"{}")
REACH = Call("POST", "/cgi-bin/message/custom/send", body=b"{}")
RESTATE = Call("POST", "/cgi-bin/menu/create", body=b"{}")


@pytest.fixture
def hasty(monkeypatch):
    """Let every attempt time out after a tenth of a second."""
    for path, manner in list(CALLS.items()):
        monkeypatch.setitem(calls.CALLS, path, replace(manner, seconds=0.1))


@pytest.mark.parametrize("answer", [{"status": "x"}, {"errcode": 0}, {"errcode": "0"}, {"errcode": None}, {}])
async def test_an_answer_without_an_errcode_is_a_success(client, platform, answer):
    platform.answers[READ.path] = answer
    assert await client.call(READ) == answer


@pytest.mark.parametrize(
    ("code", "fault"),
    [(45009, Spent), (45028, Spent), (45015, Closed), ("45047", Closed), (43101, Closed), (43004, Gone),
     (48002, Gone), (40007, Declined), (45002, Declined), (12345678, Declined), (-42, Declined), (48001, Barred),
     ("40164", Barred), (50002, Barred), (45011, Busy), (9500002, Busy), (45066, Hasty), (45065, Repeated),
     (89504, Unclear)],
)  # fmt: skip
async def test_a_code_becomes_the_fault_that_its_reader_needs(client, platform, code, fault):
    platform.answers[MAKE.path] = {"errcode": code, "errmsg": "no rid: 6501aaaa-1111bbbb-22cc"}
    with pytest.raises(Fault) as raised:
        await client.call(MAKE)
    assert type(raised.value) is fault
    assert raised.value.code == int(code)
    assert len(platform.asked(MAKE.path)) == 1


async def test_a_repeated_client_id_brings_the_first_jobs_message(client, platform):
    platform.answers[MAKE.path] = {"errcode": 45065, "errmsg": "clientmsgid exist", "msg_id": 1000000001}
    with pytest.raises(Repeated) as raised:
        await client.call(MAKE)
    assert raised.value.message == "1000000001"


async def test_a_hasty_repeat_waits_longer_than_its_minute(client, platform):
    platform.answers[MAKE.path] = {"errcode": 45066}
    with pytest.raises(Hasty) as raised:
        await client.call(MAKE)
    assert raised.value.seconds == 61


async def test_a_busy_platform_may_be_asked_again_by_whoever_only_makes_a_thing(client, platform):
    platform.answers[MAKE.path] = {"errcode": -1}
    with pytest.raises(Busy):
        await client.call(MAKE)
    assert len(platform.asked(MAKE.path)) == 1


async def test_an_inner_error_of_the_platform_leaves_it_unclear_whether_a_person_was_reached(client, platform):
    platform.answers[REACH.path] = {"errcode": -1}
    with pytest.raises(Unclear):
        await client.call(REACH)
    assert len(platform.asked(REACH.path)) == 1


BAD = [502, 500, CUT, BABBLE, b"{", b'{"errcode":', b"<html>", b"", b"[]", b'"x"', b"null", b'{"errcode":"x"}',
       b"\xff\xfe", b'{"errcode":Infinity}', b'{"errcode":[0]}', b"[" * 5000]  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
async def test_a_read_is_asked_again_and_succeeds(client, platform, bad, monkeypatch):
    monkeypatch.setattr(wire, "FIRST_PAUSE", 0.001)
    platform.answers[READ.path] = [bad, bad, {"errcode": 0, "well": True}]
    assert (await client.call(READ))["well"]
    assert len(platform.asked(READ.path)) == 3


@pytest.mark.parametrize("bad", [502, CUT, b"{", {"errcode": -1}, {"errcode": 44990}])
async def test_a_read_is_given_up_after_three_attempts_with_pauses_between(client, platform, bad):
    platform.answers[READ.path] = bad
    with pytest.raises(Busy):
        await client.call(READ)
    first, second, third = (seen.at for seen in platform.asked(READ.path))
    assert second - first >= 0.29
    assert third - second >= 0.59


@pytest.mark.parametrize("call", [MAKE, REACH])
@pytest.mark.parametrize("bad", BAD)
async def test_a_write_that_was_not_answered_is_unclear_and_never_repeated(client, platform, call, bad):
    platform.answers[call.path] = bad
    with pytest.raises(Unclear):
        await client.call(call)
    assert len(platform.asked(call.path)) == 1


@pytest.mark.parametrize(("call", "fault", "times"), [(READ, Busy, 3), (MAKE, Unclear, 1), (REACH, Unclear, 1),
                                                       (RESTATE, Unclear, 3)])  # fmt: skip
async def test_a_late_answer_is_no_answer(client, platform, hasty, call, fault, times):
    await client.call(Call("GET", "/cgi-bin/any"))  # so that the token is there already
    platform.answers[call.path] = Slow(5)
    with pytest.raises(fault):
        await client.call(call)
    assert len(platform.asked(call.path)) == times


@pytest.mark.parametrize("call", [READ, MAKE, REACH])
async def test_a_platform_that_cannot_be_reached_has_done_nothing(shelf, clock, unused_tcp_port, call):
    access = Access(f"http://127.0.0.1:{unused_tcp_port}", "wx1", "secret")
    async with open_client(access, shelf, clock, lambda: 0.0) as client:
        with pytest.raises(Busy) as raised:
            await client.call(call)
    assert raised.value.code == 0


async def test_an_unreachable_platform_makes_no_write_unclear(process, platform, session, monkeypatch):
    client = process()
    await client.call(READ)
    monkeypatch.setattr(client._wire, "_base", "http://127.0.0.1:9")  # nobody listens there
    with pytest.raises(Busy):
        await client.call(MAKE)


@pytest.mark.parametrize("status", [302, 403, 404, 413])
async def test_an_http_refusal_is_a_refusal(client, platform, status):
    platform.answers[READ.path] = status
    with pytest.raises(Declined):
        await client.call(READ)
    assert len(platform.asked(READ.path)) == 1


@pytest.mark.parametrize("status", [408, 429])
async def test_an_http_plea_for_patience_means_that_nothing_was_done(client, platform, status):
    platform.answers[MAKE.path] = status
    with pytest.raises(Busy):
        await client.call(MAKE)


async def test_a_path_that_nobody_listed_is_read_by_get_and_never_repeated_by_post(client, platform):
    platform.answers["/cgi-bin/new"] = 502
    with pytest.raises(Busy):
        await client.get("new")
    assert len(platform.asked("/cgi-bin/new")) == 3
    with pytest.raises(Unclear):
        await client.post("new", data={})
    assert len(platform.asked("/cgi-bin/new")) == 4


async def test_json_goes_out_as_raw_utf8_whatever_it_holds(client, platform):
    await client.menu.create({"button": [{"type": "click", "name": "今日\ud83d", "key": "today"}]})
    [asked] = platform.asked("/cgi-bin/menu/create")
    assert "今日".encode() in asked.raw
    assert b"\\u" not in asked.raw
    assert asked.type == "application/json"


@pytest.mark.parametrize("data", [b'{"a":"\xe5\xbf\x83"}', '{"a":"心"}', {"a": "心"}])
async def test_a_body_that_is_written_already_goes_out_as_it_is(client, platform, data):
    await client.post("any", data=data)
    assert platform.asked("/cgi-bin/any")[0].json == {"a": "心"}


async def test_an_answer_with_a_line_break_inside_a_string_is_read(client, platform):
    platform.answers[READ.path] = b'{"errcode":0,"title":"a\nb\x01"}'
    assert (await client.call(READ))["title"] == "a\nb\x01"


async def test_wechatpys_groups_are_awaited_and_their_token_is_the_real_one(client, platform):
    platform.answers["/cgi-bin/material/add_material"] = {"media_id": "m"}
    assert await client.material.add("image", ("c.jpg", b"\xff\xd8jpeg", "image/jpeg")) == {"media_id": "m"}
    [asked] = platform.asked("/cgi-bin/material/add_material")
    assert asked.query == {"access_token": "token-1", "type": "image"}
    assert b'name="media"; filename="c.jpg"' in asked.raw
    assert b"\xff\xd8jpeg" in asked.raw


async def test_an_upload_after_a_refused_token_sends_the_whole_file_again(client, platform):
    platform.answers["/cgi-bin/media/uploadimg"] = [{"errcode": 42001}, {"url": "http://mmbiz/1"}]
    assert await client.media.upload_image(("a.jpg", b"\xff\xd8 all of it", "image/jpeg")) == "http://mmbiz/1"
    first, second = platform.asked("/cgi-bin/media/uploadimg")
    assert b"all of it" in first.raw
    assert b"all of it" in second.raw
    assert (first.query["access_token"], second.query["access_token"]) == ("token-1", "token-2")


async def test_a_success_that_lacks_what_it_must_hold_is_unclear(client, platform):
    platform.answers["/cgi-bin/media/uploadimg"] = {"errcode": 0}
    with pytest.raises(Unclear):
        await client.media.upload_image(("a.jpg", b"x", "image/jpeg"))


async def test_groups_outside_cgi_bin_and_whole_addresses_stay_at_our_base(client, platform):
    await client.get("media", api_base_url="https://api.weixin.qq.com/wxa/")
    await client.get("https://api.weixin.qq.com/sns/auth", params={"openid": "o1"})
    assert [seen.path for seen in platform.seen[1:]] == ["/wxa/media", "/sns/auth"]
    with pytest.raises(ValueError, match=r"mp\.weixin\.qq\.com"):
        await client.get("https://mp.weixin.qq.com/cgi-bin/showqrcode")


async def test_every_call_is_counted_by_path_and_code_and_timed(client, platform):
    platform.answers["/cgi-bin/counted"] = [{"errcode": 45009}, {}, CUT]

    def count(code):
        return REGISTRY.get_sample_value("xinyi_wechat_calls_total", {"path": "/cgi-bin/counted", "code": code})

    for _ in range(3):
        with suppress(Fault):
            await client.post("counted", data={})
    assert (count("45009"), count("0"), count("cut")) == (1, 1, 1)
    assert REGISTRY.get_sample_value("xinyi_wechat_seconds_count", {"path": "/cgi-bin/counted"}) == 3


async def test_a_line_tells_path_code_and_rid_and_neither_token_nor_secret_nor_words(client, platform):
    platform.answers[REACH.path] = {"errcode": 45015, "errmsg": "out of time rid: 6501aaaa-1111bbbb-22cc 你的话"}
    with capture_logs() as lines, pytest.raises(Closed) as raised:
        await client.message.send_text("oPerson", "只说给一个人听的话")
    [line] = [line for line in lines if line["path"] == REACH.path]
    assert (line["code"], line["rid"], line["log_level"]) == ("45015", "6501aaaa-1111bbbb-22cc", "warning")
    told = json.dumps(lines, ensure_ascii=False) + str(raised.value) + repr(raised.value.__context__)
    for secret in ("token-1", "a-secret", "oPerson", "只说给", "你的话"):
        assert secret not in told


async def test_a_connection_that_breaks_shows_no_token_in_the_chain_of_causes(client, platform, caplog):
    platform.answers[REACH.path] = CUT
    with pytest.raises(Unclear) as raised, caplog.at_level(logging.DEBUG):
        await client.call(replace(REACH, query={"x": "1"}))
    shown = "".join(str(step) for step in (raised.value, raised.value.__cause__, caplog.text))
    assert raised.value.__suppress_context__
    assert "token-1" not in shown
    assert "token-1" not in repr(Call("POST", "/x", {"access_token": "token-1"}, b"token-1"))


async def test_the_cause_of_the_work_stays_with_its_calls(client, platform):
    seen = []

    async def work(name):
        logs.cause.set(name)
        await client.call(READ)
        seen.append(logs.cause.get())

    await asyncio.gather(*(work(f"c{number}") for number in range(5)))
    assert sorted(seen) == ["c0", "c1", "c2", "c3", "c4"]


async def test_a_cancelled_call_is_counted_and_leaves_no_session_open(access, shelf, clock, platform):
    platform.answers[READ.path] = Slow(5)
    async with open_client(access, shelf, clock, lambda: 0.0) as client:
        task = asyncio.create_task(client.call(READ))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        session = client._wire._session
    assert session.closed
    assert isinstance(session.cookie_jar, aiohttp.DummyCookieJar)
