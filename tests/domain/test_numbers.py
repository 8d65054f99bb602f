"""Numbers as people type them."""

import pytest

from server.domain.conversation.numbers import number, plain


@pytest.mark.parametrize(
    "words",
    [
        "1",
        "１",
        "①",
        "一",
        "1.",
        "选1",
        " 1 ",
        "1、",
        "第1个",
        "第一个",
        "选一",
        "我选1",
        "（1）",
        "⑴",
        "1️⃣",
        "1号",
        "1。",
        "1！",
        "选择 1",
    ],
)
def test_one_in_many_hands_is_one(words: str) -> None:
    assert number(words) == 1


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("二", 2),
        ("两", 2),
        ("3", 3),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("二十三", 23),
        ("12", 12),
        ("0", 0),
        ("零", 0),
    ],
)
def test_other_numbers_are_what_they_say(words: str, meant: int) -> None:
    assert number(words) == meant


@pytest.mark.parametrize(
    "words",
    [
        "",
        "12356",
        "110",
        "1 2",
        "一二三",
        "十十",
        "我想约一个",
        "1点半",
        "11月",
        "-1",
        "1.5",
        "一百",
        "好",
        "换",
        "2个人一起来",
    ],
)
def test_words_that_are_more_than_a_number_are_none(words: str) -> None:
    assert number(words) is None


def test_plain_words_lose_width_blanks_and_punctuation() -> None:
    assert plain("「 返回」。") == "返回"
    assert plain(" 换！\n") == "换"
