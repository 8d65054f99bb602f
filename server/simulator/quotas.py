"""How often each call may be made in a Beijing day and in a minute (fact sheet §2.1, §2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import clock
from .refusal import Refusal

MASS = "/cgi-bin/message/mass/send"  # All kinds of mass send draw on one purse.
SHARED = {"/cgi-bin/message/mass/sendall": MASS, "/cgi-bin/message/mass/preview": MASS}

DAILY = {
    "/cgi-bin/token": 2_000,
    "/cgi-bin/stable_token": 500_000,
    "/cgi-bin/stable_token#forced": 20,
    "/cgi-bin/menu/create": 1_000,
    "/cgi-bin/menu/delete": 1_000,
    "/cgi-bin/menu/get": 10_000,
    "/cgi-bin/media/upload": 100_000,
    "/cgi-bin/media/uploadimg": 100_000,
    "/cgi-bin/media/get": 200_000,
    "/cgi-bin/material/add_material": 100_000,
    "/cgi-bin/draft/add": 1_000,
    "/cgi-bin/draft/update": 1_000,
    "/cgi-bin/draft/delete": 1_000,
    "/cgi-bin/draft/count": 1_000,
    "/cgi-bin/draft/batchget": 1_000,
    "/cgi-bin/draft/get": 500,
    MASS: 100,
    "/cgi-bin/message/mass/preview#wxname": 100,
    "/cgi-bin/message/mass/delete": 10,
    "/cgi-bin/message/custom/send": 500_000,
    "/cgi-bin/user/get": 500,
    "/cgi-bin/user/info": 5_000_000,
}
MINUTELY = {MASS: 60, "/cgi-bin/stable_token": 10_000}
CLEARINGS = 10  # clear_quota, its second version and the console's button, together in a month.


@dataclass(frozen=True, slots=True)
class Purse:
    """What a path may still spend: limits of None are none."""

    name: str
    day: int | None
    minute: int | None


class Quotas:
    """Counters by path."""

    def __init__(self) -> None:
        self._days: dict[str, list[Any]] = {}
        self._minutes: dict[str, list[Any]] = {}
        self._cleared: list[Any] = [0, 0]

    def purse(self, path: str, set_by_owner: dict[str, Any]) -> Purse:
        """The limits of a path, those set by the owner first."""
        name = SHARED.get(path, path)
        own = set_by_owner.get(path, set_by_owner.get(name))
        limits = own if isinstance(own, dict) else {} if own is None else {"day": own}
        return Purse(name, limits.get("day", DAILY.get(name)), limits.get("minute", MINUTELY.get(name)))

    def spend(self, purse: Purse, now: float) -> None:
        """Counts one call; 45009 when the day's are used up, 45011 when the minute's are."""
        used, recent = self.used(purse.name, now), self._recent(purse.name, now)
        if purse.day is not None and used >= purse.day:
            raise Refusal(45009)
        if purse.minute is not None and recent >= purse.minute:
            raise Refusal(45011)
        self._days[purse.name] = [clock.day(now), used + 1]
        self._minutes[purse.name] = [int(now // 60), recent + 1]

    def used(self, name: str, now: float) -> int:
        """Calls counted today."""
        day, used = self._days.get(name, ("", 0))
        return int(used) if day == clock.day(now) else 0

    def _recent(self, name: str, now: float) -> int:
        minute, used = self._minutes.get(name, (-1, 0))
        return int(used) if minute == int(now // 60) else 0

    def clear(self, now: float) -> None:
        """Sets the day's counters to nought, ten times a month; 48006 afterwards."""
        month, times = self._cleared
        times = times if month == clock.month(now) else 0
        if times >= CLEARINGS:
            raise Refusal(48006)
        self._cleared = [clock.month(now), times + 1]
        self._days.clear()

    def forget(self) -> None:
        """Nothing was ever called."""
        self.revive({"days": {}, "minutes": {}, "cleared": [0, 0]})

    def plain(self) -> dict[str, Any]:
        """All counters."""
        return {"days": self._days, "minutes": self._minutes, "cleared": self._cleared}

    def revive(self, record: dict[str, Any]) -> None:
        """Takes the counters of an earlier life."""
        self._days, self._minutes, self._cleared = record["days"], record["minutes"], record["cleared"]
