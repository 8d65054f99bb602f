"""Plain phrases of a person's own danger, and the help reply they get: pure, and fast enough for every message."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.help.lines import HelpLine, LineKind, open_lines, ordered

REPLY_CHARACTERS = 500
ALWAYS_THERE = ("12356", "110", "120")  # the national line of mental support, police, ambulance
_LISTENING = {LineKind.COUNSELLING, LineKind.UNION, LineKind.YOUTH, LineKind.WOMEN}
_NOISE = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class HelpSentences:
    """What stands around the lines in the help reply."""

    opening: str
    before_lines: str
    closing: str


def fold(text: str) -> str:
    """Return the text without what hides a phrase: width, case, spaces, punctuation and invisible characters."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())


class Phrases:
    """A list of phrases made ready to be looked for in one pass."""

    def __init__(self, phrases: Iterable[str]) -> None:
        folded = {fold(phrase) for phrase in phrases} - {""}
        self._pattern = re.compile("|".join(map(re.escape, sorted(folded))) or r"(?!)")

    def found_in(self, text: str) -> bool:
        """Tell whether the text holds one of the phrases, however it is spaced, punctuated or written wide."""
        return self._pattern.search(fold(text)) is not None


def help_reply(sentences: HelpSentences, lines: Sequence[HelpLine], instant: datetime) -> str:
    """Return the answer to a sign of danger: at most 500 characters, each number plain on a line of its own.

    12356, 110 and 120 always stand in it; other lines that listen only if they are known to be answered
    at this instant, as many as there is room for.
    """
    shown = _shown(lines, instant)
    reply = _composed(sentences, shown, instant)
    while len(reply) > REPLY_CHARACTERS and (spare := _last_spare(shown)) is not None:
        shown.remove(spare)
        reply = _composed(sentences, shown, instant)
    return reply


def _shown(lines: Sequence[HelpLine], instant: datetime) -> list[HelpLine]:
    awake = open_lines(lines, instant)
    return [
        line
        for line in ordered(lines, instant)
        if line.number in ALWAYS_THERE or (line.kind in _LISTENING and line in awake)
    ]


def _last_spare(shown: Sequence[HelpLine]) -> HelpLine | None:
    return next((line for line in reversed(shown) if line.number not in ALWAYS_THERE), None)


def _composed(sentences: HelpSentences, shown: Sequence[HelpLine], instant: datetime) -> str:
    numbers = "\n".join(f"{line.name}（{_hours(line, instant)}）\n{line.number}" for line in shown)
    return "\n\n".join((sentences.opening, f"{sentences.before_lines}\n{numbers}", sentences.closing))


def _hours(line: HelpLine, instant: datetime) -> str:
    hours = line.hours_in_words()
    return f"{hours}，此刻可能无人接听" if line.is_open(instant) is False else hours
