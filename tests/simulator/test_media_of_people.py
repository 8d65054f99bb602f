"""What people send besides words: voices, pictures and films, and how the account fetches them (fact sheet §3.1)."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tornado.httpclient import HTTPResponse

from server.simulator.app import Simulator

DAYS_3 = 3 * 86400
NO_DATA, SILENCE = 15, {"narrow": 8, "wide": 9}
PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 40).decode()


async def sends(stage: Any, kind: str, **more: Any) -> dict[str, Any]:
    """Somebody new sends it; the fields that the account gets."""
    openid = await stage.follower()
    await stage.control(f"followers/{openid}/messages", {"type": kind, **more})
    return stage.account.got[-1].fields


async def fetched(stage: Any, media_id: str) -> HTTPResponse:
    stage.token = stage.token or await stage.fresh_token()
    return await stage.fetch(f"/cgi-bin/media/get?access_token={stage.token}&media_id={media_id}")


def milliseconds(data: bytes) -> int:
    """How long an AMR file lasts, by walking through its frames as a player does (RFC 4867 §5.3)."""
    mark, width, bodies = (b"#!AMR-WB\n", "wide", 5) if data.startswith(b"#!AMR-WB\n") else (b"#!AMR\n", "narrow", 5)
    assert data.startswith(mark)
    at, frames = len(mark), 0
    while at < len(data):
        kind = data[at] >> 3 & 15
        assert data[at] & 0b10000111 == 0b100
        assert kind in (SILENCE[width], NO_DATA)
        at += 1 + (0 if kind == NO_DATA else bodies)
        frames += 1
    assert at == len(data)
    return frames * 20


@pytest.mark.parametrize(("wish", "seconds"), [({}, 3), ({"seconds": 1}, 1), ({"seconds": 60}, 60)])
async def test_a_voice_can_be_fetched_and_lasts_as_long_as_was_spoken(stage: Any, wish: Any, seconds: int) -> None:
    voice = await sends(stage, "voice", **wish)
    assert voice["Format"] == "amr"
    for node in ("MediaId", "MediaId16K"):
        answer = await fetched(stage, voice[node])
        assert answer.headers["Content-Type"] == "audio/amr"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{voice[node]}.amr"'
        assert milliseconds(answer.body) == seconds * 1000


async def test_a_picture_that_was_not_given_is_a_drawn_jpeg(stage: Any) -> None:
    sent = await sends(stage, "image")
    answer = await fetched(stage, sent["MediaId"])
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"].endswith('.jpg"')
    with Image.open(io.BytesIO(answer.body)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (320, 240))
        picture.load()
    shown = await stage.fetch(sent["PicUrl"].removeprefix(stage.simulator.address))
    assert shown.body == answer.body


async def test_a_picture_that_was_given_comes_back_as_it_was(stage: Any) -> None:
    answer = await fetched(stage, (await sends(stage, "image", picture=PICTURE))["MediaId"])
    assert (answer.body, answer.headers["Content-Type"]) == (base64.b64decode(PICTURE), "image/png")


async def test_of_a_film_only_its_address_is_told(stage: Any) -> None:
    film = await sends(stage, "video")
    answer = await fetched(stage, film["MediaId"])
    told = json.loads(answer.body)
    assert list(told) == ["video_url"]
    shown = await stage.fetch(told["video_url"].removeprefix(stage.simulator.address))
    assert (shown.code, shown.headers["Content-Type"]) == (200, "video/mp4")
    assert (await fetched(stage, film["ThumbMediaId"])).headers["Content-Type"] == "image/jpeg"


async def test_what_was_sent_is_gone_after_three_days(stage: Any) -> None:
    media_id = (await sends(stage, "voice"))["MediaId"]
    await stage.advance(DAYS_3 - 60)
    stage.token = ""
    assert (await fetched(stage, media_id)).body.startswith(b"#!AMR")
    await stage.advance(60)
    stage.token = ""
    answer = await fetched(stage, media_id)
    assert answer.code == 200
    assert json.loads(answer.body)["errcode"] == 40007


async def test_what_is_not_there_or_not_temporary_is_refused(stage: Any) -> None:
    assert await stage.code("media/get", query="media_id=nobodys") == 40007
    assert await stage.code("media/get") == 41006
    assert await stage.code("media/get", query=f"media_id={await stage.cover()}") == 40007
    assert await stage.code("media/get", {"media_id": "a"}) == 43001
    media_id = (await sends(stage, "voice"))["MediaId"]
    answer = await stage.fetch(f"/cgi-bin/media/get?media_id={media_id}")
    assert json.loads(answer.body)["errcode"] == 41001


async def test_what_the_account_uploaded_for_a_while_can_be_fetched_too(stage: Any) -> None:
    data = b"\x89PNG\r\n\x1a\n" + b"\1" * 30
    media_id = (await stage.upload("media/upload", data=data, query="type=image"))["media_id"]
    assert (await fetched(stage, media_id)).body == data


async def test_a_medium_of_a_person_can_be_sent_back(stage: Any) -> None:
    openid = await stage.follower()
    await stage.control(f"followers/{openid}/messages", {"type": "image"})
    media_id = stage.account.got[-1].fields["MediaId"]
    stage.account.says("", MsgType="image", Image={"MediaId": media_id})
    assert (await stage.write(openid))["reply"]["media_id"] == media_id


async def test_a_fetch_that_is_cut_off_breaks_and_the_next_one_is_whole(stage: Any) -> None:
    media_id = (await sends(stage, "voice"))["MediaId"]
    for fault in ({"kind": "cut"}, {"kind": "errcode", "errcode": -1}):
        await stage.control("faults", {"path": "/cgi-bin/media/get", **fault})
    assert (await fetched(stage, media_id)).code == 599
    assert json.loads((await fetched(stage, media_id)).body)["errcode"] == -1
    assert milliseconds((await fetched(stage, media_id)).body) == 3000


async def test_a_medium_named_by_the_sender_is_not_made(stage: Any) -> None:
    first = await sends(stage, "voice", MediaId="my-own")
    assert first["MediaId"] == "my-own"
    assert "MediaId16K" not in first
    assert json.loads((await fetched(stage, "my-own")).body)["errcode"] == 40007


async def test_a_voice_carries_its_words_only_while_recognition_is_on(stage: Any) -> None:
    assert (await stage.control("account"))["recognition"] is False
    assert "Recognition" not in await sends(stage, "voice", recognition="我睡不着")
    await stage.control("account", {"recognition": True}, "PUT")
    assert (await sends(stage, "voice", recognition="我睡不着"))["Recognition"] == "我睡不着"
    assert (await sends(stage, "voice"))["Recognition"] == ""
    await stage.control("account", {"recognition": False}, "PUT")
    assert "Recognition" not in await sends(stage, "voice", recognition="我睡不着")


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "voice", "seconds": 0},
        {"type": "voice", "seconds": 61},
        {"type": "voice", "seconds": "5"},
        {"type": "voice", "recognition": 5},
        {"type": "image", "picture": "no base64!"},
        {"type": "image", "picture": base64.b64encode(b"a text").decode()},
        {"type": "image", "picture": base64.b64encode(b"\xff\xd8\xff" + b"\0" * 10 * 1024 * 1024).decode()},
    ],
)
async def test_a_voice_or_picture_that_cannot_be_is_a_clear_complaint(stage: Any, wrong: Any) -> None:
    openid = await stage.follower()
    assert (await stage.control(f"followers/{openid}/messages", wrong, status=400))["error"]
    assert stage.account.got == []
    assert await stage.inbox(openid) == []


async def test_the_phone_is_told_what_to_show(stage: Any) -> None:
    openid, path = await stage.follower(), "followers/{}/messages"
    await stage.control("account", {"recognition": True}, "PUT")
    place = {"Location_X": 30.25, "Location_Y": 120.5, "Label": "厂门口"}
    link = {"Title": "一篇", "Description": "讲睡觉", "Url": "https://example.com/a"}
    for message in (
        {"type": "voice", "seconds": 7, "recognition": "在吗"},
        {"type": "location", **place},
        {"type": "link", **link},
    ):
        await stage.control(path.format(openid), message)
    voice, position, page = await stage.inbox(openid)
    assert (voice["kind"], voice["seconds"], voice["note"]) == ("voice", 7, "在吗")
    assert (position["text"], position["note"]) == ("厂门口", "30.25, 120.5")
    assert (page["text"], page["note"], page["url"]) == ("一篇", "讲睡觉", "https://example.com/a")


async def test_a_restart_keeps_media_switch_and_sink(stage: Any, tmp_path: Path) -> None:
    settings = replace(stage.account.settings, data=tmp_path, service=stage.account.address)
    stage.simulator, first = Simulator(settings), stage.simulator
    await stage.control("account", {"recognition": True}, "PUT")
    media_id = (await sends(stage, "voice", seconds=2))["MediaId"]
    await stage.control("sink", {"msgtype": "text", "text": {"content": "回复 接 1234"}})
    before = (await stage.control("sink"))["received"]
    await stage.simulator.stop()
    stage.simulator, stage.token = Simulator(settings), ""
    assert milliseconds((await fetched(stage, media_id)).body) == 2000
    assert (await stage.control("account"))["recognition"] is True
    assert (await stage.control("sink"))["received"] == before
    await stage.simulator.stop()
    stage.simulator = first


async def test_a_snapshot_of_the_last_version_is_taken_up(stage: Any, tmp_path: Path) -> None:
    settings = replace(stage.account.settings, data=tmp_path, service=stage.account.address)
    stage.simulator, first = Simulator(settings), stage.simulator
    openid = await stage.follower()
    await stage.write(openid, "早就写好的")
    await stage.simulator.stop()
    file = tmp_path / "simulator.json"
    record = json.loads(file.read_text(encoding="utf-8"))
    del record["sink"], record["account"]["recognition"]
    for item in record["inboxes"]["items"]:
        del item["seconds"], item["url"], item["note"]
    file.write_text(json.dumps(record | {"version": 2}), encoding="utf-8")
    stage.simulator = Simulator(settings)
    assert [item["text"] for item in await stage.inbox(openid)] == ["早就写好的"]
    assert (await stage.control("account"))["recognition"] is False
    assert (await stage.control("sink"))["received"] == []
    await stage.simulator.stop()
    stage.simulator = first
