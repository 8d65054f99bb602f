"""holidays.yaml: what is laid over the days that the calendar library knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from server.storage.shelf.desk import Desk
from server.storage.shelf.sheet import Counts

_FILE = "holidays.yaml"


@dataclass(frozen=True, slots=True)
class HolidayEntries:
    """The last day on which holidays are known, named holidays, and days of rest that are worked (调休)."""

    known_until: date = date.min
    holidays: Mapping[date, str] = field(default_factory=dict)
    workdays: frozenset[date] = frozenset()


def read(desk: Desk) -> HolidayEntries:
    """Return the days of the file."""
    page = desk.sheet(_FILE)
    if page is None:
        return HolidayEntries()
    named = page.sheet("holidays")
    holidays = {named.as_day(key, key): named.words(key, longest=12) for key in named.names()}
    workdays = frozenset(page.as_day(text, "workdays") for text in page.several("workdays", Counts(0, 60, 10)))
    entries = HolidayEntries(page.day("known_until"), holidays, workdays)
    page.close()
    for both in workdays & set(holidays):
        page.note(f"{both} 既是假日又是工作日", "workdays")
    return entries
