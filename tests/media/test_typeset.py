"""Titles break where a reader would breathe."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from server.media.typeset import set_title


def measure(line: str) -> float:
    return sum(1.0 if character > "\x7f" else 0.5 for character in line)


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("冷战第三天", ("冷战第三天",)),
        ("爸妈催婚，我该怎么回家过年", ("爸妈催婚，", "我该怎么回家过年")),
        ("电话里只问一句“吃了吗”", ("电话里只问一句", "“吃了吗”")),
        ("写给新手妈妈：你也需要被照顾", ("写给新手妈妈：", "你也需要被照顾")),
        ("第一次打 12356，会发生什么", ("第一次打 12356，", "会发生什么")),
    ],
)
def test_a_title_breaks_after_a_pause_and_before_a_quotation(title, lines):
    assert set_title(title, measure, 10, 2) == lines


def test_a_title_that_fits_stays_in_one_line():
    assert set_title("十个字的标题，刚好", measure, 10, 3) == ("十个字的标题，刚好",)


def test_a_title_too_long_for_the_lines_allowed_is_not_set():
    assert set_title("一" * 21, measure, 10, 2) is None


def test_words_and_numbers_stay_whole():
    assert set_title("打一打热线12356再说吧", measure, 7, 2) == ("打一打热线", "12356再说吧")
    assert set_title("W" * 30, measure, 10, 4) is None


@given(some.text("我的，。“”了吗睡不着（）很A1 ", min_size=1, max_size=24).filter(str.strip))
def test_lines_hold_the_whole_title_and_none_is_lonely_or_badly_begun(title):
    lines = set_title(title, measure, 10, 4)
    if lines is None:
        return
    assert "".join(lines).replace(" ", "") == title.replace(" ", "")
    assert max(map(measure, lines)) <= 10
    if len(lines) > 1:
        assert min(map(len, lines)) > 1
        assert not any(line[0] in "，。”了吗的着）" for line in lines[1:])
        assert not any(line[-1] in "“（不很" for line in lines[:-1])
