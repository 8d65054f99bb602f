"""Everything a rule may look at: what was heard, what was read, what the house says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from server.domain.booking.availability import Scene as Agenda
from server.domain.care import talk as supporting
from server.domain.care.service import DutyNow
from server.domain.care.talk import Support
from server.domain.conversation.messages import Heard
from server.domain.conversation.model import Dialogue, words_of
from server.domain.conversation.talk import Talk
from server.domain.conversation.wordings import Answer, Replies, Welcome, fold
from server.domain.help.lines import HelpLine
from server.domain.help.screening import Judgement, Screening
from server.domain.help.words import HelpWords
from server.domain.people.model import Follower
from server.domain.post.saying import Card


@dataclass(frozen=True, slots=True)
class House:
    """What the account can say by itself; it lives in every process's memory."""

    screening: Screening
    help_words: HelpWords
    lines: Sequence[HelpLine]
    duty: DutyNow
    welcome: Welcome
    replies: Replies


class Want(StrEnum):
    """What a rule needs read beyond the follower and the dialogue."""

    AGENDA = "agenda"
    POOL = "pool"
    TODAY = "today"
    ARTICLES = "articles"
    CARD = "card"
    TAKER = "taker"


@dataclass(frozen=True, slots=True)
class Shown:
    """What was read because a rule wants it; the rest stays empty.

    `agenda` is what the worker's booking looks at, with nothing but the pool in it where no more is wanted;
    `today` the card of the newest edition whose hour has come; `line` the line of the day; `articles` cards of
    what can be read; `card` the article a reply rule points at; `is_taken` that somebody has taken their concern.
    """

    agenda: Agenda | None = None
    today: Card | None = None
    line: str = ""
    articles: Sequence[Card] = ()
    card: Card | None = None
    is_taken: bool = False


@dataclass(frozen=True)  # without slots: every rule looks at the words, which are made ready once
class Scene:
    """One message and all that was read for it.

    `lost` says that another message of the same person changed the dialogue meanwhile: this one must not
    answer a question that had not been put when it was sent. `refused` says that the database refused what
    was worked out before, such as an hour that somebody else took. `is_stranger`: this person was never seen.
    `judgement` is what the screening says of the words.
    """

    heard: Heard
    now: datetime
    follower: Follower
    dialogue: Dialogue | None
    house: House
    judgement: Judgement
    shown: Shown = Shown()
    lost: bool = False
    refused: bool = False
    is_stranger: bool = False

    @cached_property
    def words(self) -> str:
        """Return the words that were written or spoken, if any."""
        return words_of(self.heard.content)

    @cached_property
    def folded(self) -> str:
        """Return the words as they are compared with the account's own."""
        return fold(self.words)

    @cached_property
    def answer(self) -> Answer | None:
        """Return what the reply rules of the library answer to the words, if they know an answer."""
        return self.house.replies.answer(self.words, self.heard.key)

    @property
    def talk(self) -> Talk | None:
        """Return the dialogue's question, open or just closed."""
        return self.dialogue.talk if self.dialogue else None

    @property
    def support(self) -> Support | None:
        """Return the guided talk of a person in need, while it lasts."""
        support = self.dialogue.support if self.dialogue else None
        return support if support and supporting.is_open(support, self.now) else None

    @property
    def came_too_late(self) -> bool:
        """Return whether the message was sent before the question that is open now was put."""
        return self.lost or (self.dialogue is not None and self.heard.created < self.dialogue.asked)
