"""Holidays and make-up workdays: what the calendar library knows, with content/holidays.yaml laid over it."""

from collections.abc import Mapping
from datetime import date, timedelta

import chinese_calendar

from server.domain.calendar import Holidays
from server.storage.shelf.holidays import HolidayEntries

_NEAR = timedelta(days=31)  # a make-up day lies within a month of the holiday it is taken from


def laid_over(entries: HolidayEntries) -> Holidays:
    """Return the library's days and over them those of the file; the last day known is the later of both.

    The library raises when asked about a year it does not know, so its tables are read instead.
    """
    off = frozenset(chinese_calendar.holidays) - entries.workdays | frozenset(entries.holidays)
    make_ups = {**_make_ups(), **dict.fromkeys(entries.workdays)}
    last = date(max(chinese_calendar.holidays).year, 12, 31)
    return Holidays(
        off=off,
        make_ups={on: weekday for on, weekday in make_ups.items() if on not in off},
        known_until=max(last, entries.known_until),
    )


def _make_ups() -> Mapping[date, int | None]:
    """Return the library's make-up days, each with the weekday it is taken from; both go by holiday, in order."""
    taken_from = sorted(chinese_calendar.in_lieu_days)
    make_ups: dict[date, int | None] = {}
    for on, holiday in sorted(chinese_calendar.workdays.items()):
        off = next((each for each in taken_from if _belong_together(each, on, holiday)), None)
        if off is not None:
            taken_from.remove(off)
        make_ups[on] = off.weekday() if off is not None else None
    return make_ups


def _belong_together(off: date, on: date, holiday: str) -> bool:
    return chinese_calendar.in_lieu_days[off] == holiday and abs(on - off) <= _NEAR
