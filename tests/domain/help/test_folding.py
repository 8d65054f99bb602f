"""Words are found however they are spaced, punctuated and written."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from server.domain.help.folding import fold

PHRASE = "我不想活了"


@pytest.mark.parametrize(
    "text",
    [
        "我不想活了",
        "我 不 想 活 了。",
        "我不\u200b想\u2060活\ufe0f了",
        "我、不、想、活、了……",
        "我不\n想活了!!",
        "😔我😔不想😔活了",
        "我不\u00ad想活\u0301了",
        "_我_不想活了_",
    ],
)
def test_a_phrase_is_the_same_however_it_is_spaced_and_punctuated(text: str) -> None:
    assert fold(text) == PHRASE


def test_width_and_case_make_no_difference() -> None:
    assert fold("ＮＯ　ＨＯＰＥ") == fold("No hope") == "nohope"


@pytest.mark.parametrize("text", ["", "   ", "？！", "😀", "___", "\u200b"])
def test_signs_alone_leave_nothing(text: str) -> None:
    assert fold(text) == ""


@given(some.text(max_size=40), some.text(max_size=40))
def test_a_phrase_is_found_between_any_two_texts(before: str, after: str) -> None:
    assert PHRASE in fold(f"{before}。{PHRASE}。{after}")


@given(some.text())
def test_what_is_left_is_letters_and_digits_alone(text: str) -> None:
    assert fold(text) == "" or fold(text).isalnum()
