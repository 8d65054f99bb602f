"""Office hours are read as a union writes them, and shown as they were meant."""

import pytest

from server.domain.care.hours import read_hours
from server.domain.help.lines import Span
from server.domain.refusals import Malformed
from tests.domain.care.builders import OFFICE


def test_the_working_week_is_read():
    assert read_hours(["周一至周五 08:30-17:30"]) == OFFICE
    assert read_hours(["星期一到星期五 8:30–17:30"]) == OFFICE
    assert OFFICE.in_words() == "周一至周五 08:30–17:30"


def test_several_stretches_are_put_in_order():
    week = read_hours(["周六 14:00-18:00", "周六 09:00-12:00", "周天 09:00-12:00"]).week
    assert week[5] == (Span(540, 720), Span(840, 1080))
    assert week[6] == (Span(540, 720),)


def test_a_stretch_may_run_past_midnight():
    assert read_hours(["每天 20:00-02:00"]).week == ((Span(1200, 1560),),) * 7


@pytest.mark.parametrize("text", ["", "08:30-17:30", "周五至周一 08:30-17:30", "周一 25:00-26:00", "周一 24:00-02:00"])
def test_what_cannot_be_read_is_refused(text: str):
    with pytest.raises(Malformed):
        read_hours([text])


def test_stretches_that_overlap_are_refused():
    with pytest.raises(Malformed):
        read_hours(["周一 08:00-12:00", "周一 11:00-13:00"])
