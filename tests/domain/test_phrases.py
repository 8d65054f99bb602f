"""Phrases of danger are found however they are written, and the help reply has its numbers."""

import time as machine
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from server.domain.clock import at
from server.domain.help.lines import ALWAYS, HelpLine, Hours, LineKind, Span
from server.domain.help.phrases import HelpSentences, Phrases, fold, help_reply

NOON = at(date(2026, 11, 28), time(12, 0))  # a Saturday
SENTENCES = HelpSentences("谢谢你说出来。", "请现在就打：", "离开危险的地方，找个人陪着你。")
PHRASES = Phrases(["我不想活了", "想去死", "No hope", "活不下去"])


def a_line(number: str, kind: LineKind = LineKind.COUNSELLING, hours: Hours | None = ALWAYS) -> HelpLine:
    return HelpLine(number, f"{number}热线", "谁都可以打", kind, "全国", hours)


ALWAYS_THERE = [a_line("110", LineKind.POLICE), a_line("120", LineKind.EMERGENCY), a_line("12356", hours=None)]


@pytest.mark.parametrize(
    "text",
    [
        "我不想活了",
        "真的，我 不 想 活 了。",
        "我不\u200b想\u2060活\ufe0f了",
        "我、不、想、活、了……",
        "我不\n想活了!!",
        "ＮＯ　ＨＯＰＥ",
        "there is no hope left",
        "😔我😔不想😔活了",
        "我不\u00ad想活\u0301了",
        "孩子睡了。活不下去",
    ],
)
def test_a_phrase_is_found_however_it_is_spaced_and_written(text):
    assert PHRASES.found_in(text)


@pytest.mark.parametrize("text", ["", "   ", "？！", "今天食堂的鱼不错", "笑死我了", "不想活动", "😀"])
def test_ordinary_talk_holds_no_phrase(text):
    assert not PHRASES.found_in(text)


def test_no_phrases_find_nothing():
    assert not Phrases([]).found_in("我不想活了")
    assert not Phrases(["  ", "。。"]).found_in("随便什么")


@given(some.text(max_size=40), some.text(max_size=40))
def test_a_phrase_is_found_between_any_two_texts(before, after):
    assert PHRASES.found_in(f"{before}。我不想活了。{after}")


@given(some.text())
def test_what_is_left_after_folding_is_letters_and_digits_alone(text):
    assert fold(text) == "" or fold(text).isalnum()


def test_a_short_text_is_looked_at_in_under_twenty_microseconds():
    phrases = Phrases([f"{a}{b}不想活" for a in "我你他她它天地人" for b in "真的就好很再也都"])
    text, best = "今天班上又被组长说了几句，心里堵得慌，不知道跟谁说", 1.0
    for _ in range(7):
        start = machine.perf_counter()
        for _ in range(500):
            phrases.found_in(text)
        best = min(best, (machine.perf_counter() - start) / 500)
    assert best < 20e-6


def test_the_help_reply_has_each_number_plain_on_a_line_of_its_own():
    reply = help_reply(SENTENCES, ALWAYS_THERE, NOON)
    assert [line for line in reply.splitlines() if line.isdecimal()] == ["12356", "110", "120"]
    assert reply.startswith("谢谢你说出来。")
    assert reply.endswith("找个人陪着你。")


def test_lines_that_are_closed_or_of_unknown_hours_are_not_offered_in_danger():
    office = Hours(((Span(540, 1020),),) * 5 + ((), ()))
    lines = [*ALWAYS_THERE, a_line("1001", hours=office), a_line("1002", hours=None), a_line("1003")]
    assert [line for line in help_reply(SENTENCES, lines, NOON).splitlines() if line.isdecimal()] == [
        "1003", "12356", "110", "120",
    ]  # fmt: skip


def test_lines_that_do_not_listen_are_not_offered_in_danger():
    lines = [*ALWAYS_THERE, a_line("12348", LineKind.LEGAL), a_line("12333", LineKind.LABOUR)]
    assert "12348" not in help_reply(SENTENCES, lines, NOON)


def test_the_national_line_stands_there_honestly_when_it_is_closed():
    closed = Hours(((Span(0, 60),),) * 7)
    reply = help_reply(SENTENCES, [a_line("12356", hours=closed), *ALWAYS_THERE[:2]], NOON)
    assert "12356" in reply.splitlines()
    assert "此刻可能无人接听" in reply


def test_the_help_reply_never_exceeds_five_hundred_characters_and_never_loses_the_three():
    lines = [*ALWAYS_THERE, *(a_line(str(4_000_000 + n)) for n in range(60))]
    reply = help_reply(SENTENCES, lines, NOON)
    assert len(reply) <= 500
    assert {"12356", "110", "120"} <= set(reply.splitlines())
    assert "4000000" in reply
