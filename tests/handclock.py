"""A clock that a test moves by hand."""

from datetime import datetime, timedelta


class HandClock:
    """Shows one instant until it is moved."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return the instant it stands at."""
        return self._now

    def ahead(self, **time: float) -> None:
        """Move it on by this much."""
        self._now += timedelta(**time)

    def until(self, instant: datetime) -> None:
        """Move it to this instant, which lies ahead."""
        assert instant >= self._now
        self._now = instant
