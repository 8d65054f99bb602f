"""What the account says fits into one message, is cut on a character, and is folded into one text where it must."""

from hypothesis import given
from hypothesis import strategies as st

from server.domain.post.saying import TEXT_BYTES, Card, Picture, Words, cut, fold

ELLIPSIS = "…"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
CARD = Card("睡前十分钟", "把今天放下", "https://x/cover.jpg", "https://x/read/sleep")


@given(TEXTS, st.integers(0, 200))
def test_a_cut_text_never_exceeds_its_limit(text: str, limit: int) -> None:
    assert len(cut(text, limit).encode()) <= limit


@given(TEXTS, st.integers(3, 200))
def test_a_text_that_fits_stays_and_any_other_keeps_its_longest_start(text: str, limit: int) -> None:
    told = cut(text, limit)
    if len(text.encode()) <= limit:
        assert told == text
        return
    assert told.endswith(ELLIPSIS)
    start = told.removesuffix(ELLIPSIS)
    assert text.startswith(start)
    following = text[len(start)]
    assert len(f"{start}{following}{ELLIPSIS}".encode()) > limit


def test_a_long_text_is_cut_on_a_chinese_character() -> None:
    told = cut("好" * 1_000)
    assert told == "好" * 681 + ELLIPSIS
    assert len(told.encode()) == 2_046


@given(TEXTS, st.lists(TEXTS, max_size=4))
def test_whatever_is_folded_is_one_text_that_fits(first: str, rest: list[str]) -> None:
    folded = fold(Words(first), tuple(map(Words, rest)))
    assert len(folded.text.encode()) <= TEXT_BYTES


def test_words_and_cards_are_folded_one_below_the_other() -> None:
    folded = fold(Words("早上好"), (CARD, Words("愿你今天轻松一点")))
    assert folded.text == (
        '早上好\n\n<a href="https://x/read/sleep">睡前十分钟</a>\n\n愿你今天轻松一点'
    )


def test_a_picture_has_no_words_and_leaves_no_gap() -> None:
    assert fold(Picture("media-1"), (Words("一句话"),)).text == "一句话"


@given(st.integers(1_900, 2_100), st.integers(0, 60))
def test_a_link_is_never_cut_in_two(before: int, after: int) -> None:
    folded = fold(Words("a" * before), (CARD, Words("b" * after))).text
    assert folded.count("<a ") == folded.count("</a>")
    assert len(folded.encode()) <= TEXT_BYTES


def test_words_behind_a_link_that_does_not_fit_are_still_said() -> None:
    folded = fold(Words("a" * 2_000), (CARD, Words("别忘了喝水"))).text
    assert folded == "a" * 2_000 + "\n\n别忘了喝水"
