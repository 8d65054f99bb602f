"""A duty group's robot: the form both makers take, never more than twenty times a minute, nothing lost by that."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.alerts.pace import Pace
from server.alerts.webhook import Kind, Webhook, gathered, kind_of

from .conftest import CUT, Slow

ALERT = "心驿：1001 需要人，回复 接 1001"


def alerts(count):
    return [f"心驿：{1001 + number} 需要人，回复 接 {1001 + number}" for number in range(count)]


@pytest.fixture
def robot(mailbox, sink):
    return Webhook(mailbox, sink.base + "/robot?key=k", Kind.WECOM, Pace(burst=2, every=0.3))


async def test_a_text_goes_out_in_the_form_that_both_robots_take(robot, sink):
    assert await robot.say(ALERT)
    [sent] = sink.sent
    assert sent.json == {"msgtype": "text", "text": {"content": ALERT}}


async def test_a_text_holds_the_name_without_which_a_robot_refuses_it(robot, sink):
    assert await robot.say("1001 需要人")
    assert sink.sent[0].content == "心驿：1001 需要人"


async def test_a_robot_that_refuses_has_not_taken_it(robot, sink):
    sink.answers = [{"errcode": 93000, "errmsg": "invalid webhook url"}]
    assert not await robot.say(ALERT)


async def test_an_alert_whose_connection_breaks_comes_through(robot, sink):
    sink.answers = [CUT, {"errcode": 0}]
    assert await robot.say(ALERT)


async def test_what_may_not_be_said_at_once_is_gathered_and_each_hears_that_it_was_taken(robot, sink):
    first, second, *others = alerts(12)
    assert await robot.say(first)
    assert await robot.say(second)
    assert await asyncio.gather(*(robot.say(text) for text in others)) == [True] * 10
    assert [sent.content for sent in sink.sent] == [first, second, "\n".join(["心驿：10 条提醒", *others])]


async def test_what_comes_in_while_the_robot_speaks_is_said_together_next(robot, sink):
    sink.answers = [Slow(0.2, {"errcode": 0}), {"errcode": 0}]
    first, *others = alerts(3)
    begun = asyncio.create_task(robot.say(first))
    await asyncio.sleep(0.1)
    assert await asyncio.gather(*(robot.say(text) for text in others)) == [True, True]
    assert await begun
    assert [sent.content for sent in sink.sent] == [first, "\n".join(["心驿：2 条提醒", *others])]


async def test_after_its_burst_the_robot_waits_before_it_speaks_again(robot, sink):
    for text in alerts(4):
        assert await robot.say(text)
    first, second, third, fourth = (sent.at for sent in sink.sent)
    assert second - first < 0.25
    assert third - second >= 0.2
    assert fourth - third >= 0.25


async def test_more_than_one_message_holds_goes_out_in_several_and_nothing_is_lost(robot, sink):
    texts = alerts(100)
    assert all(await asyncio.gather(*(robot.say(text) for text in texts)))
    assert all(len(sent.content.encode()) <= 2048 for sent in sink.sent)
    said = [line for sent in sink.sent for line in sent.content.split("\n") if "条提醒" not in line]
    assert said == texts


async def test_those_gathered_hear_the_no_that_they_share(robot, sink):
    sink.answers = [{"errcode": 0}, {"errcode": 45009}]
    first, *others = alerts(3)
    assert await robot.say(first)
    assert await asyncio.gather(*(robot.say(text) for text in others)) == [False, False]
    assert len(sink.sent) == 2


async def test_whoever_is_stopped_while_it_speaks_leaves_the_others_theirs(robot, sink):
    sink.answers = [Slow(0.3, {"errcode": 0}), {"errcode": 0}]
    first, *others = alerts(3)
    speaking = asyncio.create_task(robot.say(first))
    await asyncio.sleep(0.1)
    waiting = asyncio.gather(*(robot.say(text) for text in others))
    await asyncio.sleep(0.05)
    speaking.cancel()
    assert await waiting == [True, True]
    assert speaking.cancelled()
    assert sink.sent[-1].content == "\n".join(["心驿：2 条提醒", *others])


async def test_one_of_several_gathered_that_is_stopped_takes_nothing_from_the_others(robot, sink):
    sink.answers = [Slow(0.2, {"errcode": 0}), {"errcode": 0}]
    tasks = [asyncio.create_task(robot.say(text)) for text in alerts(3)]
    await asyncio.sleep(0.1)
    tasks[0].cancel()
    assert await asyncio.gather(*tasks[1:]) == [True, True]
    assert len(sink.sent) == 2  # what was broken off may not have come: it is said again


async def test_whoever_is_stopped_while_it_waits_is_not_said(robot, sink):
    sink.answers = [Slow(0.3, {"errcode": 0}), {"errcode": 0}]
    first, second = alerts(2)
    speaking = asyncio.create_task(robot.say(first))
    await asyncio.sleep(0.1)
    waiting = asyncio.create_task(robot.say(second))
    await asyncio.sleep(0.05)
    waiting.cancel()
    assert await speaking
    await asyncio.gather(waiting, return_exceptions=True)
    assert [sent.content for sent in sink.sent] == [first]


@given(st.lists(st.text(max_size=40), min_size=1, max_size=60), st.integers(200, 2048))
def test_a_gathered_message_fits_and_holds_every_text_that_it_counts(texts, most):
    count, message = gathered(texts, most)
    assert 1 <= count <= len(texts)
    assert message.startswith("心驿")
    assert len(message.encode()) <= most
    assert all(text in message for text in texts[:count])


def test_the_same_text_twice_is_said_once():
    assert gathered([ALERT, ALERT], 2048) == (2, ALERT)


def test_a_text_that_is_longer_than_a_message_is_cut_between_characters():
    count, message = gathered(["心" * 1000], 2048)
    assert (count, message) == (1, ("心驿：" + "心" * 1000)[:682])


@given(st.lists(st.floats(0, 30), min_size=1, max_size=120))
def test_the_robot_never_speaks_more_than_twenty_times_in_a_minute(pauses):
    pace, now, turns = Pace(), 1000.0, []
    for pause in pauses:
        now += pause
        now += pace.wait(now)
        turns.append(now)
    assert all(later - turn >= 60 for turn, later in zip(turns, turns[20:], strict=False))


@given(st.lists(st.floats(0, 30), min_size=1, max_size=120))
def test_nobody_waits_longer_than_six_seconds_for_a_turn(pauses):
    pace, now = Pace(), 1000.0
    for pause in pauses:
        now += pause
        waits = pace.wait(now)
        assert 0 <= waits <= 6
        now += waits


@pytest.mark.parametrize(
    ("url", "chosen", "kind"),
    [
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k", "auto", Kind.WECOM),
        ("https://oapi.dingtalk.com/robot/send?access_token=t", "auto", Kind.DINGTALK),
        ("https://robots.union.example/duty", "auto", Kind.WECOM),
        ("https://robots.union.example/duty", "dingtalk", Kind.DINGTALK),
        ("https://oapi.dingtalk.com/robot/send", "wecom", Kind.WECOM),
        ("", "auto", Kind.WECOM),
    ],
)
def test_the_robots_kind_is_seen_by_its_host_unless_it_was_chosen(url, chosen, kind):
    assert kind_of(url, chosen) is kind
