"""The one clock: it never runs backwards, days are Shanghai's, and the quiet hours have two ends."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.clock import (
    QUIET_FROM,
    QUIET_UNTIL,
    SteadyClock,
    at,
    day,
    outside_quiet_hours,
    system_clock,
    wall,
)
from tests.domain.instants import instants

INSTANTS = instants(2020, 2040)


def showing(instants: Iterable[datetime]) -> Callable[[], datetime]:
    shown = iter(instants)
    return lambda: next(shown)


@given(st.lists(INSTANTS, min_size=1))
def test_a_clock_never_runs_backwards_though_its_source_does(instants: list[datetime]) -> None:
    clock = SteadyClock(showing(instants))
    told = [clock.now() for _ in instants]
    assert told == sorted(told)
    assert max(told) <= max(instants)


@given(INSTANTS)
def test_an_instant_is_cut_to_what_the_stores_keep(instant: datetime) -> None:
    told = SteadyClock(showing([instant])).now()
    assert told.microsecond % 1000 == 0
    assert timedelta() <= instant - told < timedelta(milliseconds=1)


def test_the_machines_clock_tells_aware_instants_of_now() -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    assert before <= system_clock().now() <= datetime.now(UTC)


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    assert day(datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert day(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == date(2026, 11, 23)


@given(INSTANTS)
def test_the_hour_on_the_wall_of_its_day_is_the_instant_again(instant: datetime) -> None:
    assert at(day(instant), wall(instant).time()) == instant
    assert at(day(instant), wall(instant).time()).tzinfo is UTC


@pytest.mark.parametrize(
    ("hour", "told"),
    [
        ("2026-11-23 21:59", "2026-11-23 21:59"),
        ("2026-11-23 22:00", "2026-11-24 07:30"),
        ("2026-11-23 23:59", "2026-11-24 07:30"),
        ("2026-11-24 00:00", "2026-11-24 07:30"),
        ("2026-11-24 07:29", "2026-11-24 07:30"),
        ("2026-11-24 07:30", "2026-11-24 07:30"),
        ("2026-12-31 22:30", "2027-01-01 07:30"),
    ],
)
def test_what_falls_into_the_quiet_hours_waits_for_their_end(hour: str, told: str) -> None:
    assert outside_quiet_hours(shanghai(hour)) == shanghai(told)


@given(INSTANTS)
def test_nothing_is_left_in_the_quiet_hours_or_made_earlier(instant: datetime) -> None:
    told = outside_quiet_hours(instant)
    assert QUIET_UNTIL <= wall(told).time() < QUIET_FROM
    assert timedelta() <= told - instant <= timedelta(hours=9, minutes=30)
    assert outside_quiet_hours(told) == told


def shanghai(text: str) -> datetime:
    on, hour = text.split()
    return at(date.fromisoformat(on), time.fromisoformat(hour))
