"""When a booking reminds its worker, and what falls due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.booking import reminders
from server.domain.booking.model import Booking, BookingState, Reminder, cancelled, cells_of
from server.domain.booking.reminders import fall_due, next_due, remind_at
from server.domain.booking.words import reminder
from server.domain.clock import wall
from server.domain.refusals import Malformed, TooLate, WrongState
from tests.domain.booking.builders import NOW, a_booking, an_expert, friday

DAY_BEFORE, SOON = Reminder.DAY_BEFORE, Reminder.SOON


def due_of(booking: Booking) -> str:
    return f"{wall(booking.due or datetime.min.replace(tzinfo=UTC)):%d %H:%M}"


def test_a_booking_is_due_a_day_before_two_hours_before_and_at_its_hour() -> None:
    booking = a_booking(friday("10:00"))
    assert due_of(booking) == "26 10:00"
    first = fall_due(booking, friday("10:00") - timedelta(hours=24), "tick")
    assert (first.remind, due_of(first.booking)) == (DAY_BEFORE, "27 08:00")
    second = fall_due(first.booking, friday("08:00"), "tick")
    assert (second.remind, due_of(second.booking)) == (SOON, "27 10:00")
    last = fall_due(second.booking, friday("10:00"), "tick")
    assert last.has_begun
    assert last.booking.state is BookingState.BEGUN
    assert last.booking.due is None


def test_the_reminder_a_day_before_waits_for_the_end_of_the_quiet_hours() -> None:
    assert remind_at(a_booking(friday("22:00")), DAY_BEFORE) == friday("07:30")
    assert remind_at(a_booking(friday("07:00")), DAY_BEFORE) == friday("07:30") - timedelta(days=1)


def test_the_reminder_two_hours_before_is_exempt_from_the_quiet_hours() -> None:
    assert remind_at(a_booking(friday("08:00")), SOON) == friday("06:00")


def test_a_booking_made_less_than_a_day_ahead_has_no_reminder_a_day_before() -> None:
    booking = a_booking(friday("10:00"), now=friday("10:00") - timedelta(hours=24) + timedelta(seconds=1))
    assert remind_at(booking, DAY_BEFORE) is None
    assert due_of(booking) == "27 08:00"
    assert reminders.expected(booking) == (SOON,)


def test_a_tick_that_comes_late_gives_only_the_reminder_that_still_helps() -> None:
    late = fall_due(a_booking(friday("10:00")), friday("09:00"), "tick")
    assert late.remind is SOON
    assert late.booking.told == (DAY_BEFORE, SOON)
    too_late = fall_due(a_booking(friday("10:00")), friday("11:00"), "tick")
    assert too_late.remind is None
    assert too_late.has_begun


def test_found_late_at_night_the_reminder_a_day_before_is_still_sent_in_the_morning() -> None:
    night = friday("23:00") - timedelta(days=1)
    assert fall_due(a_booking(friday("20:00")), night, "tick").remind is DAY_BEFORE
    assert reminders.send_at(DAY_BEFORE, night) == friday("07:30")
    assert reminders.send_at(SOON, night) == night


def test_nothing_falls_due_twice_or_early_or_after_cancelling() -> None:
    booking = a_booking(friday("10:00"))
    assert fall_due(booking, friday("09:59") - timedelta(hours=24), "tick").booking is booking
    told = fall_due(booking, friday("10:00") - timedelta(hours=24), "tick").booking
    assert fall_due(told, friday("10:00") - timedelta(hours=24), "tick").remind is None
    gone = cancelled(booking, NOW, "w-1")
    assert (gone.due, next_due(gone)) == (None, None)
    assert fall_due(gone, friday("11:00"), "tick").booking is gone


def test_an_hour_that_has_begun_cannot_be_cancelled() -> None:
    booking = a_booking(friday("10:00"))
    assert cancelled(booking, friday("10:00") - timedelta(seconds=1), "w-1").state is BookingState.CANCELLED
    with pytest.raises(TooLate):
        cancelled(booking, friday("10:00"), "w-1")


def test_a_cancelled_booking_cannot_be_cancelled_again_and_keeps_its_history() -> None:
    gone = cancelled(a_booking(friday("10:00")), NOW, "w-1")
    assert [(step.state, step.by) for step in gone.history] == [("booked", "w-1"), ("cancelled", "w-1")]
    with pytest.raises(WrongState):
        cancelled(gone, NOW, "w-1")


def test_cells_hold_the_buffer_of_the_expert_and_not_of_the_worker() -> None:
    booking = a_booking(friday("10:00"))
    assert booking.cells[0] == "e:e-bailu:20261127020"
    assert [cell[0] for cell in booking.cells] == ["e"] * 6 + ["w"] * 5


def test_cells_exist_on_the_grid_only() -> None:
    with pytest.raises(Malformed):
        cells_of(a_booking(friday("10:00")).slot.__class__(friday("10:05"), "e"), "w-1", 50, 10)


def test_a_reminder_names_day_hour_expert_and_place_and_nothing_that_ages() -> None:
    text = reminder(a_booking(friday("10:00")), an_expert())
    assert "11月27日 周五 10:00–10:50" in text
    assert "沈白露（心理咨询师，面谈）" in text
    assert "地点：一楼东侧咨询室" in text
    assert "明天" not in text


@settings(deadline=None)
@given(
    hours_ahead=st.integers(12, 14 * 24),
    minutes=st.integers(0, 5).map(lambda tens: tens * 10),
    looks=st.lists(st.integers(0, 15 * 24 * 60), max_size=20),
)
def test_each_reminder_is_given_at_most_once_and_never_too_early_or_too_late(
    hours_ahead: int, minutes: int, looks: list[int]
) -> None:
    start = NOW + timedelta(hours=hours_ahead, minutes=minutes)
    booking, given_at = a_booking(start), []
    for look in sorted(looks):
        now = NOW + timedelta(minutes=look)
        fallen = fall_due(booking, now, "tick")
        booking = fallen.booking
        assert booking.due is None or booking.due > now
        if fallen.remind:
            given_at.append(fallen.remind)
            assert start - reminders.AHEAD[fallen.remind] <= now < reminders.useful_until(booking, fallen.remind)
    assert len(given_at) == len(set(given_at))
