"""Who is there, and what may be said of it: hours, order, the 48 hours of 在岗, and the last sentence of a reply."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given

from server.domain.calendar import Holidays
from server.domain.care.duty import (
    ON_DUTY,
    DutyMode,
    DutySetting,
    Presence,
    There,
    administrators,
    arrived,
    line,
    presence,
    renew_at,
)
from server.domain.clock import outside_quiet_hours, wall
from server.domain.help.lines import Hours, Span
from tests.domain.care.builders import (
    ALWAYS_THERE,
    IN_OFFICE,
    NIGHT,
    NOBODY,
    NOON,
    OFFICE_OPENS,
    a_chief,
    a_person,
)
from tests.domain.instants import instants

ONE, TWO, CHIEF = a_person("dp-1", 2), a_person("dp-2", 1), a_chief()
MUTE = a_person("dp-0", 0, phone="")


def test_office_hours_are_kept_by_the_wall_clock():
    assert IN_OFFICE.is_staffed(NOON)
    assert not IN_OFFICE.is_staffed(NIGHT)
    assert IN_OFFICE.is_staffed(OFFICE_OPENS)
    assert IN_OFFICE.staffed_next(NIGHT) == OFFICE_OPENS


def test_after_friday_comes_monday():
    friday_evening = datetime.fromisoformat("2026-11-27T18:00+08:00")
    assert IN_OFFICE.staffed_next(friday_evening) == datetime.fromisoformat("2026-11-30T08:30+08:00")


def test_hours_past_midnight_are_kept_into_the_morning():
    setting = DutySetting(DutyMode.OFFICE, Hours(((Span(20 * 60, 26 * 60),),) + ((),) * 6))
    assert setting.is_staffed(datetime.fromisoformat("2026-11-24T01:30+08:00"))
    assert not setting.is_staffed(datetime.fromisoformat("2026-11-24T02:30+08:00"))


HOLIDAYS = Holidays(frozenset({date(2026, 10, 1), date(2026, 10, 2)}), {date(2026, 10, 10): 4}, date(2026, 12, 31))


def test_an_office_is_shut_on_a_holiday_and_open_on_a_make_up_saturday():
    setting = replace(IN_OFFICE, holidays=HOLIDAYS)
    thursday, saturday = (datetime.fromisoformat(f"2026-10-{day}T10:00+08:00") for day in ("01", "10"))
    assert IN_OFFICE.is_staffed(thursday)
    assert not setting.is_staffed(thursday)
    assert setting.staffed_next(thursday) == datetime.fromisoformat("2026-10-05T08:30+08:00")
    assert setting.is_staffed(saturday)
    assert not IN_OFFICE.is_staffed(saturday)


def test_hours_that_know_no_weekend_know_no_holiday():
    every_evening = DutySetting(DutyMode.OFFICE, Hours(((Span(18 * 60, 22 * 60),),) * 7), HOLIDAYS)
    assert every_evening.is_staffed(datetime.fromisoformat("2026-10-01T19:00+08:00"))
    assert replace(ALWAYS_THERE, holidays=HOLIDAYS).is_staffed(datetime.fromisoformat("2026-10-01T02:10+08:00"))


@given(instants())
def test_the_next_hour_of_duty_is_one_and_none_lies_before_it(instant: datetime):
    assert NOBODY.staffed_next(instant) is None
    assert ALWAYS_THERE.staffed_next(instant) == instant
    begins = IN_OFFICE.staffed_next(instant)
    assert begins is not None
    assert IN_OFFICE.is_staffed(begins)
    assert begins == instant or not IN_OFFICE.is_staffed(begins - timedelta(minutes=1))
    between = instant + (begins - instant) / 2
    assert begins == instant or not IN_OFFICE.is_staffed(between)


def test_everybody_is_in_line_while_the_duty_is_kept_the_lowest_order_first():
    people = (CHIEF, ONE, MUTE, TWO)
    assert line(people, ALWAYS_THERE, NIGHT) == (TWO, ONE, CHIEF)
    assert line(people, IN_OFFICE, NIGHT) == (CHIEF,)
    assert line(people, NOBODY, NOON) == (CHIEF,)
    assert administrators(people) == (CHIEF,)


def test_one_without_phone_and_follower_is_not_called():
    assert line((MUTE,), ALWAYS_THERE, NIGHT) == ()
    bound = replace(MUTE, worker="w-1")
    assert line((bound,), ALWAYS_THERE, NIGHT) == (bound,)


def test_arriving_uses_up_the_code_and_opens_48_hours():
    there = arrived(replace(MUTE, code="c", code_expires=NOON), "w-1", NOON)
    assert (there.worker, there.code, there.code_expires) == ("w-1", "", None)
    assert there.is_on_duty(NOON + ON_DUTY - timedelta(seconds=1))
    assert not there.is_on_duty(NOON + ON_DUTY)


@given(instants())
def test_renewal_is_asked_before_the_48_hours_end_and_never_in_the_night(now: datetime):
    ask = renew_at(now + ON_DUTY)
    assert now < ask < now + ON_DUTY
    assert outside_quiet_hours(ask) == ask
    assert wall(ask).hour < 22


@pytest.mark.parametrize("setting", [NOBODY, IN_OFFICE, ALWAYS_THERE])
def test_only_a_taker_makes_it_true_that_a_person_knows(setting: DutySetting):
    assert presence(setting, [], NIGHT, taken=True) == Presence(There.TAKEN)
    assert presence(setting, [ONE], NIGHT, taken=False).there is not There.TAKEN


def test_what_is_said_follows_the_duty():
    assert presence(NOBODY, [ONE, CHIEF], NIGHT, taken=False) == Presence(There.NOBODY_HERE)
    assert presence(IN_OFFICE, [ONE], NIGHT, taken=False) == Presence(There.NOBODY_NOW, OFFICE_OPENS)
    assert presence(IN_OFFICE, [ONE], NOON, taken=False) == Presence(There.SOMEBODY_ON_DUTY)
    assert presence(ALWAYS_THERE, [ONE], NIGHT, taken=False) == Presence(There.SOMEBODY_ON_DUTY)


def test_a_duty_that_nobody_can_be_reached_for_is_none():
    assert presence(ALWAYS_THERE, [], NIGHT, taken=False).there is There.NOBODY_HERE
    assert presence(ALWAYS_THERE, [MUTE], NIGHT, taken=False).there is There.NOBODY_HERE
    asleep = replace(MUTE, worker="w-1", on_duty_until=NIGHT)
    assert presence(ALWAYS_THERE, [asleep], NIGHT, taken=False).there is There.NOBODY_HERE
    awake = replace(asleep, on_duty_until=NIGHT + timedelta(hours=1))
    assert presence(ALWAYS_THERE, [awake], NIGHT, taken=False).there is There.SOMEBODY_ON_DUTY


def test_a_phone_is_not_told_by_whoever_writes_a_person_into_a_log():
    assert ONE.phone not in repr(ONE)
