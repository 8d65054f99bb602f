"""The guided talk: every number leads somewhere, for a day, and nothing that was written stays in it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.care.duty import DutySetting
from server.domain.care.talk import (
    LIFE,
    AskCallBack,
    Choice,
    Mistaken,
    Said,
    Support,
    SupportStep,
    SupportTurn,
    answer,
    choices,
    is_open,
    offered,
)
from server.domain.help.words import CHOICES, Card, TalkKey
from tests.domain.care.builders import ALWAYS_THERE, IN_OFFICE, NIGHT, NOBODY

TALK = offered(None, NIGHT)


def said(support: Support, typed: int | str, setting: DutySetting = ALWAYS_THERE) -> SupportTurn:
    what = Said(typed if isinstance(typed, int) else None, str(typed))
    turn = answer(support, what, setting, NIGHT)
    assert turn is not None
    return turn


def test_choices_are_numbered_and_nobody_calls_back_where_nobody_is():
    assert choices(ALWAYS_THERE) == choices(IN_OFFICE) == CHOICES
    assert choices(NOBODY) == (Choice.SAFE, Choice.COMPANY, Choice.UNANSWERED, Choice.MISTAKEN)


@pytest.mark.parametrize("typed", range(1, 6))
def test_a_number_leads_to_the_answer_it_stands_for(typed: int):
    assert said(TALK, typed).key == CHOICES[typed - 1]


def test_where_nobody_is_four_means_a_mistake_and_words_for_a_call_get_the_truth():
    assert said(TALK, 4, NOBODY).key is TalkKey.MISTAKEN
    asked = answer(TALK, Said(None, "请回电", TalkKey.CALL_BACK), NOBODY, NIGHT)
    assert asked is not None
    assert (asked.key, asked.support.step) == (TalkKey.CALL_BACK_IMPOSSIBLE, SupportStep.OFFERED)


@pytest.mark.parametrize("typed", [0, 6, 99])
def test_a_number_that_is_not_offered_is_answered_too(typed: int):
    assert said(TALK, typed).key is TalkKey.NO_SUCH_CHOICE


def test_words_that_mean_an_answer_get_it():
    for key in TalkKey:
        turn = answer(TALK, Said(None, "…", key), ALWAYS_THERE, NIGHT)
        assert turn is not None
        assert turn.key is key


def test_a_number_to_call_back_is_asked_for_read_again_kept_and_the_talk_goes_on():
    asked = said(TALK, 4)
    assert (asked.key, asked.support.step) == (TalkKey.CALL_BACK, SupportStep.NUMBER)
    again = said(asked.support, "1391234567")
    assert (again.key, again.support.step) == (TalkKey.CALL_BACK_UNCLEAR, SupportStep.NUMBER)
    kept = said(again.support, "139 1234 5678")
    assert (kept.key, kept.wish) == (TalkKey.CALL_BACK_TAKEN, AskCallBack("13912345678"))
    assert kept.support.step is SupportStep.OFFERED


def test_one_who_does_not_want_to_leave_a_number_goes_back_or_on():
    asked = said(TALK, 4).support
    assert said(asked, "返回").support.step is SupportStep.OFFERED
    assert said(asked, 3).key is TalkKey.UNANSWERED


def test_words_are_not_taken_for_a_number_and_the_question_stays_open():
    asked = said(TALK, 4).support
    assert answer(asked, Said(None, "我好难受"), ALWAYS_THERE, NIGHT) is None


def test_a_mistake_closes_softly_and_a_number_opens_the_talk_again():
    cleared = said(TALK, 5)
    assert (cleared.wish, cleared.support.step) == (Mistaken(), SupportStep.CLOSED)
    again = said(cleared.support, 3)
    assert (again.key, again.support.step) == (TalkKey.UNANSWERED, SupportStep.OFFERED)


def test_after_a_day_the_talk_is_over():
    over = NIGHT + LIFE
    assert not is_open(TALK, over)
    assert answer(TALK, Said(1, "1"), ALWAYS_THERE, over) is None
    assert offered(TALK, over, Card.THREAT) == Support(SupportStep.OFFERED, over, (), 1, Card.THREAT)


def test_another_cry_within_the_day_counts_on_and_remembers_what_was_tried():
    tried = replace(said(TALK, 3).support, tried=("12356", "12338"))
    later = NIGHT + timedelta(hours=1)
    again = offered(tried, later, Card.VIOLENCE)
    assert (again.tried, again.shown, again.asked_at, again.card) == (tried.tried, 3, later, Card.VIOLENCE)


def test_words_that_are_no_answer_go_the_way_of_all_words():
    assert answer(TALK, Said(None, "预约"), ALWAYS_THERE, NIGHT) is None


TYPED = st.one_of(st.integers(0, 99), st.sampled_from(["我难受", "返回", "13912345678", "1391234"]))
SETTINGS = st.sampled_from((NOBODY, IN_OFFICE, ALWAYS_THERE))


@given(st.lists(TYPED, max_size=30), SETTINGS)
def test_no_path_of_answers_ends_in_silence_and_none_repeats_its_count(typed: list[int | str], setting: DutySetting):
    support = TALK
    for each in typed:
        turn = answer(support, Said(each if isinstance(each, int) else None, str(each)), setting, NIGHT)
        if turn is None:  # words that this moment of the talk does not wait for; the talk stays as it is
            assert isinstance(each, str)
            continue
        assert turn.support.shown == support.shown + 1
        support = turn.support
        assert "难受" not in repr(support)
        for number in range(1, len(choices(setting)) + 1):
            assert answer(support, Said(number, str(number)), setting, NIGHT) is not None
