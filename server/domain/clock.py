"""The only time a rule sees: instants in UTC, days and hours of Shanghai."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
QUIET_FROM = time(22, 0)
QUIET_UNTIL = time(7, 30)


class Clock(Protocol):
    """Where the time comes from; `app` hands one in, nobody else asks the machine."""

    def now(self) -> datetime:
        """Return this instant, aware and in UTC; it never runs backwards."""
        ...


class SteadyClock:
    """A clock over any source of instants that never runs backwards, though its source may."""

    def __init__(self, source: Callable[[], datetime]) -> None:
        self._source = source
        self._latest = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """Return the source's instant, or the latest one given if the source fell behind it.

        It is cut to the millisecond, which is what the stores keep, so that a kept instant equals the one given.
        """
        instant = self._source()
        instant = instant.replace(microsecond=instant.microsecond // 1000 * 1000)
        self._latest = max(self._latest, instant)
        return self._latest


def system_clock() -> SteadyClock:
    """Return the clock of this machine."""
    return SteadyClock(lambda: datetime.now(UTC))


def day(instant: datetime) -> date:
    """Return the Shanghai day that holds this instant."""
    return instant.astimezone(SHANGHAI).date()


def at(on: date, hour: time) -> datetime:
    """Return the UTC instant of a Shanghai wall-clock hour on a Shanghai day."""
    return datetime.combine(on, hour, SHANGHAI).astimezone(UTC)


def wall(instant: datetime) -> datetime:
    """Return the instant as people in Shanghai read it from the wall."""
    return instant.astimezone(SHANGHAI)


def outside_quiet_hours(instant: datetime) -> datetime:
    """Return the instant itself, or the end of the quiet hours (22:00-07:30) that hold it."""
    local = wall(instant)
    if local.time() >= QUIET_FROM:
        return at(local.date() + timedelta(days=1), QUIET_UNTIL)
    if local.time() < QUIET_UNTIL:
        return at(local.date(), QUIET_UNTIL)
    return instant
