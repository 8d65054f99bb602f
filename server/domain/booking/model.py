"""What an expert, a slot and a booking are, and the life of a booking as a table of states."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from server.domain.refusals import Malformed, Taken, TooLate, WrongState

CELL = timedelta(minutes=10)
DAY_MINUTES = 24 * 60
LIMITS = {
    "name": 12,
    "unit": 40,
    "place": 80,
    "way": 6,
    "intro": 120,
}  # characters
MOST_THEMES = 6
THEME_CHARACTERS = 8


class HourTaken(Taken):
    """Another worker has this hour of the expert."""

    code = "hour-taken"


class OwnOverlap(Taken):
    """The worker already has a booking at that time."""

    code = "own-overlap"


class ExpertKind(StrEnum):
    """What kind of helper an expert is."""

    VOLUNTEER = "volunteer"
    COUNSELLOR = "counsellor"
    DOCTOR = "doctor"

    @property
    def called(self) -> str:
        """Return what the expert may be called."""
        return _TITLES[self]

    @property
    def offer(self) -> str:
        """Return what the expert does in the hour, and what it is not.

        A volunteer listens; counsellors neither diagnose nor treat (精神卫生法 §23), only a hospital does (§51).
        """
        return _OFFERS[self]


_TITLES = {
    ExpertKind.VOLUNTEER: "倾听志愿者",
    ExpertKind.COUNSELLOR: "心理咨询师",
    ExpertKind.DOCTOR: "医生",
}
_OFFERS = {
    ExpertKind.VOLUNTEER: "倾听与疏导，不是诊断和治疗",
    ExpertKind.COUNSELLOR: "心理咨询，不是诊断和治疗",
    ExpertKind.DOCTOR: "医生答疑；要看病、开药，请到医院挂号",
}


class Level(StrEnum):
    """Which union the expert belongs to."""

    CITY = "city"
    DISTRICT = "district"
    ENTERPRISE = "enterprise"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one minute of a Shanghai day to another, the end not included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Leave:
    """Days on which an expert is away, the last one included."""

    first: date
    last: date


Week = tuple[tuple[Span, ...], ...]
NO_WEEK: Week = ((),) * 7


@dataclass(frozen=True, slots=True)
class Pattern:
    """When an expert works: spans and breaks for each weekday, Monday first, and days of leave.

    An expert who works on holidays keeps this plain week all year: neither holidays nor make-up workdays change it.
    Raises `Malformed` where spans are empty, overlap or stand out of order.
    """

    weekly: Week
    breaks: Week = NO_WEEK
    leave: tuple[Leave, ...] = ()
    works_on_holidays: bool = False

    def __post_init__(self) -> None:
        for week in (self.weekly, self.breaks):
            if len(week) != len(NO_WEEK) or not all(_is_in_order(spans) for spans in week):
                raise Malformed("每天的时段要从早到晚排列，不能重叠，也不能跨过零点。")
        if any(leave.last < leave.first for leave in self.leave):
            raise Malformed("请假的最后一天不能早于第一天。")


def _is_in_order(spans: tuple[Span, ...]) -> bool:
    each_is_whole = all(0 <= span.start < span.end <= DAY_MINUTES for span in spans)
    return each_is_whole and all(earlier.end <= later.start for earlier, later in pairwise(spans))


@dataclass(frozen=True, slots=True)
class Expert:
    """A helper of the pool. An hour lasts `minutes`; `buffer` minutes after it belong to the expert.

    One who is no longer `offered` keeps the bookings made. Raises `Malformed` where a text is too long for a reply.
    """

    id: str
    name: str
    kind: ExpertKind
    level: Level
    unit: str
    themes: tuple[str, ...]
    place: str
    way: str
    intro: str
    pattern: Pattern
    minutes: int = 50
    buffer: int = 10
    offered: bool = True

    def __post_init__(self) -> None:
        for field, most in LIMITS.items():
            if not 0 < len(getattr(self, field)) <= most:
                raise Malformed(f"专家 {self.id} 的 {field} 要写，且不超过 {most} 个字。")
        if not 0 < len(self.themes) <= MOST_THEMES or max(map(len, self.themes)) > THEME_CHARACTERS:
            raise Malformed(f"专家 {self.id} 的 themes 要有 1 到 {MOST_THEMES} 个，每个最多 {THEME_CHARACTERS} 字。")
        if not 0 < self.minutes <= DAY_MINUTES or not 0 <= self.buffer <= DAY_MINUTES:
            raise Malformed(f"专家 {self.id} 的 minutes 或 buffer 不对。")


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A bookable start (UTC) of one expert; slots sort soonest first."""

    start: datetime
    expert: str


class BookingState(StrEnum):
    """Where a booking stands; whether the worker came to an hour that has begun is for the expert to say."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    BEGUN = "begun"


STEPS = {
    BookingState.BOOKED: {BookingState.CANCELLED, BookingState.BEGUN},
    BookingState.CANCELLED: set[BookingState](),
    BookingState.BEGUN: set[BookingState](),
}
OPEN = frozenset({BookingState.BOOKED})
HOLDS_ITS_CELLS = OPEN | {BookingState.BEGUN}


class Reminder(StrEnum):
    """What a worker is reminded by, in the order of time."""

    DAY_BEFORE = "day-before"
    SOON = "soon"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a booking's life: into which state, when, by whom."""

    state: BookingState
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Booking:
    """One worker's hour with one expert. `due` is when something has to happen next (None: nothing any more).

    `told` holds reminders that are settled: handed to the post, or past their use. `not_told` holds, once the hour
    has begun, those that did not reach the worker. `version` guards every change.
    """

    id: str
    worker: str
    expert: str
    start: datetime
    minutes: int
    state: BookingState
    cells: tuple[str, ...]
    due: datetime | None
    history: tuple[Step, ...]
    told: tuple[Reminder, ...] = ()
    not_told: tuple[Reminder, ...] = ()
    version: int = 0

    @property
    def slot(self) -> Slot:
        """Return the slot that this booking takes."""
        return Slot(self.start, self.expert)

    @property
    def end(self) -> datetime:
        """Return when the hour ends for the worker."""
        return self.start + timedelta(minutes=self.minutes)

    @property
    def booked_at(self) -> datetime:
        """Return when it was booked."""
        return self.history[0].at


def cells_of(slot: Slot, worker: str, minutes: int, buffer: int) -> tuple[str, ...]:
    """Return every ten minutes that a booking occupies: of the expert, the buffer counted, and of the worker.

    A cell reads `e:EXPERT:20261125023`: the UTC minute without its last digit. Raises `Malformed` off the grid.
    """
    return (*expert_cells(slot, minutes + buffer), *_cells(f"w:{worker}", slot.start, minutes))


@lru_cache(maxsize=4096)  # every worker who looks for an hour looks at the same slots
def expert_cells(slot: Slot, minutes: int) -> tuple[str, ...]:
    """Return the cells of the expert from the slot on, for so many minutes."""
    return tuple(_cells(f"e:{slot.expert}", slot.start, minutes))


def _cells(whose: str, start: datetime, minutes: int) -> Iterator[str]:
    if start.minute % 10 or start.second or start.microsecond:
        raise Malformed("预约只能从整十分钟开始。")
    end = start + timedelta(minutes=minutes)
    while start < end:
        yield f"{whose}:{start:%Y%m%d%H%M}"[:-1]
        start += CELL


def move(booking: Booking, step: Step) -> Booking:
    """Return the booking in its next state; raises `WrongState` where the table has no such step."""
    if step.state not in STEPS[booking.state]:
        raise WrongState("这个预约已经取消，或者时间已经到了，不能再改。")
    return replace(booking, state=step.state, due=None, history=(*booking.history, step))


def cancelled(booking: Booking, now: datetime, by: str) -> Booking:
    """Return the booking cancelled; raises `TooLate` once its hour has begun, `WrongState` if it is not open."""
    if booking.state in OPEN and booking.start <= now:
        raise TooLate("这个预约的时间已经到了，不能再取消。")
    return move(booking, Step(BookingState.CANCELLED, now, by))
