"""Mass sends: who gets what, how often, and what the account is told."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

ALL = {"filter": {"is_to_all": True}}
TO_ALL, TO_LIST = "message/mass/sendall", "message/mass/send"


async def send(stage: Any, **more: Any) -> Any:
    body = {**ALL, "msgtype": "text", "text": {"content": "早安"}, **more}
    answer = await stage.call(TO_ALL, body)
    await stage.calm()
    return answer


async def as_service(stage: Any) -> None:
    await stage.control("account", {"kind": "service"}, "PUT")


async def received(stage: Any, openid: str) -> int:
    return sum(item["by"] == "mass" for item in await stage.inbox(openid))


async def test_an_article_arrives_once_with_everybody_and_the_account_is_told(stage: Any) -> None:
    openids = [await stage.follower() for _ in range(3)]
    gone = await stage.follower()
    await stage.happen(gone, "unsubscribe")
    blocked, left = await stage.follower("o_blocked_1"), await stage.follower("o_left_1")
    stage.account.got.clear()
    media_id = await stage.draft(title="今天的文章", digest="一句话")
    answer = await send(stage, msgtype="mpnews", mpnews={"media_id": media_id}, clientmsgid="e1")
    assert answer["errcode"] == 0
    assert answer["msg_data_id"]
    for openid in openids:
        (item,) = await stage.inbox(openid)
        assert (item["kind"], item["by"], item["articles"][0]["title"]) == ("news", "mass", "今天的文章")
        assert item["articles"][0]["description"] == "一句话"
    for openid in (gone, blocked, left):
        assert await received(stage, openid) == 0
    (event,) = [got.fields for got in stage.account.got]
    assert event["Event"] == "MASSSENDJOBFINISH"
    assert event["MsgID"] == str(answer["msg_id"])
    assert event["Status"] == "send success"
    counts = [int(event[name]) for name in ("TotalCount", "FilterCount", "SentCount", "ErrorCount")]
    assert counts == [5, 4, 3, 1]
    url = event["ArticleUrlResult"]["ResultList"]["item"]["ArticleUrl"]
    assert url == item["articles"][0]["url"]
    page = (await stage.fetch(url.removeprefix(stage.simulator.address))).body.decode()
    assert all(words in page for words in ("今天的文章", "先把灯关掉", "心驿"))
    assert (await stage.call("message/mass/get", {"msg_id": str(answer["msg_id"])}))["msg_status"] == "SEND_SUCCESS"


async def test_the_draft_is_gone_after_the_send(stage: Any) -> None:
    media_id = await stage.draft()
    await send(stage, msgtype="mpnews", mpnews={"media_id": media_id})
    assert await stage.code("draft/get", {"media_id": media_id}) == 40007


async def test_a_send_is_under_way_before_it_is_done(stage: Any) -> None:
    await stage.control("account", {"finish_seconds": 1}, "PUT")
    openid = await stage.follower()
    answer = await stage.call(TO_ALL, {**ALL, "msgtype": "text", "text": {"content": "早"}})
    assert (await stage.call("message/mass/get", {"msg_id": answer["msg_id"]}))["msg_status"] == "SENDING"
    assert await received(stage, openid) == 0
    await stage.calm()
    assert await received(stage, openid) == 1


async def test_a_subscription_account_sends_once_a_beijing_day(stage: Any) -> None:
    await stage.control("clock", {"advance_to": "2031-05-01T07:30:00+08:00"})
    openid = await stage.follower()
    assert [(await send(stage))["errcode"] for _ in range(2)] == [0, 45028]
    await stage.control("clock", {"advance_to": "2031-05-02T00:00:01+08:00"})
    stage.token = ""
    assert (await send(stage))["errcode"] == 0
    assert await received(stage, openid) == 2


async def test_a_send_by_hand_uses_up_the_day(stage: Any) -> None:
    openid = await stage.follower()
    assert await stage.control("console-send", {"to": "all", "content": "后台"}) == {"sent": 1}
    assert (await send(stage))["errcode"] == 45028
    assert [item["text"] for item in await stage.inbox(openid)] == ["后台"]
    await stage.control("console-send", {"to": "all"}, status=400)


async def test_a_failed_send_reaches_nobody_and_gives_the_day_back(stage: Any) -> None:
    openid, media_id = await stage.follower(), await stage.draft()
    await stage.control("outcomes", {"status": "err(20001)"})
    answer = await send(stage, msgtype="mpnews", mpnews={"media_id": media_id})
    assert stage.account.got[-1].fields["Status"] == "err(20001)"
    assert (await stage.call("message/mass/get", {"msg_id": answer["msg_id"]}))["msg_status"] == "SEND_FAIL"
    assert await received(stage, openid) == 0
    assert (await send(stage, msgtype="mpnews", mpnews={"media_id": media_id}))["errcode"] == 0
    assert await received(stage, openid) == 1


async def test_the_same_clientmsgid_is_one_send(stage: Any) -> None:
    await stage.control("clock", {"freeze": True})
    openid, media_id = await stage.follower(), await stage.draft()
    news = {"msgtype": "mpnews", "mpnews": {"media_id": media_id}, "clientmsgid": "edition-1"}
    first = await send(stage, **news)
    assert (await send(stage, **news))["errcode"] == 45066
    await stage.advance(59)
    assert (await send(stage, **news))["errcode"] == 45066
    await stage.advance(60)
    again = await send(stage, **news)
    assert (again["errcode"], again["msg_id"]) == (45065, first["msg_id"])
    await stage.advance(86400)
    stage.token = ""
    assert (await send(stage, **news))["errcode"] == 40007
    assert await received(stage, openid) == 1


async def test_a_clientmsgid_has_32_bytes_at_most(stage: Any) -> None:
    assert (await send(stage, clientmsgid="x" * 33))["errcode"] == 45067
    assert (await send(stage, clientmsgid="字" * 11))["errcode"] == 45067
    assert (await send(stage, clientmsgid="x" * 32))["errcode"] == 0


async def test_an_account_that_is_not_verified_sends_nothing(stage: Any) -> None:
    await stage.control("account", {"verified": False}, "PUT")
    assert (await send(stage))["errcode"] == 48001
    assert await stage.code("message/mass/preview", {"touser": "o", "msgtype": "text"}) == 48001


async def test_only_a_service_account_sends_to_a_list(stage: Any) -> None:
    openids = [await stage.follower() for _ in range(3)]
    body = {"touser": openids[:2], "msgtype": "text", "text": {"content": "早"}}
    assert await stage.code(TO_LIST, body) == 48001
    await as_service(stage)
    assert await stage.code(TO_LIST, body) == 0
    await stage.calm()
    assert [await received(stage, openid) for openid in openids] == [1, 1, 0]


@pytest.mark.parametrize(
    ("touser", "expected"),
    [
        (["oOne"], 40130),
        (["oOne", "oOne"], 40130),
        (["oOne", "oNobody"], 40031),
        (["oOne", 5], 40031),
        (["oOne"] * 10_001, 40032),
        ("oOne", 47001),
    ],
)
async def test_a_list_of_receivers_has_its_rules(stage: Any, touser: Any, expected: int) -> None:
    await as_service(stage)
    await stage.follower("oOne")
    body = {"touser": touser, "msgtype": "text", "text": {"content": "早"}}
    assert await stage.code(TO_LIST, body) == expected


async def test_a_follower_of_a_service_account_gets_four_a_month_and_no_more(stage: Any) -> None:
    await as_service(stage)
    await stage.control("clock", {"advance_to": "2031-05-01T07:30:00+08:00"})
    often, seldom = await stage.follower(), await stage.follower()
    body = {"touser": [often, seldom], "msgtype": "text", "text": {"content": "早"}}
    await stage.control("console-send", {"to": often})
    for _ in range(4):
        assert await stage.code(TO_LIST, body) == 0
        await stage.calm()
    assert (await received(stage, often), await received(stage, seldom)) == (4, 4)
    last = stage.account.got[-1].fields
    assert (last["TotalCount"], last["FilterCount"], last["SentCount"]) == ("2", "1", "1")
    await stage.control("clock", {"advance_to": "2031-06-01T00:00:00+08:00"})
    stage.token = ""
    assert await stage.code(TO_LIST, body) == 0
    await stage.calm()
    assert await received(stage, often) == 5


async def test_a_service_account_sends_to_all_once_a_day_and_four_times_a_month(stage: Any) -> None:
    await as_service(stage)
    codes = []
    for day in (1, 1, 2, 3, 4, 5):
        await stage.control("clock", {"advance_to": f"2031-05-0{day}T{7 + len(codes):02}:30:00+08:00"})
        stage.token = ""
        codes.append((await send(stage))["errcode"])
    assert codes == [0, 45028, 0, 0, 0, 45028]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"filter": {"is_to_all": False, "tag_id": 2}}, 40152),
        ({"filter": {"group_id": 2}}, 40152),
        ({"filter": {"is_to_all": "true"}}, 47001),
        ({"filter": None}, 47001),
        ({"msgtype": "poem"}, 45162),
        ({"msgtype": "wxcard", "wxcard": {"card_id": "a"}}, 45113),
        ({"text": {"content": ""}}, 44004),
        ({"text": "早"}, 47001),
        ({"msgtype": "mpnews", "mpnews": {"media_id": "none"}}, 40007),
        ({"msgtype": "image", "images": {"media_ids": ["none"]}}, 40007),
        ({"msgtype": "voice", "voice": {"media_id": "none"}}, 40007),
        ({"send_ignore_reprint": 3}, 47001),
    ],
)
async def test_what_is_sent_to_all_has_its_rules(stage: Any, changes: dict[str, Any], expected: int) -> None:
    assert (await send(stage, **changes))["errcode"] == expected


async def test_sixty_calls_a_minute_are_taken(stage: Any) -> None:
    await stage.control("clock", {"freeze": True})
    codes = [(await send(stage, msgtype="poem"))["errcode"] for _ in range(61)]
    assert codes == [45162] * 60 + [45011]


async def test_a_guarded_send_waits_for_the_administrator(stage: Any) -> None:
    await stage.control("account", {"guard": True}, "PUT")
    openid = await stage.follower()
    await stage.call(TO_ALL, {**ALL, "msgtype": "text", "text": {"content": "早"}})
    await stage.calm()
    assert await received(stage, openid) == 0
    assert await stage.control("guard", {"answer": "confirm"}) == {"answered": 1}
    for _ in range(100):
        if stage.account.got:
            break
        await asyncio.sleep(0.01)
    assert await received(stage, openid) == 1


@pytest.mark.parametrize(("answer", "status"), [("refuse", "err(40001)"), (None, "err(40002)")])
async def test_a_guarded_send_fails_when_it_is_refused_or_forgotten(stage: Any, answer: Any, status: str) -> None:
    await stage.control("account", {"guard": "wait"}, "PUT")
    openid = await stage.follower()
    await stage.call(TO_ALL, {**ALL, "msgtype": "text", "text": {"content": "早"}})
    await stage.control("guard", {"answer": answer}) if answer else await stage.advance(1800)
    for _ in range(100):
        if stage.account.got:
            break
        await asyncio.sleep(0.01)
    assert stage.account.got[-1].fields["Status"] == status
    assert await received(stage, openid) == 0


async def test_a_guard_may_answer_the_call_itself(stage: Any) -> None:
    await stage.control("account", {"guard": "error"}, "PUT")
    assert (await send(stage))["errcode"] == 89504


async def test_a_look_reaches_one_and_leaves_everything_as_it_was(stage: Any) -> None:
    one, other, media_id = await stage.follower(), await stage.follower(), await stage.draft()
    body = {"touser": one, "msgtype": "mpnews", "mpnews": {"media_id": media_id}}
    assert await stage.code("message/mass/preview", body) == 0
    assert await stage.code("message/mass/preview", {**body, "touser": "oNobody"}) == 40003
    assert ([item["by"] for item in await stage.inbox(one)], await stage.inbox(other)) == (["preview"], [])
    assert await stage.code("draft/get", {"media_id": media_id}) == 0
    assert (await send(stage))["errcode"] == 0


async def test_a_sent_article_can_be_taken_away(stage: Any) -> None:
    openid, media_id = await stage.follower(), await stage.draft()
    answer = await send(stage, msgtype="mpnews", mpnews={"media_id": media_id})
    assert await stage.code("message/mass/delete", {"msg_id": 5}) == 40059
    assert await stage.code("message/mass/delete", {"msg_id": answer["msg_id"], "article_idx": 2}) == 40060
    assert await stage.code("message/mass/delete", {"msg_id": answer["msg_id"]}) == 0
    assert (await stage.call("message/mass/get", {"msg_id": answer["msg_id"]}))["msg_status"] == "DELETE"
    url = (await stage.inbox(openid))[0]["articles"][0]["url"]
    assert "已被发布者删除" in (await stage.fetch(url.removeprefix(stage.simulator.address))).body.decode()


async def test_the_speed_can_be_set_within_its_bounds(stage: Any) -> None:
    assert await stage.code("message/mass/speed/set", {}) == 45084
    assert await stage.code("message/mass/speed/set", {"speed": 5}) == 45083
    assert await stage.code("message/mass/speed/set", {"speed": 4}) == 0
    assert await stage.call("message/mass/speed/get", {}) == {"speed": 4, "realspeed": 10}


async def test_the_event_may_come_twice_or_never(stage: Any) -> None:
    await as_service(stage)
    openids = [await stage.follower(), await stage.follower()]
    body = {"touser": openids, "msgtype": "text", "text": {"content": "早"}}
    await stage.control("deliveries", {"kind": "twice", "event": "MASSSENDJOBFINISH"})
    await stage.control("deliveries", {"kind": "never", "event": "MASSSENDJOBFINISH"})
    assert await stage.code(TO_LIST, body) == 0
    await stage.calm()
    assert await stage.code(TO_LIST, body) == 0
    await stage.calm()
    assert len(stage.account.got) == 2
    assert [await received(stage, openid) for openid in openids] == [2, 2]
