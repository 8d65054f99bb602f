"""The life of a concern: raised, raised further, taken, passed on, given back, closed, and never out of the table."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.care.model import (
    FIRST_NUMBER,
    LAST_NUMBER,
    STEPS,
    ConcernState,
    Outcome,
    asked_again,
    closed,
    cried_again,
    given_back,
    handed_over,
    number_after,
    outcome_of,
    taken,
)
from server.domain.help.screening import Grade, Kind
from server.domain.refusals import WrongState
from tests.domain.care.builders import NIGHT, a_concern, a_cry

LATER = NIGHT + timedelta(minutes=3)
ASKING = {"grade": Grade.OTHER, "kind": Kind.ASKING}


def test_an_urgent_cry_calls_somebody_and_the_group_at_once():
    concern = a_concern()
    assert (concern.state, concern.due, concern.group_due, concern.entries) == (ConcernState.OPEN, NIGHT, NIGHT, 1)


@pytest.mark.parametrize("kind", [Kind.THREAT, Kind.VIOLENCE])
def test_threat_and_violence_wake_somebody_as_urgent_words_do(kind: Kind):
    assert a_concern(a_cry(grade=Grade.OTHER, kind=kind)).wakes


def test_somebody_who_asks_wakes_nobody():
    concern = a_concern(a_cry(**ASKING))
    assert not concern.wakes
    assert concern.group_due is None


def test_a_graver_cry_raises_the_concern_and_calls_at_once():
    concern = replace(a_concern(a_cry(**ASKING)), due=NIGHT + timedelta(hours=5))
    raised = cried_again(concern, a_cry("cause-2", at=LATER))
    assert (raised.grade, raised.kind, raised.entries) == (Grade.URGENT, Kind.OWN, 2)
    assert (raised.due, raised.group_due) == (LATER, LATER)


def test_a_lesser_cry_lowers_nothing():
    again = cried_again(a_concern(), a_cry("cause-2", at=LATER, **ASKING))
    assert (again.grade, again.kind, again.entries, again.last_at) == (Grade.URGENT, Kind.OWN, 2, LATER)


def test_another_cry_does_not_put_off_who_is_called_next():
    waiting = replace(a_concern(), due=NIGHT + timedelta(minutes=5), group_due=None)
    again = cried_again(waiting, a_cry("cause-2", at=LATER))
    assert (again.due, again.group_due) == (waiting.due, None)


def test_a_new_urgent_cry_leaves_the_taker_who_is_told_again():
    mine = taken(a_concern(), "dp-1", LATER)
    again = cried_again(mine, a_cry("cause-2", at=LATER))
    assert mine.due is None
    assert (again.state, again.taker, again.due) == (ConcernState.TAKEN, "dp-1", LATER)


def test_a_wish_to_be_called_back_is_told_to_the_taker():
    assert asked_again(taken(a_concern(), "dp-1", NIGHT), LATER).due == LATER
    assert asked_again(a_concern(), LATER).due == NIGHT


def test_handing_over_names_the_next_taker_who_is_told_at_once():
    theirs = handed_over(taken(a_concern(), "dp-1", NIGHT), "dp-1", "dp-2", LATER)
    assert (theirs.state, theirs.taker, theirs.due) == (ConcernState.TAKEN, "dp-2", LATER)


def test_giving_back_calls_the_line_anew():
    spent = replace(taken(a_concern(), "dp-1", NIGHT), rung=3, exhausted_at=NIGHT)
    free = given_back(spent, "dp-1", LATER)
    assert (free.state, free.taker, free.rung, free.exhausted_at) == (ConcernState.OPEN, "", 0, None)
    assert (free.due, free.group_due, free.sought_from) == (LATER, LATER, LATER)


def test_what_nobody_has_taken_cannot_be_given_back():
    with pytest.raises(WrongState):
        given_back(a_concern(), "dp-1", LATER)


def test_what_is_closed_stays_closed():
    ended = closed(a_concern(), "dp-9", Outcome.REACHED, LATER)
    assert (ended.due, ended.group_due, ended.outcome) == (None, None, Outcome.REACHED)
    for step in (
        lambda: taken(ended, "dp-1", LATER),
        lambda: handed_over(ended, "dp-1", "dp-2", LATER),
        lambda: given_back(ended, "dp-1", LATER),
        lambda: closed(ended, "dp-1", Outcome.REACHED, LATER),
    ):
        with pytest.raises(WrongState):
            step()


def test_every_step_is_kept_with_when_and_by_whom():
    ended = closed(taken(a_concern(), "dp-1", NIGHT), "dp-1", Outcome.REACHED, LATER)
    assert [(step.state, step.by) for step in ended.history] == [
        (ConcernState.OPEN, "w-1"),
        (ConcernState.TAKEN, "dp-1"),
        (ConcernState.CLOSED, "dp-1"),
    ]


def test_the_table_knows_every_state():
    assert set(STEPS) == set(ConcernState)


def test_outcomes_are_read_in_chinese_and_as_they_are_kept():
    assert all(outcome_of(each.called) is each and outcome_of(f" {each} ") is each for each in Outcome)
    assert outcome_of("好了") is None


@given(st.integers(min_value=1, max_value=200_000))
def test_numbers_have_four_digits_and_are_counted_up(drawn: int):
    number, following = number_after(drawn), number_after(drawn + 1)
    assert FIRST_NUMBER <= number <= LAST_NUMBER
    assert following == (FIRST_NUMBER if number == LAST_NUMBER else number + 1)


def test_words_are_not_told_by_whoever_writes_a_cry_into_a_log():
    assert "撑不下去" not in repr(a_cry())
