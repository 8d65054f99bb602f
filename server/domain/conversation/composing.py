"""Composing: one passive reply, and the rest within the follower's allowance, else folded into the text."""

from dataclasses import replace

from server.domain.conversation.model import Turn
from server.domain.post.saying import fold
from server.domain.post.window import ALLOWANCES, Act


def compose(turn: Turn, act: Act | None) -> Turn:
    """Return the turn with no more said afterwards than this message allows (fact sheet 6).

    A message that opens no window, or more parts than the allowance holds: everything is said in one text.
    """
    if not turn.rest or turn.reply is None:
        return turn
    allowed = ALLOWANCES[act].messages if act else 0
    if len(turn.rest) <= allowed:
        return turn
    return replace(turn, reply=fold(turn.reply, turn.rest), rest=())
