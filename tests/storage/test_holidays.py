"""The days of the calendar library, and what the file lays over them."""

from datetime import date

from server.storage.holidays import laid_over
from server.storage.shelf.holidays import HolidayEntries

TUESDAY, FRIDAY, SATURDAY = 1, 4, 5


def test_the_library_knows_the_days_of_2026() -> None:
    holidays = laid_over(HolidayEntries())
    assert holidays.weekday(date(2026, 10, 1)) is None
    assert holidays.weekday(date(2026, 11, 27)) == FRIDAY
    assert holidays.knows(date(2026, 12, 31))


def test_a_make_up_sunday_is_worked_as_the_tuesday_it_is_taken_from() -> None:
    assert laid_over(HolidayEntries()).weekday(date(2026, 9, 20)) == TUESDAY


def test_beyond_the_last_day_known_weekdays_are_plain() -> None:
    holidays = laid_over(HolidayEntries())
    assert not holidays.knows(date(2040, 1, 1))
    assert holidays.weekday(date(2040, 10, 1)) == date(2040, 10, 1).weekday()


def test_the_file_is_laid_over_the_library() -> None:
    extra = date(2040, 1, 2)
    entries = HolidayEntries(date(2040, 12, 31), {extra: "元旦"}, frozenset({date(2026, 10, 1), date(2040, 1, 7)}))
    holidays = laid_over(entries)
    assert holidays.weekday(extra) is None
    assert holidays.weekday(date(2026, 10, 1)) == date(2026, 10, 1).weekday()
    assert holidays.weekday(date(2040, 1, 7)) == SATURDAY
    assert holidays.known_until == date(2040, 12, 31)
