"""Telephone lines, their hours and their order."""

from datetime import date, time

import pytest

from server.domain.clock import at
from server.domain.help.lines import ALWAYS, HelpLine, Hours, LineKind, Span, listing, open_lines, ordered

MONDAY = date(2026, 11, 23)
OFFICE = Hours(((Span(540, 1020),),) * 5 + ((), ()))  # 09:00-17:00, Monday to Friday
NIGHT = Hours(((Span(1200, 1560),),) + ((),) * 6)  # Monday 20:00 to Tuesday 02:00


def a_line(number: str, kind: LineKind = LineKind.COUNSELLING, hours: Hours | None = ALWAYS) -> HelpLine:
    return HelpLine(number, f"{number}热线", "谁都可以打", kind, "全国", hours)


def moment(day: int, hour: int, minute: int = 0):
    return at(date(2026, 11, 23 + day), time(hour, minute))


@pytest.mark.parametrize(
    ("hours", "instant", "is_open"),
    [
        (ALWAYS, moment(6, 3), True),
        (OFFICE, moment(0, 9), True),
        (OFFICE, moment(0, 8, 59), False),
        (OFFICE, moment(0, 16, 59), True),
        (OFFICE, moment(0, 17), False),
        (OFFICE, moment(5, 10), False),
        (NIGHT, moment(0, 19, 59), False),
        (NIGHT, moment(0, 23, 59), True),
        (NIGHT, moment(1, 1, 59), True),
        (NIGHT, moment(1, 2), False),
        (NIGHT, moment(0, 1), False),
        (NIGHT, moment(1, 20), False),
    ],
)
def test_a_line_is_open_within_its_hours_by_the_wall_clock_of_shanghai(hours, instant, is_open):
    assert hours.is_open(instant) is is_open


def test_sunday_night_runs_into_monday_morning():
    sunday = Hours(((),) * 6 + ((Span(1320, 1500),),))
    assert sunday.is_open(moment(7, 0, 30))
    assert not sunday.is_open(moment(7, 1))


def test_unknown_hours_are_never_called_open():
    line = a_line("12355", hours=None)
    assert line.is_open(moment(0, 10)) is None
    assert open_lines([line], moment(0, 10)) == []
    assert line.hours_in_words() == "时间以当地为准"


def test_counselling_comes_first_and_open_lines_before_closed_ones():
    police = a_line("110", LineKind.POLICE)
    union = a_line("12351", LineKind.UNION)
    closed, unknown, awake = (a_line(str(n), hours=h) for n, h in ((1001, OFFICE), (1002, None), (1003, ALWAYS)))
    lines = [police, union, closed, unknown, awake]
    assert ordered(lines, moment(5, 10)) == [awake, unknown, closed, union, police]
    assert open_lines(lines, moment(5, 10)) == [awake, union, police]


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (ALWAYS, "24小时"),
        (Hours(((Span(480, 1320),),) * 7), "每天 08:00–22:00"),
        (OFFICE, "周一至周五 09:00–17:00"),
        (NIGHT, "周一 20:00–次日02:00"),
        (Hours(((Span(540, 720), Span(840, 1440)),) * 2 + ((),) * 5), "周一、周二 09:00–12:00、14:00–24:00"),
        (Hours(((Span(540, 720),), (), (Span(540, 720),)) + ((),) * 4), "周一 09:00–12:00；周三 09:00–12:00"),
    ],
)
def test_hours_are_told_in_a_few_words(hours, words):
    assert hours.in_words() == words


def test_the_listing_has_every_number_on_a_line_of_its_own_and_says_what_is_closed():
    text = listing([a_line("12356"), a_line("12351", LineKind.UNION, OFFICE)], moment(5, 10))
    assert "12356" in text.splitlines()
    assert "12351" in text.splitlines()
    assert "12351热线（周一至周五 09:00–17:00，现在未开通）" in text
    assert "各地不一样" not in text


def test_the_listing_ends_with_the_number_that_matters_most_and_tells_once_of_unknown_hours():
    text = listing([a_line("12356", hours=None), a_line("12355", LineKind.YOUTH, None)], moment(5, 10))
    *_, of_hours, last = text.splitlines()
    assert "没写时间" in of_hours
    assert "12356" in last
    assert text.startswith("12356热线\n12356\n")
