"""However a text is written, it is read in one plain spelling; nothing ordinary is changed by that."""

import pytest

from server.domain.help.lexicon import Finder, Words, minimal
from server.domain.help.mending import Mender
from server.domain.help.spelling import Spelling, kernel, variants

SPELLING = Spelling(
    simplified={"殺": "杀", "樓": "楼"},
    parts={"歹匕": "死", "亖": "死", "木娄": "楼", "足兆": "跳"},
    sounds={"死": "si", "四": "si", "想": "xiang", "香": "xiang", "活": "huo", "货": "huo", "不": "bu", "布": "bu"},
    shapes={"白": "自", "刹": "杀", "话": "活"},
)
MENDER = Mender({"自杀", "想死", "不想活"}, {"四川"}, SPELLING)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("我 想 死", "我想死"),
        ("我想死！！别拦我", "我想死|别拦我"),
        ("自殺", "自杀"),
        ("ＡＢＣ", "abc"),
        ("想歹匕", "想死"),
        ("足兆木娄", "跳楼"),
        ("想亖", "想死"),
        ("我，不，想，活，了", "我不想活了"),
        ("😶想😶死", "想死"),
        ("想4了", "想死了"),
        ("4点来", "4点来"),
        ("第4个", "第4个"),
        ("4", "4"),
        ("不g想活", "不想活"),
        ("…", ""),
        ("", ""),
    ],
)
def test_a_text_is_folded_to_its_plain_spelling(written, plain):
    assert SPELLING.fold(written) == plain


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("白杀", "自杀"),
        ("自刹", "自杀"),
        ("布香货", "不想活"),
        ("xiangsi", "想死"),
        ("不活想", "不想活"),
        ("想四川", "想四川"),
    ],
)
def test_a_disguised_word_of_danger_is_put_right_unless_an_ordinary_word_lies_there(written, plain):
    assert MENDER.mended(written) == plain


def test_letters_that_are_no_pinyin_stay_letters():
    assert SPELLING.spoken("xiangx") == "xiangx"
    assert SPELLING.heard("想si") == SPELLING.heard("想死")


def test_a_long_run_of_letters_takes_no_longer_than_others():
    assert SPELLING.spoken("si" * 25 + "x") == "si" * 25 + "x"


@pytest.mark.parametrize(
    ("pattern", "words"),
    [("想死", ["想死"]), ("(好|真)想死", ["好想死", "真想死"]), ("想(去|)死", ["想去死", "想死"])],
)
def test_a_pattern_means_all_its_words(pattern, words):
    assert variants(pattern) == words


def test_what_may_be_nothing_at_the_ends_of_a_pattern_never_decides():
    assert kernel("(我|)想(去|)死(了|)") == "想(去|)死"
    assert kernel("(我|你)想死") == "(我|你)想死"


def test_a_word_that_holds_another_is_left_out():
    assert minimal(["想死", "我想死", "跳楼"]) == ["想死", "跳楼"]


def test_the_longest_word_at_a_place_is_found_and_none_overlaps():
    finder = Finder({"想": "wish.want", "想死": "death", "死了": "dead"})
    assert [(sign.name, sign.group, sign.start, sign.end) for sign in finder.signs("想死了想")] == [
        ("death", "death", 0, 2),
        ("wish.want", "wish", 3, 4),
    ]


def test_a_place_behind_certain_characters_is_left_alone():
    assert Words(["不会死"]).replaced("会不会死|我不会死", "#", unless_behind="会") == "会不会死|我#"


def test_nothing_is_found_where_there_are_no_words():
    assert list(Words([]).places("想死")) == []
