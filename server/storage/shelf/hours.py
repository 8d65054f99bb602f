"""Hours as the files write them: `08:00-20:00`, by the day of the week."""

import re
from collections.abc import Mapping
from itertools import pairwise

from server.domain.help.lines import ALWAYS, DAY, Hours, Span
from server.storage.shelf.sheet import Counts, Sheet

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_FEW = Counts(1, 6, 11)


def open_hours(sheet: Sheet) -> Hours:
    """Return when a line is answered: always, daily, or weekday by weekday; a span may run past midnight."""
    if "always" in sheet:
        if not sheet.flag("always"):
            sheet.note("always 只能是 true；不知道时间就写 hours: null", "always")
        sheet.close()
        return ALWAYS
    if "daily" in sheet:
        daily = spans(sheet, "daily", overnight=True)
        sheet.close()
        return Hours((daily,) * 7)
    week = tuple(by_weekday(sheet, overnight=True).get(day, ()) for day in range(7))
    if not any(week):
        sheet.note("hours 要写 always、daily 或星期几（mon … sun）；不知道就写 null")
    return Hours(week)


def by_weekday(sheet: Sheet, overnight: bool = False) -> Mapping[int, tuple[Span, ...]]:
    """Return the spans of the weekdays that are named, Monday as 0."""
    found = {day: spans(sheet, name, overnight) for day, name in enumerate(WEEK) if name in sheet}
    sheet.close()
    return found


def spans(sheet: Sheet, key: str, overnight: bool) -> tuple[Span, ...]:
    """Return the spans of a key, soonest first; they may not overlap."""
    found = [_span(sheet, key, text, overnight) for text in sheet.several(key, _FEW)]
    ordered = sorted(span for span in found if span is not None)
    if any(later.start < earlier.end for earlier, later in pairwise(ordered)):
        sheet.note(f"{key} 里的时间段有重叠", key)
    return tuple(ordered)


def _span(sheet: Sheet, key: str, text: str, overnight: bool) -> Span | None:
    found = _SPAN.fullmatch(text)
    if found is None:
        sheet.note(f"时间段要写成 08:00-20:00，现为“{text}”", key)
        return None
    hour, minute, end_hour, end_minute = map(int, found.groups())
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if overnight and end <= start:
        end += DAY
    if start >= DAY or end <= start or end > DAY + start or (end_hour == 24 and end_minute):
        sheet.note(f"时间段“{text}”的起止不对", key)
        return None
    return Span(start, end)
