"""The guided talk with a follower in danger: what an answer leads to, for a day, and never a dead end."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.care.call_backs import read_phone
from server.domain.care.duty import DutyMode, DutySetting
from server.domain.help.words import Card, TalkKey

LIFE = timedelta(hours=24)  # after its last answer the talk is over
_LEAVE = frozenset({"返回", "退出", "算了", "不用了", "取消", "不留了", "不想留"})


class SupportStep(StrEnum):
    """Where the talk stands: its choices are offered, a number to call back is awaited, or it was closed softly."""

    OFFERED = "offered"
    NUMBER = "number"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Support:
    """A talk under way; numbers of lines and instants only, never words.

    `tried` are the lines that were named when one did not answer; `shown` counts the answers given, so that the same
    one never comes twice running; `card` is the one that began it: whoever is beaten is told 110 first.
    """

    step: SupportStep
    asked_at: datetime
    tried: tuple[str, ...] = ()
    shown: int = 0
    card: Card = Card.OWN


class Choice(StrEnum):
    """What can be chosen, in the order of their numbers; each is the key of its answer."""

    SAFE = "safe"
    COMPANY = "company"
    UNANSWERED = "unanswered"
    CALL_BACK = "call_back"
    MISTAKEN = "mistaken"


@dataclass(frozen=True, slots=True)
class Said:
    """What was typed: as a number, in one plain form, and the answer of the talk it asks for in words, if any."""

    number: int | None
    words: str = field(repr=False)
    meant: TalkKey | None = None


@dataclass(frozen=True, slots=True)
class AskCallBack:
    """The wish to be called back at this number."""

    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mistaken:
    """The word that it was a mistake; the concern is kept."""


@dataclass(frozen=True, slots=True)
class SupportTurn:
    """What is answered, the talk afterwards, and the wish. `UNANSWERED` wants the next open lines named."""

    key: TalkKey
    support: Support
    wish: AskCallBack | Mistaken | None = None


def is_open(support: Support, now: datetime) -> bool:
    """Tell whether the talk lasts: for 24 hours after its last answer, closed softly or not."""
    return now < support.asked_at + LIFE


def choices(setting: DutySetting) -> tuple[Choice, ...]:
    """Return the choices by their numbers, the first being 1; nobody calls back where the duty is not kept at all."""
    return tuple(each for each in Choice if each is not Choice.CALL_BACK or setting.mode is not DutyMode.NONE)


def offered(before: Support | None, now: datetime, card: Card = Card.OWN) -> Support:
    """Return the talk after a help reply to a cry: what was tried, and how much was answered, counts for the day."""
    if before is None or not is_open(before, now):
        return Support(SupportStep.OFFERED, now, shown=1, card=card)
    return replace(before, step=SupportStep.OFFERED, asked_at=now, shown=before.shown + 1, card=card)


def answer(support: Support, said: Said, setting: DutySetting, now: datetime) -> SupportTurn | None:
    """Answer what was typed in the talk.

    None where the talk is over, or this is no answer to it: it goes the way of all words, and the talk stays.
    """
    if not is_open(support, now):
        return None
    heard = replace(support, asked_at=now, shown=support.shown + 1)
    if support.step is SupportStep.NUMBER and (turn := _read_number(heard, said)) is not None:
        return turn
    key = _wanted(said, setting)
    return _lead(key, heard, setting) if key else None


def _read_number(heard: Support, said: Said) -> SupportTurn | None:
    """Take the number that was asked for, or what looks as if it were meant to be one; words go their own way."""
    offered_again = replace(heard, step=SupportStep.OFFERED)
    if (phone := read_phone(said.words)) is not None:
        return SupportTurn(TalkKey.CALL_BACK_TAKEN, offered_again, AskCallBack(phone))
    if said.words.strip() in _LEAVE:
        return SupportTurn(TalkKey.LISTENING, offered_again)
    is_meant_as_one = said.number is None and any(sign.isdigit() for sign in said.words)
    return SupportTurn(TalkKey.CALL_BACK_UNCLEAR, heard) if is_meant_as_one else None


def _wanted(said: Said, setting: DutySetting) -> TalkKey | None:
    """Return which answer is asked for, by number or in words."""
    if said.number is None:
        return said.meant
    offers = choices(setting)
    is_one = 1 <= said.number <= len(offers)
    return TalkKey(offers[said.number - 1]) if is_one else TalkKey.NO_SUCH_CHOICE


def _lead(key: TalkKey, heard: Support, setting: DutySetting) -> SupportTurn:
    match key:
        case TalkKey.CALL_BACK if setting.mode is DutyMode.NONE:
            return SupportTurn(TalkKey.CALL_BACK_IMPOSSIBLE, replace(heard, step=SupportStep.OFFERED))
        case TalkKey.CALL_BACK:
            return SupportTurn(key, replace(heard, step=SupportStep.NUMBER))
        case TalkKey.MISTAKEN:
            return SupportTurn(key, replace(heard, step=SupportStep.CLOSED), Mistaken())
        case _:
            return SupportTurn(key, replace(heard, step=SupportStep.OFFERED))
