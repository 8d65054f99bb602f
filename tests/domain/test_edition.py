"""The life of an edition: only the steps of the table, a history that grows, and gaps that do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.clock import at, day
from server.domain.publishing.edition import (
    HOLDS_THE_DAY,
    OPEN,
    STEPS,
    Edition,
    EditionState,
    Sending,
    Step,
    Way,
    move,
    next_look,
    plan,
)
from server.domain.refusals import WrongState
from tests.domain.instants import instants

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SEVEN_THIRTY = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)


def an_edition(state: EditionState = EditionState.PLANNED) -> Edition:
    first = Step(EditionState.PLANNED, NOW, "editor")
    return replace(plan("ed-1", "sleep", Way.MASS, SEVEN_THIRTY, first), state=state)


def a_step(state: EditionState) -> Step:
    return Step(state, NOW, "test")


def test_a_new_edition_is_planned_and_due_at_once() -> None:
    edition = an_edition()
    assert edition.state is EditionState.PLANNED
    assert edition.due == NOW
    assert [step.state for step in edition.history] == [EditionState.PLANNED]


@pytest.mark.parametrize("state", EditionState)
@pytest.mark.parametrize("into", EditionState)
def test_an_edition_moves_only_as_the_table_says(state: EditionState, into: EditionState) -> None:
    edition = an_edition(state)
    if into not in STEPS[state]:
        with pytest.raises(WrongState):
            move(edition, a_step(into), None)
        return
    moved = move(edition, a_step(into), SEVEN_THIRTY)
    assert (moved.state, moved.due) == (into, SEVEN_THIRTY)
    assert moved.history == (*edition.history, a_step(into))


@given(st.lists(st.sampled_from(EditionState), max_size=12))
def test_no_path_leaves_the_table_and_its_history_tells_it_whole(wishes: list[EditionState]) -> None:
    edition = an_edition()
    for wish in wishes:
        if wish in STEPS[edition.state]:
            edition = move(edition, a_step(wish), None)
    states = [step.state for step in edition.history]
    assert states[0] is EditionState.PLANNED
    assert states[-1] is edition.state
    assert all(after in STEPS[before] for before, after in pairwise(states))


def test_every_state_can_be_reached_and_every_open_one_can_be_left() -> None:
    reached, ahead = {EditionState.PLANNED}, [EditionState.PLANNED]
    while ahead:
        new = STEPS[ahead.pop()] - reached
        reached |= new
        ahead += new
    assert reached == set(EditionState)
    assert {state for state in EditionState if STEPS[state]} == OPEN


def test_what_is_being_sent_can_no_longer_be_cancelled_or_missed() -> None:
    assert STEPS[EditionState.SENDING] == {EditionState.SENT, EditionState.FAILED}


def test_what_was_sent_holds_its_day_and_what_was_not_frees_it() -> None:
    freed = {EditionState.FAILED, EditionState.MISSED, EditionState.CANCELLED}
    assert set(EditionState) - HOLDS_THE_DAY == freed


@given(instants())
def test_editions_of_one_shanghai_day_and_way_share_a_slot(instant: datetime) -> None:
    here = replace(an_edition(), at=instant)
    midnight = at(day(instant), datetime.min.time())
    assert here.slot == replace(here, at=midnight).slot
    assert here.slot != replace(here, at=midnight - timedelta(seconds=1)).slot
    assert here.slot != replace(here, way=Way.REPLY).slot


def test_the_platform_is_asked_with_growing_gaps() -> None:
    def gap(asked: int) -> timedelta:
        sending = Sending("ed-1", NOW, NOW, message="1", asked=asked)
        return next_look(replace(an_edition(), sending=sending), NOW) - NOW

    gaps = [gap(asked) for asked in range(8)]
    assert gaps == sorted(gaps)
    assert gaps[0] == timedelta(minutes=1)
    assert gaps[-1] == timedelta(hours=1)
