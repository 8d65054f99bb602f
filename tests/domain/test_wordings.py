"""Which reply rule answers, and with which wording."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as some

from server.domain.conversation.wordings import ArticleRef, Replies, Welcome, chosen
from server.domain.publishing.piece import Line, Piece, ReplyRule, of_file


def a_rule(name: str, *answers: str, **words) -> Piece:
    return of_file(name, ReplyRule("规则", answers=answers or (name,), **words), "original", None)


def answer(text: str, *pieces: Piece, key: str = "o1:1") -> object:
    return Replies(pieces).answer(text, key)


def test_a_whole_word_goes_before_a_word_within_whatever_their_weights():
    exact, within = a_rule("exact", exact=("睡不着",)), a_rule("within", contains=("睡不着",), weight=50)
    assert answer("睡不着。", within, exact) == "exact"
    assert answer("夜里睡不着啊", within, exact) == "within"


def test_the_heavier_rule_decides_between_words_contained_and_words_that_all_occur():
    within, all_of = a_rule("within", contains=("夜班",)), a_rule("all-of", all_of=(("夜班", "睡不着"),), weight=9)
    assert answer("上夜班睡不着", within, all_of) == "all-of"


def test_the_heavier_rule_decides_then_the_longer_word_then_the_id():
    light, heavy = a_rule("a-light", contains=("睡不着觉",)), a_rule("z-heavy", contains=("睡",), weight=1)
    short, first = a_rule("b-short", contains=("睡不",)), a_rule("a-first", contains=("睡不着觉",))
    assert answer("我睡不着觉", light, heavy) == "z-heavy"
    assert answer("我睡不着觉", short, light) == "a-light"
    assert answer("我睡不着觉", light, first) == "a-first"


def test_an_exact_word_of_two_rules_belongs_to_the_heavier():
    assert answer("你好", a_rule("aaa", exact=("你好",)), a_rule("bbb", exact=("你好",), weight=2)) == "bbb"


def test_all_words_of_a_group_must_occur_in_any_order():
    rule = a_rule("shift", all_of=(("夜班", "孩子"), ("倒班", "家")))
    assert answer("孩子小，我又上夜班", rule) == "shift"
    assert answer("倒班顾不上家", rule) == "shift"
    assert answer("夜班顾不上家", rule) is None


def test_width_case_spaces_and_the_end_do_not_matter():
    rule = a_rule("greeting", exact=("Hi 你好",))
    for text in ("hi你好", "ＨＩ　你好！！", " Hi 你 好~ ", "hi\u200b你好。😀"):
        assert answer(text, rule) == "greeting"


def test_punctuation_within_a_text_keeps_words_apart():
    assert answer("今晚，安心睡", a_rule("night", contains=("晚安",))) is None


def test_a_text_of_signs_alone_is_matched_as_it_stands():
    assert answer("？？", a_rule("asking", exact=("??",))) == "asking"
    assert answer("😀", a_rule("asking", contains=("你",))) is None


def test_an_article_answers_with_its_card():
    rule = of_file("sleep", ReplyRule("睡眠", exact=("睡不着",), article="night-shift-sleep"), "original", None)
    assert answer("睡不着", rule) == ArticleRef("night-shift-sleep")


def test_the_key_of_the_message_chooses_the_wording_and_a_repeat_chooses_alike():
    rule = a_rule("greeting", "一", "二", "三", exact=("你好",))
    replies = Replies([rule])
    counted = Counter(replies.answer("你好", f"o{n}:{n}") for n in range(600))
    assert set(counted) == {"一", "二", "三"}
    assert min(counted.values()) > 120
    assert len({replies.answer("你好", "o1:7") for _ in range(20)}) == 1


def test_pieces_that_are_no_rules_are_passed_over():
    assert answer("你好", of_file("line", Line("你好，今天也辛苦了。"), "original", None)) is None


@given(some.text(), some.text())
def test_any_text_and_key_get_an_answer_or_none(text, key):
    assert answer(text, a_rule("rule", contains=("的",)), key=key) in (None, "rule")


def test_the_fallback_is_chosen_by_the_key():
    welcome = Welcome("来", "又来", ("甲", "乙", "丙"), "帮", "别")
    assert {welcome.fallback_for(f"o{n}") for n in range(60)} == {"甲", "乙", "丙"}
    assert welcome.fallback_for("o1") == welcome.fallback_for("o1") == chosen(welcome.fallback, "o1")
