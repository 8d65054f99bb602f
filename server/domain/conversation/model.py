"""A turn: what one message does, as one value; and what lies behind it."""

from dataclasses import dataclass
from datetime import datetime

from server.domain.care.talk import AskCallBack, Mistaken, Support
from server.domain.conversation.messages import (
    Content,
    Followed,
    Heard,
    Link,
    Picture,
    Position,
    Scanned,
    Tapped,
    Text,
    Video,
    Voice,
)
from server.domain.conversation.talk import Talk
from server.domain.help.screening import Grade, Kind
from server.domain.people.model import Follower
from server.domain.post.saying import Saying
from server.domain.post.window import Act
from server.domain.publishing.ports import MassEvent


@dataclass(frozen=True, slots=True)
class Reply:
    """What the account answers at once (None: nothing), and the instant that its `CreateTime` tells."""

    saying: Saying | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The one open question to a worker, if there is one, and the guided talk of a person in need.

    `version` guards it: who changes it names the version that was read. `asked` is WeChat's `CreateTime` of
    the message that led to the question; a message older than that was sent before the question was put.
    """

    worker: str
    version: int
    talk: Talk | None
    asked: int
    support: Support | None = None


@dataclass(frozen=True, slots=True)
class Meet:
    """Keep a follower seen for the first time."""

    follower: Follower


@dataclass(frozen=True, slots=True)
class Move:
    """Store that a known follower follows, or left."""

    follower: Follower


@dataclass(frozen=True, slots=True)
class BookHour:
    """Take an hour of an expert for this worker."""

    expert: str
    start: datetime


@dataclass(frozen=True, slots=True)
class CancelHour:
    """Cancel a booking of this worker."""

    booking: str


@dataclass(frozen=True, slots=True)
class Release:
    """Let go the rows of the post that waited for this message."""


@dataclass(frozen=True, slots=True)
class SettleMass:
    """Join what the platform tells of a mass send to its edition."""

    event: MassEvent


@dataclass(frozen=True, slots=True)
class RaiseConcern:
    """Let duty staff know that this message speaks of danger."""

    grade: Grade
    kind: Kind


@dataclass(frozen=True, slots=True)
class KeepVoice:
    """Keep what was spoken and cannot be read, sealed, for duty staff."""

    media: str
    format: str


Deed = Meet | Move | BookHour | CancelHour | Release | SettleMass | RaiseConcern | AskCallBack | Mistaken | KeepVoice


@dataclass(frozen=True, slots=True)
class Ask:
    """The dialogue after a turn: the open question, or None when it is closed for good, and the guided talk."""

    talk: Talk | None
    support: Support | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What one message does: the reply, what else is said afterwards, the dialogue, the deeds."""

    reply: Saying | None
    rest: tuple[Saying, ...] = ()
    dialogue: Ask | None = None
    deeds: tuple[Deed, ...] = ()

    @property
    def only_answers(self) -> bool:
        """Return whether the turn changes nothing beyond being told."""
        return not (self.rest or self.dialogue or self.deeds)


@dataclass(frozen=True, slots=True)
class Entry:
    """A message as it is kept: what was heard, from whom, what it was answered, and its keyed hash `cause`."""

    heard: Heard
    worker: str
    cause: str
    act: Act | None
    reply: Reply


def act_of(content: Content) -> Act | None:
    """Return which reply window this message opens (fact sheet 6); None for what opens none."""
    match content:
        case Text() | Picture() | Voice() | Video() | Position() | Link():
            return Act.MESSAGE
        case Tapped(kind="click" | "scancode_push" | "scancode_waitmsg"):
            return Act.TAP
        case Followed():
            return Act.FOLLOW
        case Scanned():
            return Act.SCAN
        case _:
            return None


def words_of(content: Content) -> str:
    """Return the words a person wrote or spoke in this message, if any."""
    match content:
        case Text(words):
            return words
        case Voice(recognised=words):
            return words
        case _:
            return ""
