"""Holidays and make-up workdays (调休): which weekday's hours a day is worked by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Holidays:
    """The State Council's days, known up to and including `known_until`; later days are plain weekdays.

    `make_ups` names, for each weekend day that is worked, the weekday whose hours it makes up for (Monday is 0),
    or None where nobody said which.
    """

    off: frozenset[date] = frozenset()
    make_ups: Mapping[date, int | None] = field(default_factory=dict)
    known_until: date = date.min

    def knows(self, on: date) -> bool:
        """Tell whether it is known if this day is a holiday or a make-up workday."""
        return on <= self.known_until

    def weekday(self, on: date) -> int | None:
        """Return the weekday by whose hours people work on this day; None on a holiday.

        A make-up Saturday for a Tuesday off is worked as a Tuesday: this is what 调休 means, and a place that opens
        on Tuesdays opens then. Where nobody said which weekday is made up for, none is guessed: the day keeps its
        own hours.
        """
        if on in self.off:
            return None
        made_up = self.make_ups.get(on)
        return on.weekday() if made_up is None else made_up
