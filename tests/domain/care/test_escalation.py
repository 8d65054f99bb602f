"""Who is called next: in order, five minutes each, at the end everybody who is responsible, and never silence."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.care.duty import DutyMode, DutyPerson, DutySetting, line
from server.domain.care.escalation import (
    GAPS,
    GROUP_MOST,
    PATIENCE,
    Escalation,
    called_for,
    gap,
    group_free_at,
    next_call,
)
from server.domain.care.model import GROUP, Call, Concern, ConcernState, given_back, taken
from server.domain.help.screening import Grade, Kind
from tests.domain.care.builders import (
    ALWAYS_THERE,
    IN_OFFICE,
    NIGHT,
    NOBODY,
    NOON,
    OFFICE,
    OFFICE_OPENS,
    a_chief,
    a_concern,
    a_cry,
    a_person,
)
from tests.domain.instants import instants

ONE, TWO, CHIEF = a_person("dp-1", 1), a_person("dp-2", 2), a_chief()
ROSTER = (ONE, TWO, CHIEF)


def made(concern: Concern, escalation: Escalation, at: datetime, took: Sequence[str] = ("phone",)) -> Concern:
    """The concern after these calls, which every one of these channels took."""
    calls = [Call(at, person.id, tuple(took)) for person in escalation.whom]
    after = called_for(concern, concern, escalation, calls)
    if after.group_due is not None:
        after = replace(after, group_due=None, calls=(*after.calls, Call(at, GROUP, (GROUP,))))
    return after


def run(concern: Concern, setting: DutySetting, most: int, people: Sequence[DutyPerson] = ROSTER):
    """What happens while nobody takes it: at each instant who was called, and whether the group was."""
    told = []
    for _ in range(most):
        assert concern.due is not None
        at = max(concern.due, concern.opened_at)
        escalation = next_call(concern, people, setting, at)
        told.append((at - NIGHT, [person.id for person in escalation.whom]))
        concern = made(concern, escalation, at)
    return told, concern


def minutes(*counts: int) -> list[timedelta]:
    return [timedelta(minutes=count) for count in counts]


def test_the_line_is_called_in_order_five_minutes_each_then_the_administrators_with_growing_gaps():
    told, concern = run(a_concern(), ALWAYS_THERE, 9)
    assert [whom for _, whom in told] == [["dp-1"], ["dp-2"], ["dp-9"]] + [["dp-9"]] * 6
    assert [at for at, _ in told] == minutes(0, 5, 10, 15, 20, 30, 50, 90, 150)
    assert concern.exhausted_at == NIGHT + timedelta(minutes=15)


def test_the_gaps_grow_to_an_hour_and_stay():
    assert [gap(rounds) for rounds in range(1, 9)] == [*GAPS, *[GAPS[-1]] * 3]
    assert list(GAPS) == minutes(5, 10, 20, 40, 60)


def test_the_group_is_told_first_and_again_when_the_line_is_at_its_end():
    concern = a_concern(group_due=None)
    first = next_call(concern, ROSTER, ALWAYS_THERE, NIGHT)
    assert first.to_group
    second = next_call(made(concern, first, NIGHT), ROSTER, ALWAYS_THERE, NIGHT + PATIENCE)
    assert not second.to_group
    exhausted, _ = run(concern, ALWAYS_THERE, 3)
    assert len(exhausted) == 3
    assert next_call(run(concern, ALWAYS_THERE, 3)[1], ROSTER, ALWAYS_THERE, NIGHT + 3 * PATIENCE).to_group


def test_a_group_that_is_told_already_is_not_told_twice_with_the_first_call():
    assert not next_call(a_concern(), ROSTER, ALWAYS_THERE, NIGHT).to_group


def test_a_group_that_was_told_this_minute_is_not_told_again_by_the_round_of_administrators():
    _, spent = run(a_concern(), ALWAYS_THERE, 4)
    now = NIGHT + timedelta(minutes=20)
    just_told = replace(spent, calls=(*spent.calls, Call(now, GROUP, (GROUP,))))
    assert next_call(spent, ROSTER, ALWAYS_THERE, now).to_group
    assert not next_call(just_told, ROSTER, ALWAYS_THERE, now).to_group


def test_who_cannot_be_reached_is_passed_over_at_once():
    concern = a_concern(group_due=None)
    after = made(concern, next_call(concern, ROSTER, ALWAYS_THERE, NIGHT), NIGHT, took=())
    assert after.due == NIGHT
    assert next_call(after, ROSTER, ALWAYS_THERE, NIGHT).whom == (TWO,)


def test_outside_the_hours_the_administrators_are_called():
    told, _ = run(a_concern(), IN_OFFICE, 3)
    assert told == [(at, ["dp-9"]) for at in minutes(0, 5, 10)]


def test_when_the_duty_begins_those_who_were_not_called_in_the_night_are_called():
    told, _ = run(a_concern(), IN_OFFICE, 16)
    begins = OFFICE_OPENS - NIGHT
    by_instant = dict(told)
    assert by_instant[begins] == ["dp-1"]
    assert by_instant[begins + PATIENCE] == ["dp-2"]


def test_with_nobody_to_call_the_group_is_told_once_and_the_line_begins_with_the_duty():
    only_staff = (ONE, TWO)
    concern = a_concern(group_due=None)
    first = next_call(concern, only_staff, IN_OFFICE, NIGHT)
    assert (first.whom, first.to_group, first.after.due) == ((), True, OFFICE_OPENS)
    assert first.after.exhausted_at == NIGHT
    waiting = made(concern, first, NIGHT)
    assert not next_call(waiting, only_staff, IN_OFFICE, NIGHT + PATIENCE).to_group
    assert next_call(waiting, only_staff, IN_OFFICE, OFFICE_OPENS).whom == (ONE,)


def test_where_no_duty_is_kept_at_all_it_is_on_record_and_looked_at_every_morning():
    first = next_call(a_concern(group_due=None), (), NOBODY, NIGHT)
    assert (first.whom, first.to_group, first.after.exhausted_at) == ((), True, NIGHT)
    assert first.after.due == OFFICE_OPENS - timedelta(hours=1)


def test_what_wakes_nobody_waits_for_the_morning():
    asking = a_concern(a_cry(grade=Grade.OTHER, kind=Kind.SOMEBODY))
    waits = next_call(asking, ROSTER, IN_OFFICE, NIGHT)
    assert (waits.whom, waits.to_group) == ((), False)
    assert waits.after.due == OFFICE_OPENS - timedelta(hours=1)
    assert waits.after.exhausted_at is None


def test_what_wakes_nobody_is_told_to_those_who_are_awake():
    asking = a_concern(a_cry(grade=Grade.OTHER, kind=Kind.SOMEBODY))
    assert next_call(asking, ROSTER, ALWAYS_THERE, NIGHT).whom == (ONE,)
    assert next_call(asking, ROSTER, IN_OFFICE, NOON).whom == (ONE,)


def test_the_taker_alone_is_told_of_something_new_and_then_left_in_peace():
    mine = replace(taken(a_concern(), "dp-2", NIGHT), due=NIGHT)
    again = next_call(mine, ROSTER, ALWAYS_THERE, NIGHT)
    assert (again.whom, again.to_group) == ((TWO,), False)
    assert made(mine, again, NIGHT).due is None


def test_a_taker_who_cannot_be_reached_is_told_again_together_with_the_administrators():
    mine = replace(taken(a_concern(), "dp-2", NIGHT), due=NIGHT)
    unheard = made(mine, next_call(mine, ROSTER, ALWAYS_THERE, NIGHT), NIGHT, took=())
    assert unheard.due == NIGHT + PATIENCE
    assert next_call(unheard, ROSTER, ALWAYS_THERE, NIGHT + PATIENCE).whom == (TWO, CHIEF)


def test_calls_for_what_was_taken_meanwhile_are_only_put_on_record():
    concern = a_concern()
    escalation = next_call(concern, ROSTER, ALWAYS_THERE, NIGHT)
    mine = taken(concern, "dp-2", NIGHT)
    call = Call(NIGHT, "dp-1", ("phone",))
    assert called_for(mine, concern, escalation, [call]) == replace(mine, calls=(call,))


def test_a_cry_that_came_during_the_call_stays_due():
    mine = replace(taken(a_concern(), "dp-1", NIGHT), due=NIGHT)
    escalation = next_call(mine, ROSTER, ALWAYS_THERE, NIGHT)
    fresh = replace(mine, due=NIGHT + timedelta(seconds=2))
    heard = called_for(fresh, mine, escalation, [Call(NIGHT, "dp-1", ("phone",))])
    assert heard.due == NIGHT + timedelta(seconds=2)


def test_one_who_joins_the_roster_late_is_called_too():
    _, concern = run(a_concern(), ALWAYS_THERE, 5)
    late = a_person("dp-5", 5)
    again = next_call(concern, (*ROSTER, late), ALWAYS_THERE, NIGHT + timedelta(minutes=30))
    assert again.whom == (late,)


SETTINGS = st.sampled_from((NOBODY, IN_OFFICE, ALWAYS_THERE, DutySetting(DutyMode.OFFICE, OFFICE)))
KINDS = st.sampled_from([(Grade.URGENT, Kind.OWN), (Grade.OTHER, Kind.VIOLENCE), (Grade.OTHER, Kind.SOMEBODY)])


@st.composite
def rosters(draw: st.DrawFn) -> list[DutyPerson]:
    count = draw(st.integers(0, 5))
    return [
        replace(
            a_person(f"dp-{number}", draw(st.integers(1, 4)), administrator=draw(st.booleans())),
            phone=draw(st.sampled_from(("", "13800000001"))),
            worker=draw(st.sampled_from(("", f"w-{number}"))),
        )
        for number in range(count)
    ]


@given(st.data(), rosters(), SETTINGS, KINDS, instants())
def test_nobody_is_ever_silent_while_nobody_has_taken_it(
    data: st.DataObject, people: list[DutyPerson], setting: DutySetting, kind: tuple[Grade, Kind], start: datetime
):
    concern = a_concern(a_cry(at=start, grade=kind[0], kind=kind[1]))
    at = start
    for _ in range(data.draw(st.integers(1, 25))):
        assert concern.due is not None
        assert concern.due - at <= timedelta(days=7)
        at = max(at, concern.due)
        escalation = next_call(concern, people, setting, at)
        deed = data.draw(st.sampled_from(("heard", "unheard", "given back")))
        concern = made(concern, escalation, at, took=() if deed == "unheard" else ("phone",))
        if deed == "given back":
            concern = given_back(taken(concern, "dp-0", at), "dp-0", at)
            assert concern.due == at
    assert concern.state is ConcernState.OPEN


@given(rosters(), SETTINGS, instants(), st.integers(0, 8))
def test_while_nobody_takes_it_everybody_in_line_is_called_before_anybody_twice(
    people: list[DutyPerson], setting: DutySetting, start: datetime, rounds: int
):
    concern = a_concern(a_cry(at=start))
    in_order = [person.id for person in line(people, setting, start)]
    told = []
    for _ in range(len(in_order)):
        escalation = next_call(concern, people, setting, start)
        told += [person.id for person in escalation.whom]
        concern = replace(made(concern, escalation, start), due=start)
    assert told == in_order
    assert next_call(concern, people, setting, start).after.exhausted_at == start


@given(st.lists(st.integers(0, 3_000), max_size=120))
def test_in_no_minute_is_the_group_told_more_than_twenty_times(waits: list[int]):
    at, sent = NIGHT, []
    for wait in waits:
        at = max(at, group_free_at(sent, at)) + timedelta(milliseconds=wait)
        sent.append(max(at, group_free_at(sent, at)))
        at = sent[-1]
    assert all(later - first >= timedelta(minutes=1) for first, later in zip(sent, sent[GROUP_MOST:], strict=False))


def test_a_group_that_was_silent_may_be_told_at_once():
    assert group_free_at([], NIGHT) == NIGHT
    assert group_free_at([NIGHT] * (GROUP_MOST - 1), NIGHT) == NIGHT
    assert group_free_at([NIGHT] * GROUP_MOST, NIGHT) == NIGHT + timedelta(minutes=1)


@pytest.mark.parametrize("setting", [NOBODY, IN_OFFICE, ALWAYS_THERE])
def test_what_is_closed_calls_nobody(setting: DutySetting):
    ended = replace(a_concern(), state=ConcernState.CLOSED)
    escalation = next_call(ended, ROSTER, setting, NIGHT)
    assert (escalation.whom, escalation.to_group, escalation.after.due) == ((), False, None)
