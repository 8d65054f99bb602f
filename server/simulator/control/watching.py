"""/simulator/calls, faults and deliveries: looking at traffic and spoiling it."""

from __future__ import annotations

from .. import callbacks, faults
from ..callbacks import Rule
from ..clock import instant
from ..faults import Fault
from .base import Complaint, Control, Wishes, one_of, seconds, times, whole, word


class CallsControl(Control):
    """The record of calls."""

    def get(self) -> None:
        """Those of `path` (`…*`: all that begin so), `since` an instant or `after` a number."""
        since, after = self.get_query_argument("since", ""), self.get_query_argument("after", "0")
        try:
            start, number = instant(since.replace(" ", "+")) if since else 0.0, int(after)
        except ValueError as broken:
            raise Complaint("since must be an ISO instant, after the number of a call") from broken
        records = self.world.calls.of(self.get_query_argument("path", ""), start, number)
        self.answer({"calls": [each.shape() for each in records]})


class FaultsControl(Control):
    """Faults that wait for calls."""

    def get(self) -> None:
        """Those that still wait; one that is used up has been met."""
        self.answer({"faults": self.world.faults.shape()})

    def post(self) -> None:
        """Lets one wait."""
        wishes = self.wishes("path", "kind", "errcode", "status", "seconds", "when", "times")
        path = word(wishes, "path")
        if not path:
            raise Complaint("path must be the path of a call, or a beginning and *")
        fault = Fault(
            path=path,
            kind=one_of(wishes, "kind", faults.KINDS),
            errcode=whole({"errcode": -1} | wishes, "errcode", -1_000, 10**9),
            status=whole({"status": 502} | wishes, "status", 200, 599),
            seconds=seconds(wishes, "seconds", 1.0),
            when=one_of({"when": "before"} | wishes, "when", faults.WHEN),
            times=times(wishes),
        )
        self.world.faults.add(fault)
        self.answer({"faults": self.world.faults.shape()})

    def delete(self) -> None:
        """No more faults."""
        self.world.faults.clear()
        self.answer({"faults": []})


class DeliveriesControl(Control):
    """Rules for what is brought to the service."""

    def get(self) -> None:
        """Those that still wait."""
        self.answer({"deliveries": self._shape()})

    def post(self) -> None:
        """Lets one wait."""
        wishes = self.wishes("kind", "event", "seconds", "times")
        kind = one_of(wishes, "kind", callbacks.RULES)
        patience = seconds(wishes, "seconds", 60.0 if kind == "late" else 5.0)
        self.world.postman.rules.append(Rule(kind, word(wishes, "event"), patience, times(wishes)))
        self.answer({"deliveries": self._shape()})

    def delete(self) -> None:
        """No more rules."""
        self.world.postman.rules.clear()
        self.answer({"deliveries": []})

    def _shape(self) -> list[Wishes]:
        rules = self.world.postman.rules
        return [{"kind": r.kind, "event": r.event, "seconds": r.seconds, "times": r.times} for r in rules]
