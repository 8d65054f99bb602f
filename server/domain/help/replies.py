"""The answers of help as texts: words of content/ and the lines open at this minute, never more than is true."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.clock import day, wall
from server.domain.help.folding import fold
from server.domain.help.lines import WEEKDAYS, HelpLine
from server.domain.help.naming import fewer, is_somebody_listening, named, written
from server.domain.help.words import (
    CALL_BACK,
    REPLY_BYTES,
    REPLY_CHARACTERS,
    RIGHTS,
    Card,
    HelpWords,
    PresenceKind,
    TalkKey,
    TalkWords,
)

_AT_ONCE = 2  # lines named when the one before did not answer
_NIGHT_FROM, _NIGHT_UNTIL = 20, 7
_HOURS_OF_DAY = ((5, "凌晨"), (9, "早上"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))


@dataclass(frozen=True, slots=True)
class Situation:
    """What an answer depends on besides words: the lines, this instant, who is there, what may be chosen.

    `presence` is a `PresenceKind`; `until` is when the office opens again. `choices` are keys of the talk, in order.
    `kind` is the `Card` kind of what a talk is about: somebody who is beaten calls 110 first, not 12356.
    """

    lines: Sequence[HelpLine]
    now: datetime
    presence: str = PresenceKind.UNSAID
    until: datetime | None = None
    choices: Sequence[str] = ()
    kind: str = Card.OWN


@dataclass(frozen=True, slots=True)
class Next:
    """What is said when a number did not answer, and the numbers tried or named so far, to be kept."""

    text: str
    tried: tuple[str, ...]


def card(words: HelpWords, kind: str, situation: Situation, turn: int) -> str:
    """Return the card of a `Card` kind: at most 500 characters, each number plain on a line of its own.

    `turn` counts what this person has been told so far: no card comes twice running. For a gentle answer,
    which keeps no count, `turn_of` makes one of the message's key.
    """
    template = _in_turn(words.cards[kind], turn)
    return _composed(words, template, situation, kind)


def unread(words: HelpWords, kind: str, situation: Situation, turn: int) -> str:
    """Return the answer to a message of an `Unread` kind: that it cannot be read, and a line."""
    return _composed(words, _in_turn(words.unread[kind], turn), situation, kind)


def rights(words: HelpWords, topic: str, situation: Situation, turn: int) -> str:
    """Return the answer to a matter of rights, as `words.rights.topic(text)` names it: numbers and first steps."""
    return _composed(words, _in_turn(words.rights_answers[topic], turn), situation, RIGHTS)


def talk(words: HelpWords, key: str, situation: Situation, turn: int) -> str:
    """Return the answer of the short talk to a `TalkKey`; for a number that did not answer see `unanswered`."""
    kind = Card.THREAT if key == TalkKey.UNSAFE else situation.kind  # who is not safe calls 110 first
    return _composed(words, _in_turn(words.talk.answers[key], turn), situation, kind)


def unanswered(words: HelpWords, situation: Situation, tried: Collection[str], turn: int) -> Next:
    """Return the lines to dial after those tried; with none tried, after the first that a card names.

    Once all are tried it says what else there is, and names the open ones again from the first.
    """
    lines = named(situation.kind, situation.lines, situation.now)
    awake = [line for line in lines if line.is_open(situation.now) is not False]
    before = tuple(tried) or tuple(line.number for line in awake[:1])
    following = [line for line in awake if line.number not in before][:_AT_ONCE]
    key = TalkKey.UNANSWERED if following else TalkKey.EXHAUSTED
    template = _in_turn(words.talk.answers[key], turn)
    text = _fitting(words, template, situation, [*fewer(following or awake, situation.kind)])
    return Next(text, (*before, *(line.number for line in following)))


def presence(words: HelpWords, situation: Situation, number: str) -> str:
    """Return the sentence about who is really there; it ends with the number to dial first.

    Without an instant to come at which the office opens, nobody is said to see it then.
    """
    kind, until = PresenceKind(situation.presence), situation.until
    if kind is PresenceKind.NOBODY_NOW_UNTIL and (until is None or until <= situation.now):
        kind = PresenceKind.NOBODY_HERE
    parts = {"number": number, "time": _time_of_day(situation.now)}
    if until is not None:
        parts["when"] = in_words(until, situation.now)
    return _filled(words.presence[kind], parts)


def choice_list(words: TalkWords, choices: Sequence[str]) -> str:
    """Return the choices by number, from 1 in their order; nothing where there is nothing to choose."""
    rows = [f"{number} {words.labels[choice]}" for number, choice in enumerate(choices, 1)]
    return "\n".join((words.heading, *rows)) if rows else ""


def meant(words: TalkWords, text: str) -> TalkKey | None:
    """Return which answer of the talk a whole message asks for in words, or None."""
    return words.meant.get(fold(text))


def turn_of(key: str) -> int:
    """Return a turn that is always the same for a message's key."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4])


def in_words(instant: datetime, now: datetime) -> str:
    """Return an instant to come as people say it, `今天早上8点`, `周一上午9点30分`, `12月3日下午2点`."""
    local = wall(instant)
    name = next(name for until, name in _HOURS_OF_DAY if local.hour < until)
    hour = local.hour - 12 if local.hour > 12 else local.hour
    minutes = f"{local.minute}分" if local.minute else ""
    return f"{_day_in_words(instant, now)}{name}{hour}点{minutes}"


def _day_in_words(instant: datetime, now: datetime) -> str:
    on = day(instant)
    ahead = (on - day(now)) // timedelta(days=1)
    if ahead <= 1:
        return "明天" if ahead else "今天"
    return WEEKDAYS[on.weekday()] if ahead < 7 else f"{on.month}月{on.day}日"


def _time_of_day(now: datetime) -> str:
    return "现在" if _NIGHT_UNTIL <= wall(now).hour < _NIGHT_FROM else "夜里"


def _in_turn(wordings: Sequence[str], turn: int) -> str:
    return wordings[turn % len(wordings)]


def _composed(words: HelpWords, template: str, situation: Situation, kind: str) -> str:
    lines = named(kind, situation.lines, situation.now)
    return _fitting(words, template, situation, [*fewer(lines, kind)])


def _fitting(words: HelpWords, template: str, situation: Situation, selections: Sequence[Sequence[HelpLine]]) -> str:
    """Return the text with as many lines as there is room for; at the last, hours give way to numbers."""
    for lines in selections:
        text = _filled(template, _parts(words, lines, situation))
        if len(text) <= REPLY_CHARACTERS and len(text.encode()) <= REPLY_BYTES:
            return text
    return _filled(template, _parts(words, selections[-1], situation, with_hours=False))


def _parts(
    words: HelpWords, lines: Sequence[HelpLine], situation: Situation, with_hours: bool = True
) -> Mapping[str, str]:
    """Return what stands for each name in braces."""
    number = lines[0].number if lines else ""
    listed = written(lines, situation.now, with_hours)
    return {
        "lines": listed if is_somebody_listening(lines, situation.now) else f"{words.none_open}\n{listed}",
        "choices": choice_list(words.talk, situation.choices),
        "call_back": words.talk.call_back if CALL_BACK in situation.choices else "",
        "danger": words.danger,
        "number": number,
        "presence": presence(words, situation, number),
    }


def _filled(template: str, parts: Mapping[str, str]) -> str:
    """Return the template with its parts; a paragraph that is left empty is left out."""
    for name, part in parts.items():
        template = template.replace(f"{{{name}}}", part)
    return "\n\n".join(paragraph for paragraph in template.split("\n\n") if paragraph.strip())
