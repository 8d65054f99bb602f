"""Help comes first: the card of each danger, who must hear of it, the talk that follows for a day, and rights."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from server.domain.care.duty import DutyMode, DutySetting
from server.domain.care.service import DutyNow
from server.domain.care.talk import LIFE as TALK_LIFE
from server.domain.care.talk import AskCallBack, Choice, Mistaken, Support, SupportStep, choices, offered
from server.domain.conversation.booking_questions import question
from server.domain.conversation.helping import is_for_duty, out_of_memory
from server.domain.conversation.messages import Content, Followed, Link, Picture, Position, Text, Voice
from server.domain.conversation.model import KeepVoice, RaiseConcern, Turn
from server.domain.conversation.rules import work_out
from server.domain.conversation.scene import House, Scene, Shown, Want
from server.domain.conversation.wanting import KEYS, wants
from server.domain.help import replies
from server.domain.help.replies import Situation, turn_of
from server.domain.help.screening import Grade, Judgement, Kind
from server.domain.help.words import Card, PresenceKind, TalkKey, Unread
from server.domain.post.saying import Words
from tests.domain.booking.builders import NOW
from tests.domain.care.builders import a_person
from tests.domain.scenes import (
    CARD,
    CRY,
    WELCOME,
    a_dialogue,
    a_house,
    an_agenda,
    heard,
    on_stage,
    rule,
    talk_at,
    the_shelf,
)

WORDS = the_shelf().help_words
NOBODY = DutySetting()
NOT_KEPT = a_house()
KEPT = replace(NOT_KEPT, duty=DutyNow(DutySetting(DutyMode.ROUND), (a_person(),)))
OFFERED = offered(None, NOW)
AWAITED = replace(OFFERED, step=SupportStep.NUMBER)
A_MINUTE_AGO = NOW - timedelta(minutes=1)
PHONE = "13800000001"
WAGES = "老板欠我三个月工资"
SAID = [
    (CRY, Card.OWN),
    ("我要拿刀砍死我们组长", Card.THREAT),
    ("我老公天天打我", Card.VIOLENCE),
    ("我朋友说不想活了，我该怎么办", Card.SOMEBODY),
    ("怎么死不痛苦", Card.ASKING),
]
CRIES = [
    CRY, "我想死", "我今晚就去死，遗书写好了", "我要自杀", "我准备跳楼了", "药已经买好了，今晚就吃下去",
    CRY, CRY, "我想死", "我想死",
]  # fmt: skip
UNREAD = [
    (Voice("m", "amr"), Unread.VOICE),
    (Picture("https://x/1.jpg", "m"), Unread.PICTURE),
    (Link("标题", "", "https://x"), Unread.LINK),
    (Position(22.5, 114.1), Unread.POSITION),
]


def text_of(turn: Turn) -> str:
    assert isinstance(turn.reply, Words)
    return turn.reply.text


def judged(grade: Grade, kind: Kind | None, reason: str = "a phrase") -> Judgement:
    return Judgement(grade, kind, 0.9, (reason,))


def in_talk(content: Content | str, support: Support = OFFERED, **changes: Any) -> Scene:
    """A message within the guided talk, which follows a cry of this moment."""
    dialogue = replace(a_dialogue(changes.pop("talk", None)), support=support)
    return on_stage(content, dialogue=dialogue, **changes)


def here(house: House = NOT_KEPT, presence: str = PresenceKind.NOBODY_HERE) -> Situation:
    """What an answer depends on in this house at this moment."""
    return Situation(house.lines, NOW, presence, None, choices(house.duty.setting))


def talk_of(turn: Turn) -> Support:
    assert turn.dialogue is not None
    assert turn.dialogue.support is not None
    return turn.dialogue.support


# Words of danger


@pytest.mark.parametrize(("words", "card"), SAID, ids=[card for _, card in SAID])
def test_each_danger_is_answered_with_its_own_card_and_begins_the_talk(words: str, card: Card) -> None:
    turn = work_out(on_stage(words))
    assert text_of(turn) == replies.card(WORDS, card, here(), 0)
    assert talk_of(turn) == replace(OFFERED, card=card)


@pytest.mark.parametrize(
    ("judgement", "raises"),
    [
        (judged(Grade.URGENT, Kind.OWN), True),
        (judged(Grade.URGENT, Kind.ASKING), True),
        (judged(Grade.OTHER, Kind.THREAT), True),
        (judged(Grade.OTHER, Kind.VIOLENCE), True),
        (judged(Grade.URGENT, Kind.OWN, "model"), True),
        (judged(Grade.OTHER, Kind.THREAT, "model"), False),
        (judged(Grade.OTHER, Kind.VIOLENCE, "model"), False),
        (judged(Grade.OTHER, Kind.SOMEBODY), False),
        (judged(Grade.OTHER, Kind.ASKING), False),
        (judged(Grade.WATCH, Kind.OWN), False),
        (judged(Grade.WATCH, Kind.ASKING), False),
        (judged(Grade.NONE, None), False),
    ],
)
def test_duty_staff_hear_of_what_wakes_a_person_and_of_nothing_else(judgement: Judgement, raises: bool) -> None:
    turn = work_out(on_stage("这里写了什么都不要紧", judgement=judgement))
    assert turn.deeds == ((RaiseConcern(judgement.grade, judgement.kind),) if raises else ())
    assert is_for_duty(judgement) is raises


@pytest.mark.parametrize("kind", [Kind.THREAT, Kind.VIOLENCE, Kind.SOMEBODY, Kind.ASKING])
def test_what_the_model_alone_suspects_is_answered_gently(kind: Kind) -> None:
    turn = work_out(on_stage("班长又当着大家说我", judgement=judged(Grade.OTHER, kind, "model")))
    wordings = range(len(WORDS.cards[Card.WATCH]))
    assert text_of(turn) in {replies.card(WORDS, Card.WATCH, here(), each) for each in wordings}
    assert turn.dialogue is None


def test_who_is_only_in_a_bad_way_gets_a_gentle_answer_and_no_talk() -> None:
    scene = on_stage("心里很苦", judgement=judged(Grade.WATCH, Kind.OWN))
    turn = work_out(scene)
    assert text_of(turn) == replies.card(WORDS, Card.WATCH, here(), turn_of(scene.heard.key))
    assert turn.only_answers


def test_ten_cries_by_one_person_get_no_two_equal_replies_running() -> None:
    support, told = None, []
    for words in CRIES:
        dialogue = replace(a_dialogue(None), support=support)
        turn = work_out(on_stage(words, dialogue=dialogue))
        assert turn.deeds == (RaiseConcern(Grade.URGENT, Kind.OWN),), words
        told.append(text_of(turn))
        support = talk_of(turn)
    assert len(told) == 10
    assert all(before != after for before, after in pairwise(told))
    assert all("12356" in text.splitlines() for text in told)


def test_a_cry_within_the_talk_is_counted_on_and_keeps_what_was_tried() -> None:
    turn = work_out(in_talk(CRY, replace(OFFERED, tried=("12356",), shown=3)))
    assert text_of(turn) == replies.card(WORDS, Card.OWN, here(), 3)
    assert talk_of(turn) == replace(OFFERED, tried=("12356",), shown=4)


def test_danger_comes_before_the_number_that_is_awaited() -> None:
    turn = work_out(in_talk(f"{CRY}，{PHONE}", AWAITED, house=KEPT))
    assert turn.deeds == (RaiseConcern(Grade.URGENT, Kind.OWN),)
    assert talk_of(turn).step is SupportStep.OFFERED


@pytest.mark.parametrize(
    ("house", "is_taken", "presence"),
    [
        (NOT_KEPT, False, PresenceKind.NOBODY_HERE),
        (KEPT, False, PresenceKind.SOMEBODY_ON_DUTY),
        (KEPT, True, PresenceKind.TAKEN),
    ],
)
def test_a_card_says_who_is_really_there(house: House, is_taken: bool, presence: PresenceKind) -> None:
    scene = in_talk(CRY, house=house, shown=Shown(is_taken=is_taken))
    assert Want.TAKER in wants(scene)
    assert text_of(work_out(scene)).endswith(WORDS.presence[presence].replace("{number}", "12356"))


def test_out_of_memory_comes_the_same_card_though_nothing_was_read() -> None:
    judgement = KEPT.screening.judge(CRY)
    for key in ("o-1:1", "o-1:2", "o-1:3"):
        expected = replies.card(WORDS, Card.OWN, here(KEPT, PresenceKind.SOMEBODY_ON_DUTY), turn_of(key))
        assert out_of_memory(KEPT, judgement, NOW, key) == Words(expected)


# The guided talk


@pytest.mark.parametrize("house", [NOT_KEPT, KEPT], ids=["not-kept", "kept"])
@pytest.mark.parametrize(
    ("choice", "words"),
    [(Choice.SAFE, "我安全"), (Choice.COMPANY, "有人陪着我。"), (Choice.MISTAKEN, "是误会")],
)
def test_a_number_and_its_words_are_answered_alike(house: House, choice: Choice, words: str) -> None:
    number = str(choices(house.duty.setting).index(choice) + 1)
    by_number, by_words = work_out(in_talk(number, house=house)), work_out(in_talk(words, house=house))
    presence = PresenceKind.SOMEBODY_ON_DUTY if house is KEPT else PresenceKind.NOBODY_HERE
    assert by_number == by_words
    assert text_of(by_number) == replies.talk(WORDS, TalkKey(choice), here(house, presence), 2)
    assert talk_of(by_number).shown == 2


def test_a_mistake_is_a_wish_that_closes_the_talk_softly() -> None:
    turn = work_out(in_talk("4"))
    assert turn.deeds == (Mistaken(),)
    assert talk_of(turn).step is SupportStep.CLOSED


def test_who_wants_to_be_called_is_asked_for_a_number_and_gives_it() -> None:
    asked = work_out(in_talk("请回电", house=KEPT))
    assert asked == work_out(in_talk("4", house=KEPT))
    assert asked.deeds == ()
    assert talk_of(asked).step is SupportStep.NUMBER
    given = work_out(in_talk(f"我的号码 {PHONE}", talk_of(asked), house=KEPT))
    assert given.deeds == (AskCallBack(PHONE),)
    situation = here(KEPT, PresenceKind.SOMEBODY_ON_DUTY)
    assert text_of(given) == replies.talk(WORDS, TalkKey.CALL_BACK_TAKEN, situation, 3)
    assert talk_of(given).step is SupportStep.OFFERED


def test_where_nobody_is_there_no_call_is_promised() -> None:
    turn = work_out(in_talk("请回电"))
    assert turn.deeds == ()
    assert text_of(turn) == replies.talk(WORDS, TalkKey.CALL_BACK_IMPOSSIBLE, here(), 2)


@pytest.mark.parametrize("words", ["138000000", "0571-12"])
def test_a_number_that_cannot_be_one_is_asked_for_again(words: str) -> None:
    turn = work_out(in_talk(words, AWAITED, house=KEPT))
    assert turn.deeds == ()
    assert talk_of(turn).step is SupportStep.NUMBER
    assert "{" not in text_of(turn)
    assert text_of(turn) == replies.talk(WORDS, TalkKey.CALL_BACK_UNCLEAR, here(KEPT, PresenceKind.SOMEBODY_ON_DUTY), 2)


def test_when_a_line_does_not_answer_the_next_are_named_until_all_were_and_then_another_way() -> None:
    support, named = OFFERED, []
    for _ in range(2):
        turn = work_out(in_talk("打不通", support))
        named.append([row for row in text_of(turn).splitlines() if row.isdecimal()])
        support = talk_of(turn)
    assert named[0] == ["110", "120"], "12356 was named first by the card"
    assert support.tried == ("12356", "110", "120")
    assert named[1] == ["12356", "110", "120"]
    assert text_of(turn).splitlines()[0] in {text.splitlines()[0] for text in WORDS.talk.answers[TalkKey.EXHAUSTED]}


def test_whoever_is_beaten_is_told_the_police_first_through_the_whole_talk() -> None:
    support = talk_of(work_out(on_stage("我老公天天打我")))
    for words in ("我安全", "没人", "1", "今天的午饭很好吃"):
        assert text_of(work_out(in_talk(words, support))).splitlines()[-1] == "110", words
    assert talk_of(work_out(in_talk("打不通", support))).tried[0] == "110"


@pytest.mark.parametrize("key", KEYS)
def test_the_accounts_own_words_go_their_way_within_the_talk(key: str) -> None:
    shown = Shown(agenda=an_agenda(), today=CARD, articles=(CARD,), line="慢慢来")
    within, without = work_out(in_talk(KEYS[key], shown=shown)), work_out(on_stage(KEYS[key], shown=shown))
    assert (within.reply, within.rest, within.deeds) == (without.reply, without.rest, without.deeds)
    assert within.dialogue is None or talk_of(within) == OFFERED, "the talk lasts"


def test_a_number_belongs_to_the_booking_question_that_was_put_after_the_talks_last_answer() -> None:
    booking = talk_at(now=NOW)
    shown = Shown(agenda=an_agenda())
    within = work_out(in_talk("1", replace(OFFERED, asked_at=A_MINUTE_AGO), talk=booking, shown=shown))
    assert within.reply == work_out(on_stage("1", dialogue=a_dialogue(booking), shown=shown)).reply
    assert within.dialogue is not None
    assert within.dialogue.talk is not None
    assert within.dialogue.talk.step is not booking.step
    assert talk_of(within) == replace(OFFERED, asked_at=A_MINUTE_AGO)


def test_a_number_belongs_to_the_talk_where_the_booking_question_is_older() -> None:
    booking = talk_at(now=A_MINUTE_AGO)
    turn = work_out(in_talk("1", talk=booking, shown=Shown(agenda=an_agenda())))
    assert text_of(turn) == replies.talk(WORDS, TalkKey.SAFE, here(), 2)
    assert turn.dialogue is not None
    assert turn.dialogue.talk == booking, "the question stays open"


ORDINARY = [
    ("最近好累", a_house(("tired", rule("累")))),
    ("睡不着", a_house(("sleep", rule("睡不着", article="sleep")))),
    ("今天的午饭很好吃", NOT_KEPT),
    ("哈哈哈", NOT_KEPT),
]


@pytest.mark.parametrize(("words", "house"), ORDINARY, ids=[words for words, _ in ORDINARY])
def test_for_a_day_whatever_is_written_is_only_listened_to(words: str, house: House) -> None:
    scene = in_talk(words, house=house, shown=Shown(card=CARD))
    for minutes in (0, 5, 12 * 60, 24 * 60 - 1):
        later = replace(scene, now=NOW + timedelta(minutes=minutes))
        turn = work_out(later)
        assert text_of(turn) == replies.talk(WORDS, TalkKey.LISTENING, replace(here(), now=later.now), 2)
        assert (turn.rest, turn.deeds) == ((), ())
        assert talk_of(turn) == replace(OFFERED, shown=2), "the day counts from the talk's last answer"


def test_ten_lines_by_one_person_are_listened_to_without_two_equal_replies_running() -> None:
    support, told = OFFERED, []
    for number in range(10):
        turn = work_out(in_talk(f"第{number}句", support, judgement=judged(Grade.NONE, None)))
        told.append(text_of(turn))
        support = talk_of(turn)
    assert all(before != after for before, after in pairwise(told))


@pytest.mark.parametrize(("words", "house"), [*ORDINARY, ("1", NOT_KEPT), ("我安全", NOT_KEPT)])
def test_after_a_day_everything_is_as_it_was(words: str, house: House) -> None:
    shown, over = Shown(card=CARD), NOW + TALK_LIFE
    scene = replace(in_talk(words, house=house, shown=shown), now=over)
    before = replace(on_stage(words, house=house, shown=shown), now=over)
    assert work_out(scene) == work_out(before)
    assert wants(scene) == wants(before)
    assert work_out(replace(scene, now=over - timedelta(seconds=1))) != work_out(before)


def test_who_comes_back_within_the_talk_gets_no_article() -> None:
    shown = Shown(today=CARD)
    assert work_out(on_stage(Followed(), shown=shown)).rest == (CARD,)
    assert work_out(in_talk(Followed(), shown=shown)).rest == ()


# Rights


@pytest.mark.parametrize("house", [a_house(("wages", rule("工资"))), a_house(("wages", rule("工资", article="sleep")))])
def test_a_matter_of_rights_comes_before_replies_and_articles(house: House) -> None:
    scene = on_stage(WAGES, house=house, shown=Shown(card=CARD))
    topic = WORDS.rights.topic(WAGES)
    assert topic == "wages"
    assert work_out(scene) == Turn(Words(replies.rights(WORDS, topic, here(), turn_of(scene.heard.key))))


def test_a_matter_of_rights_leaves_the_booking_question_open_and_puts_it_again() -> None:
    booking, agenda = talk_at("1"), an_agenda()
    scene = on_stage(WAGES, dialogue=a_dialogue(booking), shown=Shown(agenda=agenda))
    turn = work_out(scene)
    assert text_of(turn).endswith(question(booking, agenda, NOW))
    assert text_of(turn) != question(booking, agenda, NOW)
    assert turn.dialogue is None


def test_a_matter_of_rights_is_answered_within_the_talk_too() -> None:
    assert work_out(in_talk(WAGES)) == work_out(on_stage(WAGES))


def test_danger_comes_before_rights() -> None:
    words = f"{WAGES}，我想死"
    assert WORDS.rights.topic(words) == "wages"
    turn = work_out(on_stage(words))
    assert turn.deeds == (RaiseConcern(Grade.URGENT, Kind.OWN),)
    assert text_of(turn) == replies.card(WORDS, Card.OWN, here(), 0)


# What cannot be read


@pytest.mark.parametrize(("content", "kind"), UNREAD, ids=[kind for _, kind in UNREAD])
def test_what_cannot_be_read_is_said_honestly_with_a_line(content: Content, kind: Unread) -> None:
    scene = on_stage(content)
    assert text_of(work_out(scene)) == replies.unread(WORDS, kind, here(), turn_of(scene.heard.key))
    assert text_of(work_out(in_talk(content))) == text_of(work_out(scene))
    assert kind is Unread.LINK or "110" in text_of(work_out(scene)).splitlines()


def test_a_voice_without_words_is_kept_and_nothing_else_is() -> None:
    assert work_out(on_stage(Voice("media-7", "amr"))).deeds == (KeepVoice("media-7", "amr"),)
    assert all(work_out(on_stage(content)).deeds == () for content, kind in UNREAD if kind is not Unread.VOICE)


def test_a_voice_is_kept_while_a_question_is_open_too() -> None:
    shown = Shown(agenda=an_agenda())
    turn = work_out(on_stage(Voice("m", "amr"), dialogue=a_dialogue(talk_at("1")), shown=shown))
    assert turn.deeds == (KeepVoice("m", "amr"),)
    assert "空的时间" in text_of(turn)


@pytest.mark.parametrize("words", [CRY, "我安全", "请回电", "最近好累"])
def test_a_voice_with_words_goes_the_way_of_text(words: str) -> None:
    house = replace(a_house(("tired", rule("累"))), duty=KEPT.duty)
    for stage in (on_stage, in_talk):
        spoken, written = stage(Voice("m", "amr", recognised=words), house=house), stage(words, house=house)
        written = replace(written, heard=replace(spoken.heard, content=Text(words)))
        assert work_out(spoken) == work_out(written)
        assert not any(isinstance(deed, KeepVoice) for deed in work_out(spoken).deeds)


def test_outside_the_talk_a_number_is_an_ordinary_word() -> None:
    assert text_of(work_out(on_stage("1"))) == WELCOME.fallback_for(heard("1").key)
