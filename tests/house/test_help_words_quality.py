"""What can be counted about the answers of help, as somebody in danger gets them, at every minute of a week."""

import re
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from server.domain.clock import at
from server.domain.help import replies
from server.domain.help.lines import Hours, LineKind, Span
from server.domain.help.replies import Situation
from server.domain.help.words import CHOICES, Card, PresenceKind, TalkKey, Unread
from server.storage.shelf import help_words, hotlines
from server.storage.shelf.desk import Desk
from server.storage.shelf.faults import Faults

CONTENT = Path(__file__).parents[2] / "content"
FAULTS = Faults()
DESK = Desk(CONTENT, FAULTS)
WORDS, LINES = help_words.read(DESK), hotlines.read(DESK).lines
FAULTS.refuse_if_any()

MONDAY = at(date(2026, 11, 23), time(0))
NIGHT = at(date(2026, 11, 26), time(2, 10))
OPENING = at(date(2026, 11, 26), time(8, 30))
WITHOUT_CALL_BACK = tuple(choice for choice in CHOICES if choice != "call_back")
DUTIES = [
    (PresenceKind.NOBODY_HERE, None, WITHOUT_CALL_BACK),
    (PresenceKind.NOBODY_NOW_UNTIL, OPENING, CHOICES),
    (PresenceKind.SOMEBODY_ON_DUTY, None, CHOICES),
    (PresenceKind.TAKEN, None, CHOICES),
    (PresenceKind.UNSAID, None, ()),
]
SITUATIONS = [Situation(LINES, NIGHT, *duty) for duty in DUTIES]

BANNED = re.compile("一定会|肯定会|会好的|会过去的|没事的|诊断|确诊|患有|抑郁症|想开点|坚强|别想太多|放心")
METHODS = re.compile("安眠药|农药|割腕|上吊|跳楼|烧炭|煤气|绳|刀|药量|几片|毫克|不痛|不疼")
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")


def numbers(text):
    return [row for row in text.splitlines() if row.isdecimal()]


def everything_said():
    """Every answer as it is sent, under each way of duty, with a name."""
    for situation in SITUATIONS:
        duty = situation.presence
        for kind in Card:
            for turn in range(len(WORDS.cards[kind])):
                yield f"{kind} {turn} {duty}", replies.card(WORDS, kind, situation, turn)
        for kind in Unread:
            for turn in range(len(WORDS.unread[kind])):
                yield f"{kind} {turn} {duty}", replies.unread(WORDS, kind, situation, turn)
        for topic, wordings in WORDS.rights_answers.items():
            for turn in range(len(wordings)):
                yield f"{topic} {turn} {duty}", replies.rights(WORDS, topic, situation, turn)
        for key in TalkKey:
            for turn in range(len(WORDS.talk.answers[key])):
                yield f"{key} {turn} {duty}", replies.talk(WORDS, key, situation, turn)


SAID = [(name, text) for text, name in {text: name for name, text in everything_said()}.items()]
SAID_IDS = [name for name, _ in SAID]


@pytest.mark.parametrize(("name", "text"), SAID, ids=SAID_IDS)
def test_an_answer_is_short_names_a_number_and_ends_on_a_way_to_a_person(name, text):
    assert len(text) <= 500
    assert len(text.encode()) <= 1_800
    assert "{" not in text
    assert "}" not in text
    assert numbers(text)
    assert re.search("[0-9]{3,}", text.rsplit("\n\n", 1)[-1]) or "预约" in text


@pytest.mark.parametrize(("name", "text"), SAID, ids=SAID_IDS)
def test_an_answer_never_diagnoses_promises_or_teaches(name, text):
    for pattern in (BANNED, METHODS, EMOJI):
        assert not pattern.search(text), pattern.pattern
    assert "您" not in text
    assert text.count("！") == 0


@pytest.mark.parametrize("kind", [Card.OWN, Card.THREAT, Card.VIOLENCE, Card.SOMEBODY, Card.ASKING])
@pytest.mark.parametrize("situation", SITUATIONS, ids=[each.presence for each in SITUATIONS])
def test_a_card_ends_on_the_number_to_dial_first(kind, situation):
    for turn in range(len(WORDS.cards[kind])):
        text = replies.card(WORDS, kind, situation, turn)
        assert text.splitlines()[-1] == numbers(text)[0]


def test_a_card_says_who_is_there_and_nothing_more():
    told = {each.presence: replies.card(WORDS, Card.OWN, each, 0) for each in SITUATIONS}
    assert "没有人值守" in told["nobody_here"]
    assert "请现在拨打上面的电话" in told["nobody_here"]
    assert "夜里无人值守" in told["nobody_now_until"]
    assert "请现在拨打上面的电话" in told["nobody_now_until"]
    assert "今天早上8点30分上班后会看到" in told["nobody_now_until"]
    assert "有值班老师，看到后会联系你。不要等，先打电话" in told["somebody_on_duty"]
    assert "已经有值班老师接下了" in told["taken"]
    for presence, text in told.items():
        assert ("接下了" in text) == (presence == "taken")
        assert "已经看到" not in text, "somebody has taken it; what they have read nobody knows"
        assert ("值班老师" in text) == (presence not in {"nobody_here", "unsaid"})
        assert ("请回电" in text) == (presence not in {"nobody_here", "unsaid"})


def test_the_first_card_says_what_to_do_meanwhile_and_later_ones_are_shorter():
    cards = [replies.card(WORDS, Card.OWN, SITUATIONS[1], turn) for turn in range(len(WORDS.cards[Card.OWN]))]
    assert "有人的地方" in cards[0]
    assert all(len(later) < len(cards[0]) for later in cards[1:])
    assert any("你还在吗" in later for later in cards[1:])


@pytest.mark.parametrize("situation", SITUATIONS, ids=[each.presence for each in SITUATIONS])
def test_ten_cries_by_one_person_get_no_two_equal_answers_running(situation):
    told = [replies.card(WORDS, Card.OWN, situation, turn) for turn in range(10)]
    assert all(before != after for before, after in pairwise(told))
    assert len({tuple(numbers(each)) for each in told}) == 1


@pytest.mark.parametrize(
    ("kind", "needed"),
    [
        (Card.OWN, {"12356", "110", "120"}),
        (Card.THREAT, {"110", "12356"}),
        (Card.VIOLENCE, {"110", "12338", "12351"}),
        (Card.SOMEBODY, {"12356", "110", "120"}),
        (Card.ASKING, {"12356", "110", "120"}),
        (Card.WATCH, {"12356"}),
    ],
)
def test_each_kind_names_its_lines_in_every_wording(kind, needed):
    for turn in range(len(WORDS.cards[kind])):
        assert needed <= set(numbers(replies.card(WORDS, kind, SITUATIONS[0], turn)))


def test_each_wording_of_a_kind_says_what_that_kind_needs():
    assert all("预约" in text for text in WORDS.cards[Card.WATCH])
    first = WORDS.cards[Card.SOMEBODY][0]
    assert all(word in first for word in ("陪着，别留他一个人", "拿开危险的东西", "打电话"))
    violence = "".join(WORDS.cards[Card.VIOLENCE])
    assert all(word in violence for word in ("你没有错", "拍下来", "病历", "有人的地方"))
    assert all("我现在听不到语音里的字" in text and "打" in text for text in WORDS.unread[Unread.VOICE])
    assert not any(METHODS.search(text) or re.search("药|窗|楼", text) for text in WORDS.cards[Card.ASKING])


@pytest.mark.parametrize("topic", WORDS.rights_answers)
def test_a_matter_of_rights_gets_numbers_before_anything_to_feel_better(topic):
    for turn in range(len(WORDS.rights_answers[topic])):
        text = replies.rights(WORDS, topic, SITUATIONS[0], turn)
        assert numbers(text) == ["12351", "12333", "12348"]
        assert not re.search("放松|深呼吸|别着急|消消气|看开", text)


def test_the_all_clear_closes_softly_and_says_nothing_of_what_is_kept():
    for text in WORDS.talk.answers[TalkKey.MISTAKEN]:
        assert not re.search("删|取消|撤|不再|记录|结束", text)


def test_a_number_that_did_not_answer_always_leads_on():
    for kind in (Card.OWN, Card.THREAT, Card.VIOLENCE):
        tried: tuple[str, ...] = ()
        before = ""
        for turn in range(8):
            said = replies.unanswered(WORDS, replace(SITUATIONS[0], kind=kind), tried, turn)
            assert numbers(said.text)
            assert said.text != before
            before, tried = said.text, said.tried


DAYTIME = Hours(((Span(480, 1320),),) * 7)
FLOOR = Hours(((Span(360, 1440),),) * 7)  # the ministry's 18 hours a day
EVENINGS = Hours(((Span(1200, 1560),),) * 5 + ((), ()))


def with_hours(hours):
    return tuple(replace(line, hours=hours) if line.number == "12356" else line for line in LINES)


@pytest.mark.parametrize("hours", [None, FLOOR, DAYTIME, EVENINGS], ids=["unknown", "floor", "daytime", "evenings"])
def test_every_minute_of_a_week_names_an_open_line_or_says_that_there_is_none(hours):
    lines = with_hours(hours)
    national = next(line for line in lines if line.number == "12356")
    assert national.kind is LineKind.COUNSELLING
    for minute in range(7 * 24 * 60):
        now = MONDAY + timedelta(minutes=minute)
        text = replies.card(WORDS, Card.OWN, Situation(lines, now, *DUTIES[0]), minute)
        found = numbers(text)
        is_open = national.is_open(now)
        assert {"12356", "110", "120"} <= set(found)
        assert (WORDS.none_open in text) == (is_open is False)
        assert found[0] == found[-1] == ("110" if is_open is False else "12356")
        assert ("现在没人接" in text) == (is_open is False)
