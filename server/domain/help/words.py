"""The words of help as content/ gives them: cards, the sentence about who is there, the short talk, rights."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.domain.help.rights import Rights

REPLY_CHARACTERS = 500
REPLY_BYTES = 1_800  # WeChat shows 2,048 bytes of a text; the rest is left for an open question put below
LINES_ROOM = 160  # characters of every text kept for the telephone lines


class Card(StrEnum):
    """What a text is answered with before anything else; the first five are the kinds of screening."""

    OWN = "own"
    THREAT = "threat"
    VIOLENCE = "violence"
    SOMEBODY = "somebody"
    ASKING = "asking"
    WATCH = "watch"


class Unread(StrEnum):
    """Kinds of message that cannot be read here."""

    VOICE = "voice"
    PICTURE = "picture"
    LINK = "link"
    POSITION = "position"


class PresenceKind(StrEnum):
    """Who is really there; `unsaid` says nothing about it and only names the number."""

    NOBODY_HERE = "nobody_here"
    NOBODY_NOW_UNTIL = "nobody_now_until"
    SOMEBODY_ON_DUTY = "somebody_on_duty"
    TAKEN = "taken"
    UNSAID = "unsaid"


class TalkKey(StrEnum):
    """The answers of the short talk after a card."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    COMPANY = "company"
    ALONE = "alone"
    UNANSWERED = "unanswered"
    EXHAUSTED = "exhausted"
    CALL_BACK = "call_back"
    CALL_BACK_TAKEN = "call_back_taken"
    CALL_BACK_UNCLEAR = "call_back_unclear"
    CALL_BACK_IMPOSSIBLE = "call_back_impossible"
    MISTAKEN = "mistaken"
    CLOSING = "closing"
    LISTENING = "listening"
    NO_SUCH_CHOICE = "no_such_choice"


CHOICES = ("safe", "company", "unanswered", "call_back", "mistaken")  # what a card can offer by number
CALL_BACK = "call_back"
RIGHTS = "rights"


@dataclass(frozen=True, slots=True)
class TalkWords:
    """The short talk: how choices are listed, words that mean one of the answers, and the answers' wordings."""

    heading: str
    labels: Mapping[str, str]
    call_back: str
    meant: Mapping[str, TalkKey]
    answers: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class HelpWords:
    """Everything said to somebody in need; every tuple holds wordings of one thing, said in turn."""

    cards: Mapping[str, tuple[str, ...]]
    unread: Mapping[str, tuple[str, ...]]
    presence: Mapping[str, str]
    none_open: str
    danger: str
    talk: TalkWords
    rights: Rights
    rights_answers: Mapping[str, tuple[str, ...]]
