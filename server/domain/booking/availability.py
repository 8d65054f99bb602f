"""Which hours are free: patterns, breaks, leave, holidays and make-up days, notice, horizon, and what is taken."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from server.domain.booking.model import Booking, Expert, Slot, Span, expert_cells
from server.domain.calendar import Holidays
from server.domain.clock import at, day

_GRID = 10  # minutes


@dataclass(frozen=True, slots=True)
class Rules:
    """How far ahead a worker books: not sooner than `notice`, not later than `horizon` from now."""

    notice: timedelta = timedelta(hours=12)
    horizon: timedelta = timedelta(days=14)


RULES = Rules()


@dataclass(frozen=True, slots=True)
class Scene:
    """What one worker's booking looks at, read at one moment.

    `experts` holds also those no longer offered; `taken` the cells of the experts that bookings hold; `own` the
    worker's open bookings, soonest first.
    """

    worker: str
    experts: tuple[Expert, ...]
    taken: frozenset[str]
    own: tuple[Booking, ...]
    holidays: Holidays

    def expert(self, expert_id: str) -> Expert | None:
        """Return the expert of this id."""
        return next((expert for expert in self.experts if expert.id == expert_id), None)

    def own_at(self, slot: Slot) -> Booking | None:
        """Return the worker's own booking of exactly this slot."""
        return next((booking for booking in self.own if booking.slot == slot), None)


def starts_on(expert: Expert, on: date, holidays: Holidays) -> Iterator[datetime]:
    """Yield the starts that an expert's pattern offers on a Shanghai day, in order.

    What breaks leave of a span is filled from its beginning with hours, each after the buffer of the one before;
    an hour ends within it, its buffer need not. Starts lie on the ten-minute grid.
    """
    pattern = expert.pattern
    weekday = on.weekday() if pattern.works_on_holidays else holidays.weekday(on)
    if not expert.offered or weekday is None or any(leave.first <= on <= leave.last for leave in pattern.leave):
        return
    midnight, minute = at(on, time()), 0
    for piece in _without(pattern.weekly[weekday], pattern.breaks[weekday]):
        minute = _up_to_grid(max(minute, piece.start))
        while minute + expert.minutes <= piece.end:
            yield midnight + timedelta(minutes=minute)
            minute = _up_to_grid(minute + expert.minutes + expert.buffer)


def free_slots(scene: Scene, experts: Iterable[Expert], now: datetime, rules: Rules = RULES) -> Iterator[Slot]:
    """Yield the slots of these experts that the worker can book now, soonest first, as far as is asked for."""
    pool = {expert.id: expert for expert in experts}
    earliest, latest = now + rules.notice, now + rules.horizon
    on = day(earliest)
    while on <= day(latest):
        for slot in sorted(_slots_on(on, pool.values(), scene.holidays)):
            if earliest <= slot.start <= latest and not is_taken(scene, pool[slot.expert], slot):
                yield slot
        on += timedelta(days=1)


def is_offered(expert: Expert, start: datetime, holidays: Holidays, now: datetime, rules: Rules = RULES) -> bool:
    """Tell whether this start belongs to the expert's pattern and lies within notice and horizon."""
    is_in_time = now + rules.notice <= start <= now + rules.horizon
    return is_in_time and start in starts_on(expert, day(start), holidays)


def is_taken(scene: Scene, expert: Expert, slot: Slot) -> bool:
    """Tell whether the expert is taken at this slot, or the worker by a booking of their own."""
    is_held = not scene.taken.isdisjoint(expert_cells(slot, expert.minutes + expert.buffer))
    return is_held or overlaps_own(scene, slot, expert.minutes)


def overlaps_own(scene: Scene, slot: Slot, minutes: int) -> bool:
    """Tell whether the worker has a booking of their own at that time; the buffer after it is not theirs."""
    end = slot.start + timedelta(minutes=minutes)
    return any(slot.start < booking.end and booking.start < end for booking in scene.own)


def _slots_on(on: date, experts: Iterable[Expert], holidays: Holidays) -> Iterator[Slot]:
    return (Slot(start, expert.id) for expert in experts for start in starts_on(expert, on, holidays))


def _up_to_grid(minute: int) -> int:
    return -(-minute // _GRID) * _GRID


def _without(spans: Iterable[Span], breaks: Iterable[Span]) -> Iterator[Span]:
    """Yield what the breaks, which are in order, leave of the spans."""
    for span in spans:
        start = span.start
        for pause in breaks:
            if start < pause.end and pause.start < span.end:
                if start < pause.start:
                    yield Span(start, pause.start)
                start = pause.end
        if start < span.end:
            yield Span(start, span.end)
