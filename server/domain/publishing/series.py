"""A series: a standing plan that makes one edition after another, and says when it runs dry."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import zip_longest

from server.domain.clock import at, day
from server.domain.publishing.edition import Way

WARN_DAYS = 14  # days before it runs dry that a series begins to say so


class SeriesState(StrEnum):
    """Whether a series still has something to send."""

    RUNNING = "running"
    DRY = "dry"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Series:
    """Every day at `hour` the next article; `due` is when its next edition has to be planned."""

    id: str
    hour: time
    way: Way
    state: SeriesState
    due: datetime
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """An accepted article, as far as the order of a series needs to know it."""

    id: str
    theme: str


def in_order(candidates: Sequence[Candidate]) -> list[str]:
    """Return the articles as a series sends them: themes taking turns, within a theme by id."""
    themes: dict[str, list[str]] = {}
    for candidate in sorted(candidates, key=lambda each: (each.theme, each.id)):
        themes.setdefault(candidate.theme, []).append(candidate.id)
    rounds = zip_longest(*themes.values())
    return [piece for turn in rounds for piece in turn if piece is not None]


def upcoming(candidates: Sequence[Candidate], used: Collection[str]) -> list[str]:
    """Return the articles a series has not planned yet, in the order in which it will."""
    return [piece for piece in in_order(candidates) if piece not in used]


def next_hour(hour: time, now: datetime, taken: Collection[date]) -> datetime:
    """Return the first instant of this hour of the day after now whose day no other edition holds."""
    on = day(now)
    while at(on, hour) <= now or on in taken:
        on += timedelta(days=1)
    return at(on, hour)
