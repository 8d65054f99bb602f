"""How messages and events are brought to the account, and how its answers are judged."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

FAILURE = "该公众号提供的服务出现故障，请稍后再试"


async def failures(stage: Any, openid: str) -> int:
    return sum(item["text"] == FAILURE for item in await stage.inbox(openid))


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
async def test_a_word_is_answered_in_every_mode(stage: Any, mode: str) -> None:
    await stage.control("account", {"mode": mode}, "PUT")
    stage.account.says("晚上好 & <b>保重</b> ]]&gt; 😀")
    openid = await stage.follower()
    outcome = await stage.write(openid, "你好 ]]> <x>")
    assert outcome["reply"]["content"] == "晚上好 & <b>保重</b> ]]&gt; 😀"
    assert [each["status"] for each in outcome["deliveries"]] == [200]
    assert outcome["deliveries"][0]["body"].startswith("<xml><ToUserName>")
    got = stage.account.got[0]
    assert got.fields["Content"] == "你好 ]]> <x>"
    assert got.query["openid"] == got.fields["FromUserName"] == openid
    shown = [(item["side"], item["kind"], item["by"]) for item in await stage.inbox(openid)]
    assert shown == [("follower", "text", "own"), ("account", "text", "reply")]


async def test_each_mode_shows_what_it_should_and_no_more(stage: Any) -> None:
    openid = await stage.follower()
    for mode in ("plain", "compatible", "safe"):
        await stage.control("account", {"mode": mode}, "PUT")
        await stage.write(openid, "悄悄话")
    plain, compatible, safe = stage.account.got
    assert "悄悄话" in plain.body
    assert "<Encrypt>" not in plain.body
    assert "encrypt_type" not in plain.query
    assert "悄悄话" in compatible.body
    assert "<Encrypt>" in compatible.body
    assert "悄悄话" not in safe.body
    assert openid not in safe.body
    assert compatible.query["encrypt_type"] == safe.query["encrypt_type"] == "aes"


@pytest.mark.parametrize("nothing", ["success", ""])
async def test_success_and_silence_show_nothing(stage: Any, nothing: str) -> None:
    stage.account.says_raw(nothing)
    openid = await stage.follower()
    outcome = await stage.write(openid)
    assert outcome["reply"] is None
    assert len(outcome["deliveries"]) == 1
    assert len(await stage.inbox(openid)) == 1


async def test_a_slow_answer_is_asked_for_again_with_the_same_message(stage: Any) -> None:
    calls = 0

    async def answer(fields: dict[str, Any]) -> str:
        nonlocal calls
        calls += 1
        if calls < 3:
            await asyncio.sleep(0.8)
        return "success"

    stage.account.answer = answer
    outcome = await stage.write(await stage.follower())
    assert [each["status"] for each in outcome["deliveries"]] == [0, 0, 200]
    assert outcome["deliveries"][0]["fault"] == "timeout"
    assert 450 <= outcome["deliveries"][0]["ms"] <= 700
    ids = {(got.fields["MsgId"], got.fields["CreateTime"]) for got in stage.account.got}
    assert len(ids) == 1
    assert len({got.query["nonce"] for got in stage.account.got}) == 3


@pytest.mark.parametrize("deliveries", [3, 4])
async def test_after_the_last_try_the_follower_sees_the_line_of_failure_once(stage: Any, deliveries: int) -> None:
    await stage.control("account", {"deliveries": deliveries}, "PUT")
    stage.account.status = 503
    openid = await stage.follower()
    outcome = await stage.write(openid)
    assert [each["status"] for each in outcome["deliveries"]] == [503] * deliveries
    assert await failures(stage, openid) == 1


async def test_a_silent_event_shows_no_line_of_failure(stage: Any) -> None:
    stage.account.status = 500
    openid = await stage.follower()
    await stage.happen(openid, "VIEW", key="https://example.com/a")
    await stage.happen(openid, "unsubscribe")
    assert await failures(stage, openid) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"Content": "字" * 682 + "abc"},
        {"Content": ""},
        {"ToUserName": "oSomebodyElse"},
        {"FromUserName": "gh_other"},
        {"MsgType": "poem"},
        {"CreateTime": "soon"},
        {"MsgType": "image", "Image": {"MediaId": "unknown"}},
        {"MsgType": "news", "ArticleCount": 1},
        {"MsgType": "news", "ArticleCount": 2, "Articles": {"item": [{"Title": "一", "Url": ""}]}},
    ],
)
async def test_a_reply_against_the_rules_is_a_failure(stage: Any, wrong: dict[str, Any]) -> None:
    stage.account.says("好", **wrong)
    openid = await stage.follower()
    outcome = await stage.write(openid)
    assert outcome["reply"] is None
    assert all(each["fault"] for each in outcome["deliveries"])
    assert await failures(stage, openid) == 1


async def test_a_text_of_2048_bytes_is_just_short_enough(stage: Any) -> None:
    stage.account.says("字" * 682 + "ab")
    assert (await stage.write(await stage.follower()))["reply"]


@pytest.mark.parametrize("body", ["{}", "<xml><Content>", "<html></html>", "plain words", '<!DOCTYPE xml><xml>a</xml>'])
async def test_an_answer_that_is_no_xml_is_a_failure(stage: Any, body: str) -> None:
    stage.account.says_raw(body)
    openid = await stage.follower()
    await stage.write(openid)
    assert await failures(stage, openid) == 1


@pytest.mark.parametrize(
    "spoil", [{"MsgSignature": "0" * 40}, {"Nonce": "1"}, {"TimeStamp": "now"}, {"Encrypt": "QUJD"}, {"Encrypt": ""}]
)
async def test_a_badly_sealed_answer_is_a_failure(stage: Any, spoil: dict[str, str]) -> None:
    stage.account.says("好")
    stage.account.spoils = spoil
    openid = await stage.follower()
    await stage.write(openid)
    assert await failures(stage, openid) == 1


@pytest.mark.parametrize("mode", ["compatible", "safe"])
async def test_a_clear_answer_to_a_sealed_message_is_a_failure(stage: Any, mode: str) -> None:
    await stage.control("account", {"mode": mode}, "PUT")
    stage.account.says("好")
    stage.account.seals = False
    openid = await stage.follower()
    await stage.write(openid)
    assert await failures(stage, openid) == 1


def news(count: int) -> dict[str, Any]:
    item = {"Title": "一篇", "Description": "", "PicUrl": "", "Url": "https://example.com/"}
    return {"MsgType": "news", "ArticleCount": count, "Articles": {"item": [item] * count}}


async def test_a_text_is_answered_by_one_article_and_a_follow_by_eight_at_most(stage: Any) -> None:
    openid = await stage.follower()
    for count, fits_text, fits_event in ((1, True, True), (2, False, True), (8, False, True), (9, False, False)):
        stage.account.says("", **news(count))
        assert bool((await stage.write(openid))["reply"]) is fits_text
        assert bool((await stage.happen(openid, "CLICK", key="TODAY"))["reply"]) is fits_event


async def test_a_known_picture_can_be_a_reply(stage: Any) -> None:
    media_id = await stage.cover()
    stage.account.says("", MsgType="image", Image={"MediaId": media_id})
    assert (await stage.write(await stage.follower()))["reply"]["media_id"] == media_id


async def test_a_message_is_handed_to_the_staff_but_an_event_is_not(stage: Any) -> None:
    stage.account.says("", MsgType="transfer_customer_service")
    openid = await stage.follower()
    assert (await stage.write(openid))["reply"]["type"] == "transfer_customer_service"
    assert len(await stage.inbox(openid)) == 1
    assert (await stage.happen(openid, "CLICK", key="A"))["reply"] is None


@pytest.mark.parametrize(
    ("kind", "nodes"),
    [
        ("image", {"PicUrl", "MediaId"}),
        ("voice", {"MediaId", "Format"}),
        ("video", {"MediaId", "ThumbMediaId"}),
        ("shortvideo", {"MediaId", "ThumbMediaId"}),
        ("location", {"Location_X", "Location_Y", "Scale", "Label"}),
        ("link", {"Title", "Description", "Url"}),
    ],
)
async def test_every_kind_of_message_has_its_nodes(stage: Any, kind: str, nodes: set[str]) -> None:
    openid = await stage.follower()
    await stage.control(f"followers/{openid}/messages", {"type": kind})
    assert nodes <= set(stage.account.got[0].fields)


async def test_nodes_of_ones_own_go_out_as_given(stage: Any) -> None:
    openid = await stage.follower()
    await stage.control(f"followers/{openid}/messages", {"type": "file", "Title": "a.pdf", "FileKey": "k"})
    await stage.happen(openid, "scancode_waitmsg", key="s", ScanCodeInfo={"ScanType": "qrcode", "ScanResult": "42"})
    file, scan = (got.fields for got in stage.account.got)
    assert (file["MsgType"], file["Title"], file["FileKey"]) == ("file", "a.pdf", "k")
    assert scan["ScanCodeInfo"]["ScanResult"] == "42"


async def test_message_number_and_time_can_be_chosen_for_a_repeat(stage: Any) -> None:
    openid = await stage.follower()
    await stage.write(openid, msgid=24, create_time=1700000000)
    assert (stage.account.got[0].fields["MsgId"], stage.account.got[0].fields["CreateTime"]) == ("24", "1700000000")


async def test_copies_are_brought_at_once_and_shown_once(stage: Any) -> None:
    stage.account.says("好")
    openid = await stage.follower()
    outcome = await stage.write(openid, repeat=20)
    assert len(outcome["deliveries"]) == len(stage.account.got) == 20
    assert len({got.fields["MsgId"] for got in stage.account.got}) == 1
    assert len({got.query["nonce"] for got in stage.account.got}) == 20
    assert [item["side"] for item in await stage.inbox(openid)] == ["follower", "account"]


async def test_signs_that_no_xml_may_hold_are_left_out(stage: Any) -> None:
    await stage.write(await stage.follower(), "你\x00好\x1f\ufffe\n")
    assert stage.account.got[0].fields["Content"] == "你好\n"


async def test_raw_xml_goes_out_as_it_is(stage: Any) -> None:
    openid = await stage.follower()
    await stage.write(openid, xml="<xml><ToUserName>a</ToUserName><Odd>1</Odd></xml>")
    assert stage.account.got[0].fields == {"ToUserName": "a", "Odd": "1"}


async def test_following_by_a_code_tells_its_scene(stage: Any) -> None:
    openid = await stage.follower(quiet=False, scene="gate3")
    fields = stage.account.got[0].fields
    assert (fields["Event"], fields["EventKey"]) == ("subscribe", "qrscene_gate3")
    assert fields["Ticket"]
    assert (await stage.call("user/info", query=f"openid={openid}"))["qr_scene_str"] == "gate3"


async def test_what_comes_late_waits_for_the_clock(stage: Any) -> None:
    openid = await stage.follower()
    await stage.control("deliveries", {"kind": "late", "event": "CLICK", "seconds": 600})
    outcome = await stage.happen(openid, "CLICK", key="A")
    assert outcome == {"deliveries": [], "reply": None}
    await stage.write(openid)
    assert [got.fields["MsgType"] for got in stage.account.got] == ["text"]
    await stage.advance(600)
    await asyncio.sleep(0.1)
    assert [got.fields["MsgType"] for got in stage.account.got] == ["text", "event"]


async def test_what_never_comes_does_not_come_and_what_comes_twice_does(stage: Any) -> None:
    openid = await stage.follower()
    await stage.control("deliveries", {"kind": "never", "times": 2})
    await stage.control("deliveries", {"kind": "twice"})
    assert (await stage.write(openid))["deliveries"] == []
    assert (await stage.write(openid))["deliveries"] == []
    assert len((await stage.write(openid))["deliveries"]) == 2
    assert len((await stage.write(openid))["deliveries"]) == 1
    assert len(stage.account.got) == 3


async def test_a_reordered_message_follows_the_next_one(stage: Any) -> None:
    openid = await stage.follower()
    await stage.control("deliveries", {"kind": "reorder", "seconds": 30})
    await stage.write(openid, "first")
    await stage.write(openid, "second")
    await asyncio.sleep(0.1)
    assert [got.fields["Content"] for got in stage.account.got] == ["second", "first"]


async def test_times_of_a_callback_follow_the_clock(stage: Any) -> None:
    openid = await stage.follower()
    await stage.control("clock", {"advance_to": "2031-05-01T08:00:00+08:00", "freeze": True})
    await stage.write(openid)
    got = stage.account.got[0]
    assert got.query["timestamp"] == got.fields["CreateTime"] == "1935360000"
