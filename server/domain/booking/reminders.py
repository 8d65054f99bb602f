"""When a booking reminds its worker, and what falls due at which instant."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.domain.booking.model import OPEN, Booking, BookingState, Reminder, Step, move
from server.domain.clock import outside_quiet_hours

AHEAD = {Reminder.DAY_BEFORE: timedelta(hours=24), Reminder.SOON: timedelta(hours=2)}


@dataclass(frozen=True, slots=True)
class Fallen:
    """A booking after what fell due, the reminder to be handed to the post now, and whether its hour has begun."""

    booking: Booking
    remind: Reminder | None = None
    has_begun: bool = False


def remind_at(booking: Booking, reminder: Reminder) -> datetime | None:
    """Return when the worker is to be reminded; None where the booking was made too late for it.

    The one a day before keeps the quiet hours (moved to their end); the one two hours before is exempt.
    """
    instant = booking.start - AHEAD[reminder]
    if booking.booked_at > instant:
        return None
    moved = send_at(reminder, instant)
    return moved if moved < useful_until(booking, reminder) else None


def send_at(reminder: Reminder, instant: datetime) -> datetime:
    """Return when a reminder due at this instant may be sent: the one a day before keeps the quiet hours."""
    return instant if reminder is Reminder.SOON else outside_quiet_hours(instant)


def useful_until(booking: Booking, reminder: Reminder) -> datetime:
    """Return when a reminder has lost its sense: the day-before one when the next is due, that one at the hour."""
    return booking.start - AHEAD[Reminder.SOON] if reminder is Reminder.DAY_BEFORE else booking.start


def next_due(booking: Booking) -> datetime | None:
    """Return when something must happen next: a reminder, then the hour itself; None if the booking is not open."""
    if booking.state not in OPEN:
        return None
    instants = [remind_at(booking, reminder) for reminder in Reminder if reminder not in booking.told]
    return min((instant for instant in instants if instant is not None), default=booking.start)


def fall_due(booking: Booking, now: datetime, by: str) -> Fallen:
    """Return what has become of an open booking by now; found late, only the latest reminder is still given."""
    if booking.state not in OPEN or booking.due is None or booking.due > now:
        return Fallen(booking)
    if booking.start <= now:
        return Fallen(move(booking, Step(BookingState.BEGUN, now, by)), has_begun=True)
    passed = [reminder for reminder in Reminder if _is_due(booking, reminder, now)]
    useful = [reminder for reminder in passed if now < useful_until(booking, reminder)]
    settled = replace(booking, told=(*booking.told, *passed))
    return Fallen(replace(settled, due=next_due(settled)), useful[-1] if useful else None)


def _is_due(booking: Booking, reminder: Reminder, now: datetime) -> bool:
    instant = remind_at(booking, reminder)
    return reminder not in booking.told and instant is not None and instant <= now


def expected(booking: Booking) -> tuple[Reminder, ...]:
    """Return the reminders that this booking was to give."""
    return tuple(reminder for reminder in Reminder if remind_at(booking, reminder) is not None)


def key(booking: str, reminder: Reminder) -> str:
    """Return the one key under which the post keeps this reminder, so that twice is once."""
    return f"{booking}:{reminder}"
