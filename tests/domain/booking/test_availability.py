"""Free hours against a plain model that walks every ten minutes of every day."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.booking.availability import RULES, Scene, free_slots, is_offered, is_taken, starts_on
from server.domain.booking.model import Expert, Leave, Pattern, Slot, Span, cells_of
from server.domain.calendar import Holidays
from server.domain.clock import at, day, wall
from server.domain.refusals import Malformed
from tests.domain.booking.builders import (
    KNOWN,
    MONDAY,
    MORNING,
    NOW,
    TUESDAY,
    a_booking,
    a_scene,
    a_week,
    an_expert,
    friday,
)

HORIZON_DAYS = 15


def clock_times(starts: Iterator[datetime]) -> list[str]:
    return [f"{wall(start):%H:%M}" for start in starts]


FRIDAY = date(2026, 11, 27)


def test_a_morning_is_cut_into_hours_with_their_buffers() -> None:
    assert clock_times(starts_on(an_expert(), FRIDAY, KNOWN)) == ["09:00", "10:00", "11:00"]


def test_after_a_break_the_hours_begin_anew() -> None:
    pattern = Pattern(a_week(fri=MORNING), a_week(fri=Span(10 * 60 + 50, 11 * 60 + 10)))
    assert clock_times(starts_on(an_expert(pattern=pattern), FRIDAY, KNOWN)) == ["09:00", "10:00", "11:10"]


def test_an_hour_that_would_run_into_a_break_is_not_offered() -> None:
    pattern = Pattern(a_week(fri=MORNING), a_week(fri=Span(10 * 60 + 30, 10 * 60 + 50)))
    assert clock_times(starts_on(an_expert(pattern=pattern), FRIDAY, KNOWN)) == ["09:00", "10:50"]


def test_a_long_buffer_reaches_over_a_short_break() -> None:
    pattern = Pattern(a_week(fri=MORNING), a_week(fri=Span(9 * 60 + 50, 10 * 60)))
    assert clock_times(starts_on(an_expert(pattern=pattern, buffer=40), FRIDAY, KNOWN)) == ["09:00", "10:30"]


def test_an_expert_on_leave_offers_nothing_on_its_first_and_last_day() -> None:
    week = a_week(fri=MORNING, sat=MORNING, sun=MORNING)
    expert = an_expert(pattern=Pattern(week, leave=(Leave(FRIDAY, FRIDAY + timedelta(1)),)))
    offered = [len(list(starts_on(expert, FRIDAY + timedelta(days), KNOWN))) for days in range(3)]
    assert offered == [0, 0, 3]


def test_a_holiday_is_off_unless_the_expert_works_on_holidays() -> None:
    holidays = Holidays(frozenset({FRIDAY}), {}, date(2026, 12, 31))
    willing = an_expert(pattern=Pattern(a_week(fri=MORNING), works_on_holidays=True))
    assert not list(starts_on(an_expert(), FRIDAY, holidays))
    assert len(list(starts_on(willing, FRIDAY, holidays))) == 3


def test_a_make_up_saturday_is_worked_by_the_hours_of_the_day_it_makes_up_for() -> None:
    saturday = date(2026, 10, 10)
    holidays = Holidays(make_ups={saturday: TUESDAY}, known_until=date(2026, 12, 31))
    expert = an_expert(pattern=Pattern(a_week(tue=Span(14 * 60, 16 * 60), sat=MORNING)))
    assert clock_times(starts_on(expert, saturday, holidays)) == ["14:00", "15:00"]


def test_nobody_guesses_the_hours_of_a_make_up_day_whose_weekday_is_not_known() -> None:
    saturday = date(2026, 10, 10)
    holidays = Holidays(make_ups={saturday: None}, known_until=date(2026, 12, 31))
    expert = an_expert(pattern=Pattern(a_week(mon=MORNING, sat=Span(14 * 60, 15 * 60))))
    assert clock_times(starts_on(expert, saturday, holidays)) == ["14:00"]


def test_an_expert_who_works_on_holidays_keeps_the_plain_week_on_make_up_days() -> None:
    saturday = date(2026, 10, 10)
    holidays = Holidays(make_ups={saturday: MONDAY}, known_until=date(2026, 12, 31))
    expert = an_expert(pattern=Pattern(a_week(sat=MORNING), works_on_holidays=True))
    assert len(list(starts_on(expert, saturday, holidays))) == 3


def test_an_expert_who_is_no_longer_offered_has_no_free_hours() -> None:
    expert = an_expert(offered=False)
    assert not list(free_slots(a_scene(expert), [expert], NOW))


def test_a_taken_hour_is_not_offered_to_others() -> None:
    expert = an_expert()
    scene = a_scene(expert, taken=[a_booking(friday("10:00"), expert, worker="w-2")])
    assert clock_times(slot.start for slot in free_slots(scene, [expert], friday("00:00") - timedelta(1)))[:2] == [
        "09:00",
        "11:00",
    ]


def test_an_hour_beside_a_booking_of_ones_own_with_another_expert_is_not_offered() -> None:
    expert, other = an_expert(), an_expert("e-other")
    scene = a_scene(expert, other, own=[a_booking(friday("09:30"), other)])
    on_friday = [slot for slot in free_slots(scene, [expert], NOW) if day(slot.start) == FRIDAY]
    assert clock_times(slot.start for slot in on_friday) == ["11:00"]


def test_twelve_hours_ahead_can_be_booked_and_one_second_less_cannot() -> None:
    start = friday("09:00")
    assert is_offered(an_expert(), start, KNOWN, start - timedelta(hours=12))
    assert not is_offered(an_expert(), start, KNOWN, start - timedelta(hours=12) + timedelta(seconds=1))


def test_fourteen_days_ahead_can_be_booked_and_one_second_more_cannot() -> None:
    start = friday("09:00")
    assert is_offered(an_expert(), start, KNOWN, start - timedelta(days=14))
    assert not is_offered(an_expert(), start, KNOWN, start - timedelta(days=14, seconds=1))


@pytest.mark.parametrize(
    "spans",
    [(Span(600, 540),), (Span(540, 700), Span(690, 800)), (Span(900, 1000), Span(540, 600)), (Span(1380, 1500),)],
)
def test_a_pattern_that_makes_no_sense_is_refused(spans: tuple[Span, ...]) -> None:
    with pytest.raises(Malformed):
        Pattern(a_week(mon=spans))


# The brute-force model.


@st.composite
def days_spans(draw: st.DrawFn) -> tuple[Span, ...]:
    edges = sorted(draw(st.sets(st.integers(0, 288), max_size=6)))
    pairs = list(pairwise(edges))[::2]
    return tuple(Span(start * 5, end * 5) for start, end in pairs)


@st.composite
def experts(draw: st.DrawFn, id_: str) -> Expert:
    week = st.tuples(*[days_spans()] * 7)
    first = draw(st.integers(-2, HORIZON_DAYS))
    leave = Leave(day(NOW) + timedelta(first), day(NOW) + timedelta(first + draw(st.integers(0, 3))))
    pattern = Pattern(draw(week), draw(week), (leave,) * draw(st.integers(0, 1)), draw(st.booleans()))
    minutes, buffer = draw(st.sampled_from((45, 50, 60, 90))), draw(st.sampled_from((0, 5, 10, 30)))
    return an_expert(id_, pattern, minutes=minutes, buffer=buffer)


@st.composite
def calendars(draw: st.DrawFn) -> Holidays:
    ahead = [day(NOW) + timedelta(days) for days in range(HORIZON_DAYS + 1)]
    off = draw(st.sets(st.sampled_from(ahead), max_size=4))
    worked = draw(st.sets(st.sampled_from(ahead), max_size=3)) - off
    return Holidays(frozenset(off), {on: draw(st.none() | st.integers(0, 6)) for on in worked}, date.max)


def brute_starts(expert: Expert, on: date, holidays: Holidays) -> list[int]:
    """Walk the day on the grid: a start needs its hour open, within one stretch, after the buffer before it."""
    pattern, weekday = expert.pattern, on.weekday()
    if not pattern.works_on_holidays:
        if on in holidays.off:
            return []
        made_up = holidays.make_ups.get(on)
        weekday = weekday if made_up is None else made_up
    if any(leave.first <= on <= leave.last for leave in pattern.leave):
        return []
    span_of = [
        next((span for span in pattern.weekly[weekday] if span.start <= minute < span.end), None)
        for minute in range(1440)
    ]
    for pause in pattern.breaks[weekday]:
        span_of[pause.start : pause.end] = [None] * (pause.end - pause.start)
    starts, rested = [], 0
    for minute in range(0, 1440 - expert.minutes + 1, 10):
        stretch = set(span_of[minute : minute + expert.minutes])
        if minute >= rested and None not in stretch and len(stretch) == 1:
            starts.append(minute)
            rested = minute + expert.minutes + expert.buffer
    return starts


@settings(deadline=None)
@given(
    pool=st.tuples(experts("e-1"), experts("e-2")),
    holidays=calendars(),
    taken=st.sets(st.integers(0, 200), max_size=30),
    own=st.sets(st.integers(0, 200), max_size=5),
    seconds=st.integers(0, 86_399),
)
def test_free_slots_are_exactly_those_of_the_model(
    pool: tuple[Expert, Expert], holidays: Holidays, taken: set[int], own: set[int], seconds: int
) -> None:
    now = NOW + timedelta(seconds=seconds)
    everything = sorted(
        Slot(at(on, time()) + timedelta(minutes=minute), expert.id)
        for expert in pool
        for on in (day(NOW) + timedelta(days) for days in range(-1, HORIZON_DAYS + 2))
        for minute in brute_starts(expert, on, holidays)
    )
    by_id = {expert.id: expert for expert in pool}

    def cells(slot: Slot, worker: str) -> tuple[str, ...]:
        return cells_of(slot, worker, by_id[slot.expert].minutes, by_id[slot.expert].buffer)

    mine = tuple(a_booking(slot.start, by_id[slot.expert]) for index, slot in enumerate(everything) if index in own)
    of_others = [cells(slot, "w-2") for index, slot in enumerate(everything) if index in taken]
    held = frozenset(cell for each in (*of_others, *(booking.cells for booking in mine)) for cell in each)
    scene = Scene("w-1", pool, held, mine, holidays)
    expected = [
        slot
        for slot in everything
        if now + timedelta(hours=12) <= slot.start <= now + timedelta(days=14)
        and not held.intersection(cells(slot, "w-1"))
    ]
    found = list(free_slots(scene, pool, now))
    assert found == expected
    assert all(is_offered(by_id[slot.expert], slot.start, holidays, now) for slot in found)
    assert not any(is_taken(scene, by_id[slot.expert], slot) for slot in found)
    assert all(slot.start.minute % 10 == 0 and slot.start >= now + RULES.notice for slot in found)
