"""Clock, faults, calls, sink, reset, snapshot and the live line: what tests and the phone page rely on."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tornado.websocket import websocket_connect

from server.simulator.app import Simulator
from server.simulator.clock import instant


async def draft_count(stage: Any, timeout: float = 5.0) -> Any:
    path = f"/cgi-bin/draft/count?access_token={await stage.fresh_token()}"
    return await asyncio.wait_for(stage.fetch(path), timeout)


async def test_the_clock_starts_at_the_real_time_and_runs_on(stage: Any) -> None:
    assert abs(instant((await stage.control("clock"))["now"]) - time.time()) < 5
    moved = await stage.control("clock", {"advance_seconds": 3600})
    assert abs(instant(moved["now"]) - time.time() - 3600) < 5
    await asyncio.sleep(0.05)
    assert instant((await stage.control("clock"))["now"]) > instant(moved["now"])


async def test_the_clock_can_be_held_still_and_let_go(stage: Any) -> None:
    held = await stage.control("clock", {"advance_to": "2031-05-01T07:30:00+08:00", "freeze": True})
    await asyncio.sleep(0.05)
    assert await stage.control("clock") == held
    assert (await stage.control("clock", {"advance_seconds": 1.5}))["now"].startswith("2031-04-30T23:30:01.5")
    await stage.control("clock", {"freeze": False})
    await asyncio.sleep(0.05)
    assert (await stage.control("clock"))["now"] > "2031-04-30T23:30:01.51"


@pytest.mark.parametrize(
    "wrong",
    [
        {"advance_to": "2020-01-01T00:00:00Z"},
        {"advance_to": "tomorrow"},
        {"advance_seconds": -1},
        {"advance_seconds": "5"},
        {"advance_seconds": 1, "advance_to": "2031-01-01T00:00:00Z"},
        {"settle": "yes"},
        {"ahead": 5},
        "no json",
        '{"settle": "\\ud800"}',
        [],
    ],
)
async def test_time_asked_for_wrongly_is_a_clear_complaint(stage: Any, wrong: Any) -> None:
    assert (await stage.control("clock", wrong, status=400))["error"]


async def test_settling_waits_until_nothing_is_due(stage: Any) -> None:
    stage.account.due = 3
    waiting = asyncio.ensure_future(stage.control("clock", {"advance_seconds": 600, "settle": True}))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    stage.account.due = 0
    assert (await waiting)["settled"] is True


async def test_settling_waits_for_the_service_to_know_the_time(stage: Any) -> None:
    late = time.time()
    stage.account.now = lambda: late
    waiting = asyncio.ensure_future(stage.control("clock", {"advance_seconds": 600, "settle": True}))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    stage.account.now = stage.world.clock.seconds
    assert (await waiting)["settled"] is True


async def test_settling_waits_for_what_is_on_its_way(stage: Any) -> None:
    await stage.follower()
    body = {"filter": {"is_to_all": True}, "msgtype": "text", "text": {"content": "早"}}
    await stage.control("account", {"finish_seconds": 0.4}, "PUT")
    await stage.call("message/mass/sendall", body)
    await stage.control("clock", {"advance_seconds": 1, "settle": True})
    assert [got.fields["Event"] for got in stage.account.got] == ["MASSSENDJOBFINISH"]


async def test_calls_are_kept_without_token_and_secret(stage: Any) -> None:
    await stage.call("draft/get", {"media_id": "睡前"})
    calls = (await stage.control("calls"))["calls"]
    assert [each["path"] for each in calls] == ["/cgi-bin/stable_token", "/cgi-bin/draft/get"]
    assert calls[1]["errcode"] == 40007
    assert calls[1]["body"] == '{"media_id": "睡前"}'
    told = json.dumps(calls)
    assert stage.account.settings.secret not in told
    assert stage.token not in told
    assert len((await stage.control("calls?path=/cgi-bin/draft/*"))["calls"]) == 1
    assert len((await stage.control(f"calls?after={calls[0]['n']}"))["calls"]) == 1
    assert (await stage.control(f"calls?since={calls[1]['at']}"))["calls"][-1]["n"] == calls[1]["n"]
    await stage.control("calls?since=yesterday", status=400)


async def test_a_fault_gives_its_errcode_as_often_as_asked(stage: Any) -> None:
    await stage.control("faults", {"path": "/cgi-bin/draft/*", "kind": "errcode", "errcode": -1, "times": 2})
    assert [await stage.code("draft/count") for _ in range(3)] == [-1, -1, 0]
    assert (await stage.control("faults"))["faults"] == []


async def test_a_fault_gives_a_status_a_broken_or_an_odd_answer(stage: Any) -> None:
    for kind in ("http", "cut", "no-errcode", "strings"):
        await stage.control("faults", {"path": "/cgi-bin/draft/count", "kind": kind})
    answers = [await draft_count(stage) for _ in range(4)]
    assert [answer.code for answer in answers[:2]] == [502, 599]
    assert json.loads(answers[2].body) == {"total_count": 0}
    assert json.loads(answers[3].body) == {"total_count": "0"}


@pytest.mark.parametrize(("kind", "drafts"), [("drop-before", 0), ("drop-after", 1), ("cut", 1), ("http", 0)])
async def test_a_dropped_call_was_done_or_not_as_the_fault_says(stage: Any, kind: str, drafts: int) -> None:
    article = await stage.article()
    await stage.control("faults", {"path": "/cgi-bin/draft/add", "kind": kind})
    answer = await stage.fetch(f"/cgi-bin/draft/add?access_token={stage.token}", {"articles": [article]})
    assert answer.code in (502, 599)
    assert (await stage.call("draft/count"))["total_count"] == drafts


@pytest.mark.parametrize(("when", "drafts"), [("before", 0), ("late", 1), ("after", 1)])
async def test_a_caller_who_dies_while_a_call_is_held_has_done_it_or_not(stage: Any, when: str, drafts: int) -> None:
    article = await stage.article()
    fault = {"path": "/cgi-bin/draft/add", "kind": "slow", "seconds": 0.3, "when": when}
    await stage.control("faults", fault)
    body = json.dumps({"articles": [article]}, ensure_ascii=False).encode()
    host, _, port = stage.simulator.address.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    asked = f"POST /cgi-bin/draft/add?access_token={stage.token} HTTP/1.1"
    head = f"{asked}\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    await asyncio.sleep(0.1)
    assert (await stage.control("faults"))["faults"] == []
    writer.close()
    await asyncio.sleep(0.4)
    assert (await stage.call("draft/count"))["total_count"] == drafts


async def test_a_slow_call_is_answered_after_all(stage: Any) -> None:
    await stage.fresh_token()
    await stage.control("faults", {"path": "/cgi-bin/draft/count", "kind": "slow", "seconds": 0.3})
    begun = time.monotonic()
    assert (await draft_count(stage)).code == 200
    assert time.monotonic() - begun >= 0.3


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("faults", {"path": "/cgi-bin/draft/add", "kind": "quake"}),
        ("faults", {"kind": "cut"}),
        ("faults", {"path": "/x", "kind": "slow", "seconds": -1}),
        ("faults", {"path": "/x", "kind": "cut", "times": 0}),
        ("deliveries", {"kind": "sometimes"}),
        ("followers", {"count": 0}),
        ("followers", {"openid": "nobody's"}),
        ("followers", {"number": 5}),
        ("guard", {"answer": "perhaps"}),
        ("outcomes", {}),
    ],
)
async def test_wrong_wishes_are_clear_complaints(stage: Any, path: str, wrong: Any) -> None:
    assert (await stage.control(path, wrong, status=400))["error"]


@pytest.mark.parametrize(
    "wrong", [{"kind": "personal"}, {"menu": {}}, {"deliveries": 9}, {"quota": {"a": -1}}, {"x": 1}]
)
async def test_an_account_cannot_be_set_to_what_it_is_not(stage: Any, wrong: Any) -> None:
    before = await stage.control("account")
    assert (await stage.control("account", {"verified": False, **wrong}, "PUT", status=400))["error"]
    assert (await stage.control("account"))["verified"] is before["verified"] is True


async def test_who_does_not_exist_or_follow_cannot_write(stage: Any) -> None:
    await stage.control("followers/oNobody/messages", {"type": "text"}, status=404)
    openid = await stage.follower(follows=False)
    await stage.control(f"followers/{openid}/messages", {"type": "text"}, status=400)
    await stage.control(f"followers/{openid}/messages", {"type": "text", "repeat": 0}, status=400)
    assert stage.account.got == []


async def test_the_phone_sees_names_and_what_is_unread(stage: Any) -> None:
    stage.account.says("欢迎")
    openid = (await stage.control("followers", {"count": 1}))["openids"][0]
    (listed,) = (await stage.control("followers"))["followers"]
    assert (listed["openid"], listed["follows"], listed["unread"]) == (openid, True, 1)
    assert listed["name"]
    assert len(openid) == 28
    await stage.inbox(openid)
    assert (await stage.control("followers"))["followers"][0]["unread"] == 0


async def test_the_live_line_brings_items_and_the_menu(stage: Any) -> None:
    stage.account.says("好")
    openid = await stage.follower()
    address = stage.simulator.address.replace("http", "ws")
    line = await websocket_connect(f"{address}/simulator/followers/{openid}/live")
    await stage.write(openid, "在吗")
    items = [json.loads(str(await line.read_message()))["item"] for _ in range(2)]
    assert items == await stage.inbox(openid)
    await stage.call("menu/create", {"button": [{"type": "click", "name": "今日", "key": "TODAY"}]})
    account = json.loads(str(await line.read_message()))["account"]
    assert account["menu"]["button"][0]["key"] == "TODAY"
    line.close()


async def test_the_sink_takes_everything(stage: Any) -> None:
    await stage.control("sink", {"text": "请值班同事看一下"})
    await stage.control("sink/sms", {"to": "1"})
    received = (await stage.control("sink"))["received"]
    assert [each["path"] for each in received] == ["/simulator/sink", "/simulator/sink/sms"]


async def test_a_reset_empties_everything_but_the_clock(stage: Any) -> None:
    openid = await stage.follower()
    await stage.write(openid)
    await stage.draft()
    await stage.control("faults", {"path": "/x", "kind": "cut"})
    await stage.control("account", {"kind": "service"}, "PUT")
    await stage.control("clock", {"advance_to": "2031-05-01T07:30:00+08:00"})
    assert (await stage.control("reset", {}))["now"].startswith("2031-04-30")
    assert (await stage.control("followers"))["total"] == 0
    assert (await stage.control("faults"))["faults"] == (await stage.control("calls"))["calls"] == []
    assert (await stage.control("account"))["kind"] == "subscription"
    assert await stage.code("draft/count") == 40014
    assert (await stage.control("reset", {"clock": True}))["now"] < "2031"


async def test_a_restart_forgets_nothing_that_matters(stage: Any, tmp_path: Path) -> None:
    settings = replace(stage.account.settings, data=tmp_path, service=stage.account.address)
    stage.simulator, first = Simulator(settings), stage.simulator
    stage.account.says("好")
    openid, url = await stage.follower(), (await stage.upload("media/uploadimg", "a.png", b"\x89PNG\r\n\x1a\n"))["url"]
    await stage.write(openid)
    media_id = await stage.draft()
    await stage.call("menu/create", {"button": [{"type": "click", "name": "今日", "key": "TODAY"}]})
    await stage.control("clock", {"advance_seconds": 7000})
    before = (await stage.inbox(openid), await stage.control("account"), await stage.stable())
    await stage.simulator.stop()
    stage.simulator, second = Simulator(settings), stage.simulator
    after = (await stage.inbox(openid), await stage.control("account"), await stage.stable())
    assert before[0] == after[0]
    assert before[1] | {"now": ""} == after[1] | {"now": ""}
    assert before[2]["access_token"] == after[2]["access_token"]
    assert before[1]["now"] <= after[1]["now"]
    stage.token = after[2]["access_token"]
    assert await stage.code("draft/get", {"media_id": media_id}) == 0
    assert (await stage.fetch(url.removeprefix(second.address))).body.startswith(b"\x89PNG")
    await stage.simulator.stop()
    stage.simulator = first


async def test_a_send_cut_off_by_a_restart_is_carried_out_once(stage: Any, tmp_path: Path) -> None:
    settings = replace(stage.account.settings, data=tmp_path, service=stage.account.address)
    stage.simulator, first = Simulator(settings), stage.simulator
    openid = await stage.follower()
    await stage.control("account", {"finish_seconds": 0.5}, "PUT")
    body = {"filter": {"is_to_all": True}, "msgtype": "text", "text": {"content": "早"}}
    await stage.call("message/mass/sendall", body)
    await stage.simulator.stop()
    stage.simulator = Simulator(settings)
    await stage.calm()
    assert [item["text"] for item in await stage.inbox(openid)] == ["早"]
    assert len(stage.account.got) == 1
    await stage.simulator.stop()
    stage.simulator = first
