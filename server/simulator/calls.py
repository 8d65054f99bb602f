"""The record of what was called: the last 20,000 calls, without token and secret."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .clock import iso

KEPT = 20_000
HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class Record:
    """One call: its number, when it came (seconds), what was asked and what was answered."""

    number: int
    at: float
    method: str
    path: str
    body: str
    errcode: int | None
    answer: str
    rid: str
    ip: str
    ms: float
    fault: str = ""

    def shape(self) -> dict[str, Any]:
        """The record as the control gives it."""
        return {
            "n": self.number,
            "path": self.path,
            "at": iso(self.at, precise=True),
            "method": self.method,
            "errcode": self.errcode,
            "body": self.body,
            "rid": self.rid,
            "fault": self.fault or None,
            "ms": round(self.ms, 1),
        }


class Calls:
    """The last calls, oldest first."""

    def __init__(self) -> None:
        self._kept: deque[Record] = deque(maxlen=KEPT)
        self._by_rid: dict[str, Record] = {}
        self._last = 0

    def keep(self, **fields: Any) -> Record:  # noqa: ANN401  the fields of Record
        """Notes one call and gives it its number."""
        self._last += 1
        if len(self._kept) == KEPT:
            self._by_rid.pop(self._kept[0].rid, None)
        record = Record(self._last, **fields)
        self._kept.append(record)
        self._by_rid[record.rid] = record
        return record

    def of(self, path: str = "", since: float = 0.0, after: int = 0) -> list[Record]:
        """The calls of a path (`…*` for all that begin so), from an instant or after a number."""

        def fits(record: Record) -> bool:
            named = record.path.startswith(path[:-1]) if path.endswith("*") else record.path == path
            return (not path or named) and record.at >= since and record.number > after

        return [record for record in self._kept if fits(record)]

    def by_rid(self, rid: str) -> Record | None:
        """The call of that name, while it is kept."""
        return self._by_rid.get(rid)

    def clear(self) -> None:
        """Forgets all of them; the numbers go on."""
        self._kept.clear()
        self._by_rid.clear()


def without(text: str, secrets: Iterable[str]) -> str:
    """The text with every secret blotted out."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, HIDDEN)
    return text
