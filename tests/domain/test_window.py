"""The reply window: what a follower's last deed allows, against a model that is slow and plain."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.post.window import ALLOWANCES, Act, Done, left

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
AGO = st.one_of(
    st.integers(-5, 90).map(lambda seconds: timedelta(seconds=seconds)),
    st.integers(0, 60).map(lambda hours: timedelta(hours=hours)),
)
DEEDS = st.lists(st.builds(Done, st.sampled_from(Act), AGO.map(lambda ago: NOW - ago)), max_size=6)
SENT = st.lists(AGO.map(lambda ago: NOW - ago), max_size=12)


def ago(**time: float) -> datetime:
    return NOW - timedelta(**time)


def slowly(deeds: list[Done], sent: list[datetime]) -> int:
    """Spend every open deed's allowance message by message; the one that holds out longest counts."""
    best = 0
    for deed in deeds:
        allowance = ALLOWANCES[deed.act]
        if deed.at > NOW or NOW - deed.at >= allowance.within:
            continue
        messages = allowance.messages
        for instant in sent:
            if instant >= deed.at and messages > 0:
                messages -= 1
        best = max(best, messages)
    return best


@given(DEEDS, SENT)
def test_the_allowance_is_that_of_the_most_generous_open_deed(deeds: list[Done], sent: list[datetime]) -> None:
    assert left(deeds, sent, NOW) == slowly(deeds, sent)


@given(DEEDS, SENT)
def test_sending_one_more_takes_away_one_at_most(deeds: list[Done], sent: list[datetime]) -> None:
    before, after = left(deeds, sent, NOW), left(deeds, [*sent, NOW], NOW)
    assert max(0, before - 1) == after


@given(SENT)
def test_without_a_deed_nothing_may_be_sent(sent: list[datetime]) -> None:
    assert left([], sent, NOW) == 0


@pytest.mark.parametrize(
    ("act", "messages", "within"),
    [
        (Act.MESSAGE, 5, timedelta(hours=48)),
        (Act.TAP, 3, timedelta(minutes=1)),
        (Act.FOLLOW, 3, timedelta(minutes=1)),
        (Act.SCAN, 3, timedelta(minutes=1)),
    ],
)
def test_each_deed_opens_its_window_and_no_longer(act: Act, messages: int, within: timedelta) -> None:
    deed = Done(act, NOW - within)
    assert left([deed], [], deed.at) == messages
    assert left([deed], [], NOW - timedelta(milliseconds=1)) == messages
    assert left([deed], [], NOW) == 0


def test_a_new_message_starts_a_new_allowance() -> None:
    sent = [ago(hours=3)] * 5
    assert left([Done(Act.MESSAGE, ago(hours=4))], sent, NOW) == 0
    assert left([Done(Act.MESSAGE, ago(hours=4)), Done(Act.MESSAGE, ago(hours=1))], sent, NOW) == 5


def test_a_tap_opens_the_way_when_the_messages_allowance_is_used() -> None:
    deeds = [Done(Act.MESSAGE, ago(hours=1)), Done(Act.TAP, ago(seconds=10))]
    assert left(deeds, [ago(minutes=5)] * 5, NOW) == 3
