"""Who is really there: the duty as the union has set it, its people, and what may be said of them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from server.domain.calendar import Holidays
from server.domain.clock import QUIET_FROM, QUIET_UNTIL, at, wall
from server.domain.help.lines import ALWAYS, DAY, Hours, Span

ON_DUTY = timedelta(hours=48)  # how long a customer-service window stays open after 在岗 (fact sheet 6)
RENEW_AHEAD = timedelta(hours=3)
EVENING = time(21, 30)  # when somebody is asked to renew whose hour lies in the night
NO_HOURS = Hours(((),) * 7)
_LONGEST_HOLIDAY = 10  # days on end; the Spring Festival of 2026 has nine


class DutyMode(StrEnum):
    """How the duty is kept."""

    NONE = "none"
    OFFICE = "office"
    ROUND = "round"

    @property
    def called(self) -> str:
        """Return the mode as the union reads it."""
        return {"none": "没有人值守", "office": "工作时间值守", "round": "24 小时值守"}[self]


@dataclass(frozen=True, slots=True)
class DutySetting:
    """When somebody is there, as the union says; `hours` count in the mode `office` only.

    Office hours keep the holidays and make-up workdays of `holidays`: an office that is shut calls nobody and says
    so. Hours that are the same on all seven days are no office's, and no holiday changes them.
    """

    mode: DutyMode = DutyMode.NONE
    hours: Hours = NO_HOURS
    holidays: Holidays = field(default_factory=Holidays, compare=False, repr=False)

    def is_staffed(self, instant: datetime) -> bool:
        """Tell whether the duty is kept at this instant, in the small hours of yesterday's stretch too."""
        local = wall(instant)
        minute, today = local.hour * 60 + local.minute, local.date()
        return any(span.start <= minute < span.end for span in self._on(today)) or any(
            minute < span.end - DAY for span in self._on(today - timedelta(days=1))
        )

    def staffed_next(self, instant: datetime) -> datetime | None:
        """Return the first instant from this one on at which the duty is kept; None if there is none."""
        if self.is_staffed(instant):
            return instant
        today = wall(instant).date()
        starts = (
            at(day, time(*divmod(span.start, 60)))
            for day in (today + timedelta(days=ahead) for ahead in range(_LONGEST_HOLIDAY + 8))
            for span in sorted(self._on(day))
        )
        return next((start for start in starts if start > instant), None)

    @property
    def keeps_holidays(self) -> bool:
        """Tell whether nobody is there on a public holiday."""
        return self.mode is DutyMode.OFFICE and len(set(self.hours.week)) > 1

    def _on(self, on: date) -> tuple[Span, ...]:
        """Return the stretches that begin on this day."""
        week = {DutyMode.NONE: NO_HOURS, DutyMode.OFFICE: self.hours, DutyMode.ROUND: ALWAYS}[self.mode].week
        if not self.keeps_holidays:
            return week[on.weekday()]
        weekday = self.holidays.weekday(on)
        return () if weekday is None else week[weekday]


NOT_KEPT = DutySetting()


@dataclass(frozen=True, slots=True)
class DutyPerson:
    """One who may be called; the lowest `order` comes first. `phone` is sealed wherever it lies.

    `worker` is the follower who bound it ("": nobody yet). `code` is the keyed hash of the one-time code, empty once
    it was used. `renew_due` is when the person is asked to write 在岗 again.
    """

    id: str
    name: str
    order: int
    administrator: bool
    worker: str = ""
    phone: str = field(default="", repr=False)
    on_duty_until: datetime | None = None
    renew_due: datetime | None = None
    code: str = ""
    code_expires: datetime | None = None

    @property
    def can_be_called(self) -> bool:
        """Tell whether there is any way to reach the person."""
        return bool(self.phone or self.worker)

    def is_on_duty(self, now: datetime) -> bool:
        """Tell whether the person said 在岗 within the last 48 hours."""
        return self.on_duty_until is not None and now < self.on_duty_until

    def hears(self, now: datetime) -> bool:
        """Tell whether an alert sent at this instant can be expected to arrive: by phone, or in an open window."""
        return bool(self.phone) or (bool(self.worker) and self.is_on_duty(now))


def line(people: Iterable[DutyPerson], setting: DutySetting, now: datetime) -> tuple[DutyPerson, ...]:
    """Return who is called one after the other: everybody while the duty is kept, else the administrators alone."""
    callable_now = _in_order(people)
    return callable_now if setting.is_staffed(now) else administrators(callable_now)


def administrators(people: Iterable[DutyPerson]) -> tuple[DutyPerson, ...]:
    """Return the administrators who can be called, in order."""
    return tuple(person for person in _in_order(people) if person.administrator)


def _in_order(people: Iterable[DutyPerson]) -> tuple[DutyPerson, ...]:
    return tuple(sorted((each for each in people if each.can_be_called), key=lambda each: (each.order, each.id)))


def arrived(person: DutyPerson, worker: str, now: datetime) -> DutyPerson:
    """Return the person bound to this follower and on duty for 48 hours from now; a code is used up."""
    until = now + ON_DUTY
    return replace(
        person,
        worker=worker,
        on_duty_until=until,
        renew_due=renew_at(until),
        code="",
        code_expires=None,
    )


def renew_at(until: datetime) -> datetime:
    """Return when somebody whose 48 hours end then is asked to renew: a while before, and never in the night."""
    ask = until - RENEW_AHEAD
    local = wall(ask)
    if local.time() >= QUIET_FROM:
        return at(local.date(), EVENING)
    if local.time() < QUIET_UNTIL:
        return at(local.date() - timedelta(days=1), EVENING)
    return ask


class There(StrEnum):
    """What may be said of who is there; `taken` alone says that a person knows."""

    NOBODY_HERE = "nobody-here"
    NOBODY_NOW = "nobody-now"
    SOMEBODY_ON_DUTY = "somebody-on-duty"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Presence:
    """What the last sentence of a help reply may say; `until` is when the duty begins again (`nobody-now` only)."""

    there: There
    until: datetime | None = None


def presence(setting: DutySetting, people: Collection[DutyPerson], now: datetime, *, taken: bool) -> Presence:
    """Return what may truly be said at this instant of who is there for a follower.

    Only a person who has taken the concern counts as told. A duty that is kept, but by nobody who can be reached, is
    as good as none.
    """
    if taken:
        return Presence(There.TAKEN)
    if not any(person.can_be_called for person in people):
        return Presence(There.NOBODY_HERE)
    if setting.is_staffed(now):
        somebody = any(person.hears(now) for person in people)
        return Presence(There.SOMEBODY_ON_DUTY if somebody else There.NOBODY_HERE)
    begins = setting.staffed_next(now)
    return Presence(There.NOBODY_HERE) if begins is None else Presence(There.NOBODY_NOW, begins)


def named(people: Sequence[DutyPerson], name: str) -> DutyPerson | None:
    """Return the person of this name."""
    return next((person for person in people if person.name == name.strip()), None)
