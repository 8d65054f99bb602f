"""Composing: no more is said afterwards than this message allows; else it is said in one text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.conversation.composing import compose
from server.domain.conversation.model import Ask, Release, Turn
from server.domain.post.saying import TEXT_BYTES, Card, Saying, Words
from server.domain.post.window import ALLOWANCES, Act

CARD = Card("睡前十分钟", "把今天放下", "https://x/cover.jpg", "https://x/read/sleep")
SAYINGS: st.SearchStrategy[Saying] = st.one_of(st.builds(Words, st.text("早安。", max_size=400)), st.just(CARD))
ACTS = st.one_of(st.none(), st.sampled_from(Act))


@given(SAYINGS, st.lists(SAYINGS, max_size=8).map(tuple), ACTS)
def test_what_is_said_afterwards_fits_the_allowance(
    reply: Saying, rest: tuple[Saying, ...], act: Act | None
) -> None:
    composed = compose(Turn(reply, rest), act)
    assert len(composed.rest) <= (ALLOWANCES[act].messages if act else 0)
    if composed.rest == rest:
        assert composed.reply == reply
    else:
        assert isinstance(composed.reply, Words)
        assert len(composed.reply.text.encode()) <= TEXT_BYTES


@pytest.mark.parametrize("act", Act)
def test_a_turn_within_the_allowance_stays_as_it_is(act: Act) -> None:
    turn = Turn(Words("你好"), (Words("还有"),) * ALLOWANCES[act].messages)
    assert compose(turn, act) is turn


def test_a_message_that_opens_no_window_is_answered_in_one_text() -> None:
    composed = compose(Turn(Words("你好"), (CARD,)), None)
    assert composed.rest == ()
    assert composed.reply == Words('你好\n\n<a href="https://x/read/sleep">睡前十分钟</a>')


def test_folding_touches_neither_the_dialogue_nor_the_deeds() -> None:
    turn = Turn(Words("你好"), (CARD,), Ask(None), (Release(),))
    composed = compose(turn, None)
    assert (composed.dialogue, composed.deeds) == (turn.dialogue, turn.deeds)
