"""The telephone lines of help: who answers, and whether somebody answers at this minute."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import accumulate, groupby, pairwise

from server.domain.clock import wall

DAY = 24 * 60  # minutes
ALWAYS_THERE = ("12356", "110", "120")  # the national line of mental support, police, ambulance
WEEK = 7 * DAY
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


class LineKind(StrEnum):
    """Who is at the other end; the order is that in which lines are shown to somebody who looks for help."""

    COUNSELLING = "counselling"
    UNION = "union"
    YOUTH = "youth"
    WOMEN = "women"
    LABOUR = "labour"
    LEGAL = "legal"
    POLICE = "police"
    EMERGENCY = "emergency"
    FIRE = "fire"


_UNKNOWN_HOURS = "没写时间的，各地不一样；打不通就换一个打。"
_FIRST_OF_ALL = "心里难受，先打 12356；眼前有危险，打 110 或 120。"
_RANK = {kind: rank for rank, kind in enumerate(LineKind)}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one minute of the day to another, the end not included; past midnight the end exceeds 1,440."""

    start: int
    end: int

    def in_words(self) -> str:
        """Return the span as people write it, `20:00–次日02:00`."""
        end = f"次日{_hour(self.end - DAY)}" if self.end > DAY else _hour(self.end)
        return f"{_hour(self.start)}–{end}"


@dataclass(frozen=True, slots=True)
class Hours:
    """When a line is answered: the spans of each weekday, Monday first, by the wall clock of Shanghai."""

    week: tuple[tuple[Span, ...], ...]

    def is_open(self, instant: datetime) -> bool:
        """Tell whether somebody answers at this instant, in the small hours of yesterday's span too."""
        local = wall(instant)
        minute, today = local.hour * 60 + local.minute, local.weekday()
        return any(span.start <= minute < span.end for span in self.week[today]) or any(
            minute < span.end - DAY for span in self.week[today - 1]
        )

    def in_words(self) -> str:
        """Return the hours in a few words, neighbouring days of equal hours joined."""
        if all(spans == (Span(0, DAY),) for spans in self.week):
            return "24小时"
        runs = [[day for day, _ in run] for _, run in groupby(enumerate(self.week), key=lambda each: each[1])]
        return "；".join(f"{_days(run)} {self._spans(run[0])}" for run in runs if self.week[run[0]])

    def _spans(self, day: int) -> str:
        return "、".join(span.in_words() for span in self.week[day])


ALWAYS = Hours(((Span(0, DAY),),) * 7)


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A telephone line; `hours` is None where they are not known, `confirmed` says that somebody rang it up."""

    number: str
    name: str
    who: str
    kind: LineKind
    area: str
    hours: Hours | None
    confirmed: bool = False
    note: str = ""
    checked_on: date | None = None
    checked_by: str | None = None

    def is_open(self, instant: datetime) -> bool | None:
        """Tell whether somebody answers at this instant; None where the hours are not known."""
        return None if self.hours is None else self.hours.is_open(instant)

    def hours_in_words(self) -> str:
        """Return the hours in a few words, honest where they are not known."""
        return "时间以当地为准" if self.hours is None else self.hours.in_words()


def ordered(lines: Iterable[HelpLine], instant: datetime) -> list[HelpLine]:
    """Return the lines as a person in need reads them: by kind, open ones first, those of unknown hours next."""
    return sorted(lines, key=lambda line: (_RANK[line.kind], _closedness(line.is_open(instant))))


def open_lines(lines: Iterable[HelpLine], instant: datetime) -> list[HelpLine]:
    """Return the lines known to be answered at this instant, in the order of `ordered`."""
    return [line for line in ordered(lines, instant) if line.is_open(instant)]


def listing(lines: Sequence[HelpLine], instant: datetime) -> str:
    """Return all lines as a text, each with its number on a line of its own and whether it is open now.

    A chat is read from its end, and the list is longer than a screen: what matters most stands there once more.
    """
    rows = [f"{line.name}{_openness(line, instant)}\n{line.number}\n{line.who}" for line in ordered(lines, instant)]
    unknown = [_UNKNOWN_HOURS] if any(line.hours is None for line in lines) else []
    return "\n\n".join((*rows, "\n".join((*unknown, _FIRST_OF_ALL))))


def uncovered(lines: Iterable[HelpLine]) -> Hours:
    """Return the hours of the week in which no counselling line is known to be answered; all empty if there are none.

    Unknown hours cover nothing: what nobody has rung up is not called open.
    """
    covered = bytearray(WEEK)
    for line in lines:
        if line.kind is LineKind.COUNSELLING and line.hours is not None:
            for minute in _minutes(line.hours):
                covered[minute] = 1
    return Hours(tuple(_gaps(covered[day * DAY : (day + 1) * DAY]) for day in range(7)))


def _minutes(hours: Hours) -> Iterator[int]:
    """Yield the minutes of the week that the hours hold; Sunday night runs on into Monday."""
    for day, spans in enumerate(hours.week):
        for span in spans:
            yield from (minute % WEEK for minute in range(day * DAY + span.start, day * DAY + span.end))


def _gaps(day: bytearray) -> tuple[Span, ...]:
    starts = (0, *accumulate(len(list(run)) for _, run in groupby(day)))
    return tuple(Span(start, end) for start, end in pairwise(starts) if not day[start])


def _closedness(is_open: bool | None) -> int:
    return {True: 0, None: 1, False: 2}[is_open]


def _openness(line: HelpLine, instant: datetime) -> str:
    if line.hours is None:
        return ""
    hours = line.hours_in_words()
    return f"（{hours}，现在未开通）" if line.is_open(instant) is False else f"（{hours}）"


def _hour(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _days(run: Sequence[int]) -> str:
    if len(run) == len(WEEKDAYS):
        return "每天"
    first, last = WEEKDAYS[run[0]], WEEKDAYS[run[-1]]
    if first == last:
        return first
    return f"{first}、{last}" if len(run) == 2 else f"{first}至{last}"
