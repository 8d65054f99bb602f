"""Builders of experts, bookings and scenes that name only what a test is about."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from server.domain.booking.availability import Scene
from server.domain.booking.model import Booking, Expert, ExpertKind, Level, Pattern, Slot, Span, Week
from server.domain.booking.service import Order, new_booking
from server.domain.calendar import Holidays
from server.domain.clock import at

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # Wednesday 10:00 in Shanghai
KNOWN = Holidays(known_until=date(2027, 12, 31))
MORNING = Span(9 * 60, 12 * 60)


def a_week(**spans: Span | tuple[Span, ...]) -> Week:
    """`a_week(fri=MORNING)`: spans on the days named, none on the others."""
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    given = {name: each if isinstance(each, tuple) else (each,) for name, each in spans.items()}
    return tuple(given.get(name, ()) for name in names)


def an_expert(id_: str = "e-bailu", pattern: Pattern | None = None, **changes: Any) -> Expert:
    """An expert who works on Friday mornings unless said otherwise."""
    expert = Expert(
        id=id_,
        name="沈白露",
        kind=ExpertKind.COUNSELLOR,
        level=Level.CITY,
        unit="示例区工人文化宫",
        themes=("职场心理",),
        place="一楼东侧咨询室",
        way="面谈",
        intro="可以一起把事情摆一摆。",
        pattern=pattern or Pattern(a_week(fri=MORNING)),
    )
    return replace(expert, **changes)


def friday(hour: str) -> datetime:
    """The instant of this Shanghai hour on Friday, 27 November 2026."""
    return at(date(2026, 11, 27), time.fromisoformat(hour))


def a_booking(start: datetime, expert: Expert | None = None, worker: str = "w-1", now: datetime = NOW) -> Booking:
    """An open booking of this start."""
    of = expert or an_expert()
    return new_booking(Order(f"b-{of.id}-{start:%d%H%M}-{worker}", worker, Slot(start, of.id)), of, now)


def a_scene(*experts: Expert, taken: Iterable[Booking] = (), own: Iterable[Booking] = (), **changes: Any) -> Scene:
    """What worker `w-1` sees: these experts, hours taken by others, bookings of their own."""
    own = sorted(own, key=lambda booking: booking.start)
    cells = frozenset(cell for booking in (*taken, *own) for cell in booking.cells)
    return replace(Scene("w-1", experts, cells, tuple(own), KNOWN), **changes)
