"""The sink: what a robot and a gateway take, what they answer, and what goes wrong on demand."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tornado.websocket import websocket_connect

from server.simulator.sink import Note, read

ALERT = "有一件事需要人接：1234\n回复 接 1234"


def robot(kind: str, more: dict[str, Any] | None = None, **inside: Any) -> str:
    return json.dumps({"msgtype": kind, kind: inside, **(more or {})}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("path", "body", "note"),
    [
        ("", robot("text", content=ALERT), Note("group", (), ALERT)),
        (
            "",
            robot("text", content="看一下", mentioned_list=["@all", "wang"], mentioned_mobile_list=["13800000000"]),
            Note("group", ("所有人", "wang", "13800000000"), "看一下"),
        ),
        (
            "/duty",
            robot("text", {"at": {"atMobiles": ["13800000000"], "isAtAll": True}}, content="看一下"),
            Note("group", ("13800000000", "所有人"), "看一下"),
        ),
        (
            "",
            robot("markdown", content='# 值班\n> **1234** <font color="warning">没人接</font> <@wang>'),
            Note("group", (), "值班\n1234 没人接 @wang"),
        ),
        (
            "",
            robot("markdown", title="值班", text="看 [这里](https://example.com/staff)"),
            Note("group", (), "看 这里 https://example.com/staff"),
        ),
        ("/sms", '{"to": "13800000000", "text": "回复 接 1234"}', Note("sms", ("13800000000",), "回复 接 1234")),
        ("", '{"phones": ["1", "2"], "content": "接 1"}', Note("sms", ("1", "2"), "接 1")),
        ("/sms", "mobile=13800000000&content=%E6%8E%A5+1234", Note("sms", ("13800000000",), "接 1234")),
        ("/voice", '{"to": "1", "text": "请看手机"}', Note("call", ("1",), "请看手机")),
        ("", '{"text": "请值班同事看一下"}', Note("other", (), "请值班同事看一下")),
        ("", '{"alert": 1}', Note("other", (), '{"alert": 1}')),
        ("", "plain words", Note("other", (), "plain words")),
        ("", '["a"]', Note("other", (), '["a"]')),
        ("", '{"msgtype": "text", "text": "wrong"}', Note("group", (), '{"msgtype": "text", "text": "wrong"}')),
        ("", '{"to": "1", "text": "\\ud800!"}', Note("sms", ("1",), "?!")),
    ],
)
def test_what_a_body_says_is_found(path: str, body: str, note: Note) -> None:
    assert read(f"/simulator/sink{path}", body) == note


async def test_a_robot_and_a_gateway_answer_each_in_its_way(stage: Any) -> None:
    assert await stage.control("sink", robot("text", content=ALERT)) == {"errcode": 0, "errmsg": "ok"}
    assert await stage.control("sink/sms", {"to": "1", "text": "接 1"}) == {"ok": True}
    group, sms = (await stage.control("sink"))["received"]
    assert (group["n"], group["channel"], group["words"], group["to"]) == (1, "group", ALERT, [])
    assert (sms["path"], sms["body"]) == ("/simulator/sink/sms", '{"to": "1", "text": "接 1"}')
    assert (await stage.control("sink?limit=1"))["received"] == [sms]
    assert (await stage.control("sink?limit=0"))["received"] == []
    await stage.control("sink?limit=all", status=400)


async def test_a_robot_refuses_a_message_without_words(stage: Any) -> None:
    assert (await stage.control("sink", robot("text", content=" ")))["errcode"] == 44004
    assert (await stage.control("sink"))["received"] == []


@pytest.mark.parametrize(
    ("fault", "code", "arrives"),
    [
        ({"kind": "errcode", "errcode": 45009}, 200, False),
        ({"kind": "http", "status": 503}, 503, False),
        ({"kind": "drop-before"}, 599, False),
        ({"kind": "drop-after"}, 599, True),
        ({"kind": "cut"}, 599, True),
        ({"kind": "slow", "seconds": 0.05}, 200, True),
    ],
)
async def test_a_fault_meets_the_sink_as_it_says(stage: Any, fault: Any, code: int, arrives: bool) -> None:
    await stage.control("faults", {"path": "/simulator/sink*", **fault})
    answer = await stage.fetch("/simulator/sink/duty", robot("text", content=ALERT))
    assert answer.code == code
    if fault["kind"] == "errcode":
        assert json.loads(answer.body)["errcode"] == 45009
    assert len((await stage.control("sink"))["received"]) == arrives
    assert (await stage.control("sink", robot("text", content=ALERT)))["errcode"] == 0


async def test_the_live_line_brings_what_comes_and_tells_when_it_is_emptied(stage: Any) -> None:
    line = await websocket_connect(stage.simulator.address.replace("http", "ws") + "/simulator/sink/live")
    await stage.control("sink", robot("text", content=ALERT))
    (kept,) = (await stage.control("sink"))["received"]
    assert json.loads(str(await line.read_message())) == {"message": kept}
    await stage.control("reset", {})
    assert json.loads(str(await line.read_message())) == {"emptied": True}
    line.close()
    await asyncio.sleep(0.05)
    assert not stage.world.sink.watchers


async def test_its_page_is_served_and_names_no_foreign_host(stage: Any) -> None:
    page = (await stage.fetch("/sink")).body.decode()
    assert "值班的手机" in page
    assert "default-src 'none'" in page
    assert "http://" not in page
    assert "https://" not in page
