"""The answers of help: who is named, in which order, what is told of who is there, and that all of it fits."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from server.domain.clock import at
from server.domain.help import replies
from server.domain.help.lines import ALWAYS, DAY, HelpLine, Hours, LineKind, Span, uncovered
from server.domain.help.replies import Situation
from server.domain.help.rights import Rights, RightsList
from server.domain.help.words import CHOICES, Card, HelpWords, PresenceKind, TalkKey, TalkWords, Unread

NIGHT = at(date(2026, 11, 26), time(2, 10))  # a Thursday
NOON = at(date(2026, 11, 26), time(12, 0))
DAYTIME = Hours(((Span(480, 1320),),) * 7)  # 08:00-22:00
OFFICE = Hours(((Span(540, 1020),),) * 5 + ((), ()))

TALK = TalkWords(
    heading="回复数字：",
    labels={"safe": "安全", "company": "有人", "unanswered": "没人接", "call_back": "请回电", "mistaken": "误会"},
    call_back="写“请回电”。",
    meant={"没人接": TalkKey.UNANSWERED, "有人陪": TalkKey.COMPANY},
    answers={key: (f"甲 {key}\n{{lines}}", f"乙 {key}\n{{lines}}") for key in TalkKey}
    | {TalkKey.SAFE: ("好。\n{number}", "好的。\n{number}")},
)
WORDS = HelpWords(
    cards={
        kind: tuple(f"{kind} {n}\n\n{{lines}}\n\n{{choices}}\n\n{{presence}}" for n in range(4)) for kind in Card
    }
    | {Card.SOMEBODY: ("别走开。\n{lines}\n\n{call_back}\n\n{presence}",)},
    unread=dict.fromkeys(Unread, ("看不了。\n{lines}",)),
    presence={
        "nobody_here": "没有人值守。\n{number}",
        "nobody_now_until": "{time}没人，{when}会看到。\n{number}",
        "somebody_on_duty": "有值班老师。\n{number}",
        "taken": "已经看到。\n{number}",
        "unsaid": "先打：\n{number}",
    },
    none_open="没有开着的心理热线。",
    danger="打 110。",
    talk=TALK,
    rights=Rights(RightsList()),
    rights_answers={"wages": ("先打：\n{lines}",)},
)


def a_line(number: str, kind: LineKind = LineKind.COUNSELLING, hours: Hours | None = ALWAYS) -> HelpLine:
    return HelpLine(number, f"{number}热线", "谁都可以打", kind, "全国", hours)


NATIONAL = a_line("12356", hours=None)
POLICE, AMBULANCE = a_line("110", LineKind.POLICE), a_line("120", LineKind.EMERGENCY)
UNION, WOMEN = a_line("12351", LineKind.UNION, None), a_line("12338", LineKind.WOMEN, None)
LABOUR, LEGAL = a_line("12333", LineKind.LABOUR, None), a_line("12348", LineKind.LEGAL, None)
LINES = (LEGAL, WOMEN, AMBULANCE, UNION, POLICE, LABOUR, NATIONAL)


def numbers(text: str) -> list[str]:
    return [row for row in text.splitlines() if row.isdecimal()]


def now_and(**more: object) -> Situation:
    return replace(Situation(LINES, NIGHT), **more)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Card.OWN, ["12356", "110", "120"]),
        (Card.THREAT, ["110", "120", "12356"]),
        (Card.VIOLENCE, ["110", "12351", "12338"]),
        (Card.SOMEBODY, ["12356", "110", "120"]),
        (Card.ASKING, ["12356", "110", "120"]),
        (Card.WATCH, ["12356"]),
    ],
)
def test_each_kind_of_danger_names_its_own_numbers_and_ends_with_the_one_to_dial_first(kind, expected):
    found = numbers(replies.card(WORDS, kind, now_and(), 0))
    assert sorted(found[:-1]) == sorted(expected)
    assert found[0] == found[-1] == expected[0]


def test_wages_are_answered_with_the_numbers_that_help_with_wages():
    assert numbers(replies.rights(WORDS, "wages", now_and(), 0)) == ["12351", "12333", "12348"]


def test_an_open_line_of_rights_goes_before_those_of_unknown_hours_and_a_closed_one_comes_last_with_its_hours():
    lines = (a_line("12351", LineKind.UNION, OFFICE), LABOUR, a_line("12348", LineKind.LEGAL))
    text = replies.rights(WORDS, "wages", Situation(lines, NIGHT), 0)
    assert numbers(text) == ["12348", "12333", "12351"]
    assert "12351热线（周一至周五 09:00–17:00，现在没人接）" in text


@pytest.mark.parametrize("kind", Unread)
def test_what_cannot_be_read_still_gets_a_line(kind):
    assert "12356" in numbers(replies.unread(WORDS, kind, now_and(), 0))


def test_whoever_sends_a_place_or_a_picture_is_given_police_and_ambulance_first():
    assert numbers(replies.unread(WORDS, Unread.POSITION, now_and(), 0))[:2] == ["110", "120"]
    assert numbers(replies.unread(WORDS, Unread.PICTURE, now_and(), 0))[:2] == ["120", "110"]


def test_a_counselling_line_known_to_be_open_goes_before_the_national_one_of_unknown_hours():
    own = a_line("4001", hours=ALWAYS)
    assert numbers(replies.card(WORDS, Card.OWN, now_and(lines=(*LINES, own)), 0))[:2] == ["4001", "12356"]


def test_a_line_that_listens_is_added_only_while_it_is_open():
    lines = (*LINES[:3], a_line("12351", LineKind.UNION, OFFICE), *LINES[4:])
    assert "12351" in numbers(replies.card(WORDS, Card.OWN, Situation(lines, NOON), 0))
    assert "12351" not in numbers(replies.card(WORDS, Card.OWN, Situation(lines, NIGHT), 0))


def test_when_no_counselling_line_is_open_it_is_said_and_the_closed_one_stands_last_with_its_hours():
    lines = (a_line("12356", hours=DAYTIME), POLICE, AMBULANCE)
    text = replies.card(WORDS, Card.OWN, Situation(lines, NIGHT), 0)
    assert numbers(text) == ["110", "120", "12356", "110"]
    assert "没有开着的心理热线。" in text
    assert "12356热线（每天 08:00–22:00，现在没人接）" in text
    assert "没有开着的心理热线。" not in replies.card(WORDS, Card.OWN, Situation(lines, NOON), 0)


def test_a_gentle_answer_at_an_hour_without_counselling_names_police_and_ambulance():
    lines = (a_line("12356", hours=DAYTIME), POLICE, AMBULANCE)
    assert numbers(replies.card(WORDS, Card.WATCH, Situation(lines, NIGHT), 0))[:2] == ["110", "120"]


@pytest.mark.parametrize("kind", Card)
def test_no_two_cards_running_are_the_same(kind):
    words = replace(WORDS, cards=dict.fromkeys(Card, ("甲\n{lines}", "乙\n{lines}", "丙\n{lines}")))
    told = [replies.card(words, kind, now_and(), turn) for turn in range(10)]
    assert all(before != after for before, after in pairwise(told))


def test_a_message_always_gets_the_same_wording_and_different_messages_different_ones():
    assert replies.turn_of("o-1:7") == replies.turn_of("o-1:7")
    assert len({replies.turn_of(f"o-{n}:1") % 3 for n in range(60)}) == 3


def test_choices_are_numbered_in_their_order_and_left_out_where_there_are_none():
    text = replies.card(WORDS, Card.OWN, now_and(choices=("safe", "unanswered", "mistaken")), 0)
    assert "回复数字：\n1 安全\n2 没人接\n3 误会\n\n" in text
    assert "回复数字" not in replies.card(WORDS, Card.OWN, now_and(), 0)
    assert "\n\n\n" not in replies.card(WORDS, Card.OWN, now_and(), 0)


def test_a_call_is_offered_only_where_somebody_can_call():
    assert "请回电" in replies.card(WORDS, Card.SOMEBODY, now_and(choices=CHOICES), 0)
    assert "请回电" not in replies.card(WORDS, Card.SOMEBODY, now_and(), 0)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("nobody_here", "没有人值守。"),
        ("somebody_on_duty", "有值班老师。"),
        ("taken", "已经看到。"),
        ("unsaid", "先打："),
    ],
)
def test_who_is_there_is_said_last_above_the_number_to_dial(kind, said):
    assert replies.card(WORDS, Card.OWN, now_and(presence=kind), 0).endswith(f"\n\n{said}\n12356")


def test_an_empty_office_says_when_it_opens():
    opening = at(date(2026, 11, 26), time(8, 30))
    text = replies.card(WORDS, Card.OWN, now_and(presence="nobody_now_until", until=opening), 0)
    assert text.endswith("夜里没人，今天早上8点30分会看到。\n12356")


@pytest.mark.parametrize("until", [None, NIGHT, NIGHT - timedelta(hours=1)])
def test_nobody_is_said_to_come_when_no_hour_is_known_at_which_somebody_does(until):
    text = replies.card(WORDS, Card.OWN, now_and(presence="nobody_now_until", until=until), 0)
    assert text.endswith("没有人值守。\n12356")


def test_a_presence_that_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="somewhere"):
        replies.card(WORDS, Card.OWN, now_and(presence="somewhere"), 0)


@pytest.mark.parametrize(
    ("on", "hour", "words"),
    [
        (26, time(8, 0), "今天早上8点"),
        (27, time(9, 30), "明天上午9点30分"),
        (28, time(14, 0), "周六下午2点"),
        (30, time(12, 0), "周一中午12点"),
        (26, time(20, 5), "今天晚上8点5分"),
    ],
)
def test_an_hour_to_come_is_told_as_people_say_it(on, hour, words):
    assert replies.in_words(at(date(2026, 11, on), hour), NIGHT) == words


def test_an_hour_more_than_a_week_away_is_told_with_its_date():
    assert replies.in_words(at(date(2026, 12, 3), time(14, 0)), NIGHT) == "12月3日下午2点"


def test_after_a_number_that_did_not_answer_come_the_next_ones_and_then_all_of_them_with_another_way():
    first = replies.unanswered(WORDS, now_and(), (), 0)
    assert numbers(first.text) == ["110", "120"]
    assert first.tried == ("12356", "110", "120")
    second = replies.unanswered(WORDS, now_and(), first.tried, 1)
    assert second.text.startswith("乙 exhausted")
    assert numbers(second.text) == ["12356", "110", "120"]
    assert second.tried == first.tried


def test_a_closed_line_is_never_the_next_to_dial():
    lines = (a_line("12356", hours=DAYTIME), POLICE, AMBULANCE)
    assert numbers(replies.unanswered(WORDS, Situation(lines, NIGHT), (), 0).text) == ["120"]


def test_whoever_is_beaten_is_led_from_the_police_to_the_lines_for_women_and_workers():
    first = replies.unanswered(WORDS, now_and(kind=Card.VIOLENCE), (), 0)
    assert numbers(first.text) == ["12338", "12351"]
    assert replies.talk(WORDS, TalkKey.SAFE, now_and(kind=Card.VIOLENCE), 0).endswith("\n110")


def test_whoever_is_not_safe_is_given_the_police_first():
    assert numbers(replies.talk(WORDS, TalkKey.UNSAFE, now_and(), 0))[0] == "110"


@pytest.mark.parametrize("text", ["没人接", "没人接。", " 没 人 接 ！"])
def test_the_talk_understands_a_few_whole_messages(text):
    assert replies.meant(TALK, text) is TalkKey.UNANSWERED


def test_the_talk_does_not_take_a_longer_message_for_a_choice():
    assert replies.meant(TALK, "没人接我下班，我想死") is None


SPANS = some.builds(
    lambda start, length: Span(start, start + length), some.integers(0, DAY - 1), some.integers(1, DAY)
)
HOURS = some.none() | some.builds(Hours, some.tuples(*[some.lists(SPANS, max_size=2).map(tuple)] * 7))
INSTANTS = some.integers(0, 7 * DAY - 1).map(lambda minute: NIGHT + timedelta(minutes=minute))


@given(HOURS, some.lists(HOURS, max_size=30), INSTANTS, some.sampled_from(Card), some.sampled_from(PresenceKind))
def test_no_answer_is_too_long_and_none_loses_the_numbers_it_needs(national, others, now, kind, presence):
    long = [a_line(str(4_000_000 + n), hours=hours) for n, hours in enumerate(others)]
    lines = [a_line("12356", hours=national), POLICE, AMBULANCE, UNION, WOMEN, *long]
    lines = [replace(line, name="一二三四五六七八九十" * 2) for line in lines]
    text = replies.card(WORDS, kind, Situation(lines, now, presence, now, CHOICES), 0)
    assert len(text) <= 500
    assert len(text.encode()) <= 1_800
    needed = {"110", "12351", "12338"} if kind is Card.VIOLENCE else {"12356"}
    assert needed <= set(numbers(text))


@given(some.lists(HOURS, max_size=4), some.integers(0, 7 * DAY - 1))
def test_a_minute_is_uncovered_exactly_when_no_counselling_line_is_known_to_be_open(hours, minute):
    lines = [a_line(str(1000 + n), hours=each) for n, each in enumerate(hours)]
    instant: datetime = at(date(2026, 11, 23), time(0)) + timedelta(minutes=minute)
    assert uncovered(lines).is_open(instant) is not any(line.is_open(instant) for line in lines)


def test_unknown_hours_and_lines_that_do_not_counsel_cover_nothing():
    assert uncovered([NATIONAL, POLICE, UNION]).in_words() == "24小时"
    assert uncovered([a_line("1001")]).in_words() == ""
    assert uncovered([a_line("1001", hours=DAYTIME)]).in_words() == "每天 00:00–08:00、22:00–24:00"
