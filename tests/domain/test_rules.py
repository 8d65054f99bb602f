"""The ordered page of rules: help first, then the open question, the account's words, the library, the fallback."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.conversation.messages import (
    Content,
    Followed,
    Link,
    Located,
    MassFinished,
    Picture,
    Position,
    Scanned,
    Tapped,
    Unfollowed,
    Unknown,
    Video,
    Viewed,
    Voice,
)
from server.domain.conversation.model import BookHour, CancelHour, Meet, Move, Release, SettleMass, Turn
from server.domain.conversation.rules import work_out
from server.domain.conversation.scene import Shown, Want
from server.domain.conversation.talk import LIFE, Step
from server.domain.conversation.wanting import KEYS, wants
from server.domain.post.saying import TEXT_BYTES, Words
from tests.domain.booking.builders import NOW, a_booking, a_scene, an_expert, friday
from tests.domain.scenes import (
    CARD,
    CREATED,
    CRY,
    WELCOME,
    a_dialogue,
    a_follower,
    a_house,
    an_agenda,
    on_stage,
    rule,
    talk_at,
    talking,
)

UNREADABLE: list[Content] = [
    Voice("m", "amr"),
    Picture("https://x/1.jpg", "m"),
    Position(22.5, 114.1),
    Link("标题", "", "https://x"),
    Video("m", "t"),
    Tapped("a-key-nobody-knows"),
]
A_RULE = a_house(("tired", rule("累")))
AN_ARTICLE = a_house(("sleep", rule("睡不着", article="sleep")))


def text_of(turn: Turn) -> str:
    assert isinstance(turn.reply, Words)
    return turn.reply.text


# Help first


@pytest.mark.parametrize("words", [CRY, "我 不 想 活 了……", "今日 我不想活了"])
def test_words_of_danger_are_answered_with_the_lines(words: str) -> None:
    told = text_of(work_out(on_stage(words)))
    assert all(number in told for number in ("12356", "110", "120"))


def test_danger_that_was_spoken_is_heard_too() -> None:
    assert "12356" in text_of(work_out(on_stage(Voice("m", "amr", recognised=CRY))))


def test_danger_comes_before_the_open_question_and_leaves_it_open() -> None:
    scene = talking(CRY, "1")
    turn = work_out(scene)
    assert "120" in text_of(turn)
    assert turn.dialogue is not None
    assert turn.dialogue.talk == scene.talk
    assert turn.dialogue.talk is not None


def test_danger_comes_before_every_reply_of_the_library() -> None:
    assert "120" in text_of(work_out(on_stage(CRY, house=a_house(("life", rule("楼顶"))))))


# Coming and leaving


def test_who_comes_is_welcomed_and_gets_the_days_article() -> None:
    turn = work_out(on_stage(Followed(), follower=a_follower(event_at=0), shown=Shown(today=CARD)))
    assert text_of(turn) == WELCOME.first
    assert turn.rest == (CARD,)
    assert turn.deeds == (Move(a_follower(event_at=CREATED)),)


def test_who_comes_back_is_welcomed_back() -> None:
    turn = work_out(on_stage(Followed(), follower=a_follower(follows=False)))
    assert text_of(turn) == WELCOME.again
    assert turn.deeds == (Move(a_follower(event_at=CREATED)),)


def test_who_leaves_is_let_go_without_a_word() -> None:
    turn = work_out(on_stage(Unfollowed()))
    assert turn.reply is None
    assert turn.deeds == (Move(a_follower(follows=False, event_at=CREATED)),)


@pytest.mark.parametrize("content", [Followed(), Unfollowed()])
def test_an_event_older_than_the_newest_known_does_nothing(content: Content) -> None:
    turn = work_out(on_stage(content, created=CREATED - 7200))
    assert turn.deeds == ()
    assert turn.rest == ()


def test_who_scans_a_code_of_ours_is_told_what_there_is() -> None:
    assert text_of(work_out(on_stage(Scanned("hall")))) == WELCOME.help


@pytest.mark.parametrize("status", ["send success", "Send Success ", "send fail", "err(20001)"])
def test_what_became_of_a_mass_send_is_joined_to_its_edition(status: str) -> None:
    turn = work_out(on_stage(MassFinished("77", status, 10, 9, 8, 1)))
    (deed,) = turn.deeds
    assert isinstance(deed, SettleMass)
    assert (deed.event.message, deed.event.good) == ("77", "success" in status.lower())
    assert turn.reply is None


@pytest.mark.parametrize("content", [Viewed("https://x"), Located(), Unknown("strange", "<xml/>")])
def test_what_asks_for_no_answer_gets_none(content: Content) -> None:
    assert work_out(on_stage(content)) == Turn(None)


# The open question


def test_the_word_opens_the_booking_dialogue() -> None:
    turn = work_out(on_stage("预约", shown=Shown(agenda=an_agenda())))
    assert turn.dialogue is not None
    assert turn.dialogue.talk is not None
    assert turn.dialogue.talk.step is Step.THEME


def test_the_confirming_answer_books_the_hour_that_was_shown() -> None:
    turn = work_out(talking("1", "1", "1"))
    assert turn.deeds == (BookHour("e-bailu", friday("09:00")),)
    assert text_of(turn).startswith("已预约")


def test_a_cancelled_booking_is_one_of_the_workers_own() -> None:
    own = a_booking(friday("10:00"))
    agenda = a_scene(an_expert(), own=[own])
    opened = work_out(on_stage("取消", shown=Shown(agenda=agenda))).dialogue
    assert opened is not None
    turn = work_out(on_stage("1", dialogue=a_dialogue(opened.talk), shown=Shown(agenda=agenda)))
    assert turn.deeds == (CancelHour(own.id),)


def test_a_message_sent_before_the_question_was_put_does_not_answer_it() -> None:
    turn = work_out(talking("1", "1", "1", created=CREATED - 1))
    assert turn.deeds == ()
    assert turn.dialogue is None
    assert "1 确认预约" in text_of(turn)


def test_a_message_that_lost_its_dialogue_gets_the_open_question_again() -> None:
    turn = work_out(talking("1", "1", "1", lost=True))
    assert (turn.deeds, turn.dialogue) == ((), None)
    assert "1 确认预约" in text_of(turn)


def test_a_number_that_crossed_with_ones_own_leaving_books_nothing() -> None:
    turn = work_out(on_stage("1", lost=True, dialogue=a_dialogue(None)))
    assert turn.deeds == ()
    assert "没有约下任何时间" in text_of(turn)


def test_who_lost_the_race_for_an_hour_is_told_and_offered_others() -> None:
    turn = work_out(talking("1", "1", "1", refused=True))
    assert text_of(turn).startswith("这个时间刚被约走")
    assert turn.deeds == ()
    assert turn.dialogue is not None


def test_a_question_ends_after_a_day() -> None:
    scene = replace(talking("1", "1", "1", house=A_RULE), now=NOW + LIFE)
    turn = work_out(scene)
    assert turn.deeds == ()
    assert text_of(turn) == WELCOME.fallback[0]


# The account's words and keys


@pytest.mark.parametrize("key", KEYS)
def test_a_menu_key_and_its_word_are_answered_alike(key: str) -> None:
    shown = Shown(agenda=an_agenda(), today=CARD, articles=(CARD,), line="慢慢来")
    typed, tapped = on_stage(KEYS[key], shown=shown), on_stage(Tapped(key), shown=shown)
    assert work_out(typed) == work_out(tapped)
    assert wants(typed) == wants(tapped)
    assert work_out(typed).reply is not None


@pytest.mark.parametrize("word", ["今日", " 今 日", "今日。", "今日!"])
def test_a_word_is_known_however_it_was_typed(word: str) -> None:
    turn = work_out(on_stage(word, shown=Shown(today=CARD, line="慢慢来")))
    assert turn.reply == CARD
    assert turn.rest == (Words("每日一语：慢慢来"),)


def test_before_the_first_article_the_word_is_answered_honestly() -> None:
    turn = work_out(on_stage("今日", shown=Shown(line="慢慢来")))
    assert "还没有到" in text_of(turn)
    assert "慢慢来" in text_of(turn)


@pytest.mark.parametrize("word", ["今日", "文章", "热线", "帮助", "我的"])
def test_a_word_of_the_menu_leaves_the_question_open(word: str) -> None:
    turn = work_out(talking(word, "1"))
    assert turn.dialogue is None
    assert turn.reply is not None


def test_of_many_articles_as_many_links_are_shown_as_fit_whole() -> None:
    cards = tuple(replace(CARD, url=f"https://x/read/{'long-' * 20}{number}") for number in range(30))
    text = text_of(work_out(on_stage("文章", shown=Shown(articles=cards))))
    assert len(text.encode()) <= TEXT_BYTES
    assert text.count("<a href=") == text.count("</a>") > 10
    assert text.endswith("</a>")


def test_help_itself_reads_nothing() -> None:
    assert wants(on_stage("热线")) == frozenset()
    assert wants(on_stage("帮助")) == frozenset()


# The library and the fallback


def test_the_library_answers_what_it_knows() -> None:
    assert text_of(work_out(on_stage("最近好累", house=A_RULE))) == "我在听。"


def test_an_answer_of_the_library_is_followed_by_the_open_question() -> None:
    told = text_of(work_out(talking("最近好累", "1", house=A_RULE)))
    assert told.startswith("我在听。")
    assert "空的时间" in told


def test_an_article_of_the_library_is_followed_by_the_open_question() -> None:
    scene = talking("睡不着", "1", house=AN_ARTICLE)
    assert Want.CARD in wants(scene)
    turn = work_out(replace(scene, shown=replace(scene.shown, card=CARD)))
    assert turn.reply == CARD
    (question,) = turn.rest
    assert isinstance(question, Words)
    assert "空的时间" in question.text


def test_an_article_that_is_no_longer_shown_falls_back() -> None:
    assert text_of(work_out(on_stage("睡不着", house=AN_ARTICLE))) == WELCOME.fallback[0]


@pytest.mark.parametrize("content", [Video("m", "t"), Tapped("a-key-nobody-knows")])
def test_what_nobody_knows_how_to_read_is_said_honestly(content: Content) -> None:
    assert text_of(work_out(on_stage(content))) == WELCOME.other


@pytest.mark.parametrize("content", [*UNREADABLE, "随便说说", ""])
def test_the_open_question_is_put_again_below_whatever_is_no_answer(content: Content | str) -> None:
    talk = talk_at("1")
    scene = on_stage(content, dialogue=a_dialogue(talk))
    assert Want.AGENDA in wants(scene)
    told = text_of(work_out(replace(scene, shown=Shown(agenda=an_agenda()))))
    assert "空的时间" in told


def test_whatever_else_is_written_is_offered_a_person() -> None:
    assert text_of(work_out(on_stage("天气不错"))) == WELCOME.fallback[0]


def test_only_what_changes_something_needs_a_transaction() -> None:
    assert work_out(on_stage("天气不错")).only_answers
    assert not Turn(None, deeds=(Release(),)).only_answers
    assert not Turn(None, deeds=(Meet(a_follower()),)).only_answers
    assert not work_out(on_stage("预约", shown=Shown(agenda=an_agenda()))).only_answers


def test_a_talk_that_is_over_wants_nothing_read() -> None:
    over = replace(on_stage("你好", dialogue=a_dialogue(talk_at("1"))), now=NOW + LIFE + timedelta(hours=1))
    assert wants(over) == frozenset()
