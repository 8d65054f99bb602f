"""The stand-in's own time: real time and an offset, which can be moved forward and held still."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))


class Backwards(ValueError):
    """Time was asked to run backwards, which it never does."""


class Clock:
    """What time it is at the platform, in seconds since 1970 (UTC)."""

    def __init__(self, real: Callable[[], float] = time.time) -> None:
        self._real = real
        self.offset = 0.0
        self._held: float | None = None

    def seconds(self) -> float:
        """Seconds since 1970."""
        return self._held if self._held is not None else self._real() + self.offset

    @property
    def is_held(self) -> bool:
        """Whether the clock stands still."""
        return self._held is not None

    def advance_to(self, instant: float) -> None:
        """Moves to a later instant; an earlier one is refused with `Backwards`."""
        if instant < self.seconds():
            raise Backwards(f"it is already {iso(self.seconds())}, time does not run backwards")
        self.offset = instant - self._real()
        if self._held is not None:
            self._held = instant

    def advance(self, seconds: float) -> None:
        """Moves forward by seconds that are not negative."""
        self.advance_to(self.seconds() + seconds)

    def hold(self, still: bool) -> None:
        """Holds the clock still, or lets it run on from where it stands."""
        if still:
            self._held = self.seconds()
        elif self._held is not None:
            self.offset = self._held - self._real()
            self._held = None

    def restart(self) -> None:
        """Back to real time."""
        self.offset, self._held = 0.0, None


def iso(seconds: float, precise: bool = False) -> str:
    """An instant as `2026-11-25T07:30:00Z`, with milliseconds where they matter."""
    text = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds" if precise else "seconds")
    return text.replace("+00:00", "Z")


def instant(text: str) -> float:
    """The seconds of an ISO instant; one without a zone is Beijing time, as people on the platform mean it."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)).timestamp()


def day(seconds: float) -> str:
    """The day in Beijing, by which the platform counts."""
    return datetime.fromtimestamp(seconds, BEIJING).strftime("%Y-%m-%d")


def month(seconds: float) -> int:
    """The calendar month in Beijing as a number, 202611 for November 2026."""
    moment = datetime.fromtimestamp(seconds, BEIJING)
    return moment.year * 100 + moment.month
