"""Faults on demand: what a test wants to go wrong with the next calls of a path."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

WHEN = ("before", "late", "after")
KINDS = ("errcode", "http", "slow", "cut", "drop-before", "drop-after", "no-errcode", "strings")


@dataclass(slots=True)
class Fault:
    """One fault for the next `times` calls of `path` (`…*`: all that begin so; times None: until reset).

    errcode: refused with that code, nothing done. http: that status, nothing done.
    slow: waits `seconds` of real time: `when` "before" the deed, which stays undone if the caller has gone meanwhile;
    "late": before the deed, which is done even so; "after" the deed.
    cut: done, but the answer breaks off in its middle.
    drop-before, drop-after: the connection ends with no answer; nothing is done, or all.
    no-errcode: success says nothing of errcode. strings: numbers come as strings.
    """

    path: str
    kind: str
    errcode: int = -1
    status: int = 502
    seconds: float = 1.0
    when: str = "before"
    times: int | None = 1

    def fits(self, path: str) -> bool:
        """Whether a call of that path meets this fault."""
        return path.startswith(self.path[:-1]) if self.path.endswith("*") else path == self.path


class Faults:
    """All faults that wait, first come first met; one call meets one fault."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Lets a fault wait."""
        self._waiting.append(fault)

    def meet(self, path: str) -> Fault | None:
        """The fault a call meets, used up by one."""
        fault = next((each for each in self._waiting if each.fits(path)), None)
        if fault is not None and fault.times is not None:
            fault.times -= 1
            if fault.times == 0:
                self._waiting.remove(fault)
        return fault

    def clear(self) -> None:
        """No more faults."""
        self._waiting.clear()

    def shape(self) -> list[dict[str, Any]]:
        """What still waits."""
        return [asdict(each) for each in self._waiting]
