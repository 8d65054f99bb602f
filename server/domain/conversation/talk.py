"""The booking dialogue as values: an open question, what an answer leads to, and the wish it carries."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.booking.model import Slot

LIFE = timedelta(hours=24)  # after its last question a dialogue ends
AFTERGLOW = timedelta(minutes=10)  # for so long after closing, a number is answered with what was just done
EVERYBODY = "*"  # the choice in a list of themes that leads to the experts


class Step(StrEnum):
    """Which question is open; BOOKED and FREED are closed and only remember what was done."""

    THEME = "theme"
    EXPERT = "expert"
    HOUR = "hour"
    CONFIRM = "confirm"
    WHICH = "which"
    CANCEL = "cancel"
    BOOKED = "booked"
    FREED = "freed"


CLOSED = frozenset({Step.BOOKED, Step.FREED})


@dataclass(frozen=True, slots=True)
class Talk:
    """An open question, or what was just done; ids and instants only, never words.

    `asked_at` is when the question was put, or when the talk was closed. Numbers stand for `choices` (keys of
    themes, ids of experts or bookings) or for `offers`. `theme` (a key) or `expert` narrow the hours; `chosen` is
    the hour in hand, `booking` the one to be cancelled.
    """

    step: Step
    asked_at: datetime
    choices: tuple[str, ...] = ()
    offers: tuple[Slot, ...] = ()
    theme: str = ""
    expert: str = ""
    chosen: Slot | None = None
    booking: str = ""


def is_open(talk: Talk, now: datetime) -> bool:
    """Tell whether a question is open; 24 h after it was put it is not."""
    return talk.step not in CLOSED and now < talk.asked_at + LIFE


def glows(talk: Talk, now: datetime) -> bool:
    """Tell whether the talk was closed so recently that a number still belongs to it."""
    return talk.step in CLOSED and now < talk.asked_at + AFTERGLOW


@dataclass(frozen=True, slots=True)
class Book:
    """The wish to take this slot."""

    slot: Slot


@dataclass(frozen=True, slots=True)
class Cancel:
    """The wish to cancel this booking."""

    booking: str


@dataclass(frozen=True, slots=True)
class TalkTurn:
    """What is answered, the talk afterwards (None: over), and the wish, told as if the database will grant it."""

    text: str
    talk: Talk | None
    wish: Book | Cancel | None = None
