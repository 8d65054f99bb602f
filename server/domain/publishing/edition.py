"""An edition: what goes out once at one time, and its life as a table of states."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.clock import day
from server.domain.refusals import WrongState

LEASE = timedelta(seconds=90)  # longer than the longest call with its retries
REPEAT_AFTER = (  # 45066: the same client id not again within its minute; 100 calls a day are all there are
    timedelta(seconds=61),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=10),
)
REPEAT_UNTIL = timedelta(hours=24)  # the platform forgets a client id after a day
GIVE_UP_ASKING = timedelta(hours=48)
_GAPS = (timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=15))
_LONG_GAP = timedelta(hours=1)


class Way(StrEnum):
    """How an edition goes out; `reply` is the keyword 今日 alone."""

    MASS = "mass"
    REPLY = "reply"


class EditionState(StrEnum):
    """Where an edition stands."""

    PLANNED = "planned"
    PREPARING = "preparing"
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    MISSED = "missed"
    CANCELLED = "cancelled"


_S = EditionState
STEPS = {
    _S.PLANNED: {_S.PREPARING, _S.SENT, _S.MISSED, _S.FAILED, _S.CANCELLED},
    _S.PREPARING: {_S.READY, _S.MISSED, _S.FAILED, _S.CANCELLED},
    _S.READY: {_S.SENDING, _S.MISSED, _S.CANCELLED},
    _S.SENDING: {_S.SENT, _S.FAILED},
    _S.SENT: set[EditionState](),
    _S.FAILED: set[EditionState](),
    _S.MISSED: set[EditionState](),
    _S.CANCELLED: set[EditionState](),
}
OPEN = frozenset({_S.PLANNED, _S.PREPARING, _S.READY, _S.SENDING})
HOLDS_THE_DAY = OPEN | {_S.SENT}  # a 公众号 sends once a day: these states have the day for themselves


@dataclass(frozen=True, slots=True)
class Rules:
    """When an edition is prepared and until when it may still go out."""

    prepare_ahead: timedelta = timedelta(minutes=30)
    grace: timedelta = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an edition's life: into which state, when, by whom, and why if it needs saying."""

    state: EditionState
    at: datetime
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was made for an edition at WeChat so far; `tried` names the call that may have been made unseen."""

    cover: str = ""
    pictures: tuple[tuple[str, str], ...] = ()
    draft: str = ""
    tried: str = ""
    looks: int = 0


@dataclass(frozen=True, slots=True)
class Sending:
    """The one mass send of an edition: its client id, its calls, and the id WeChat gave the job."""

    client_id: str
    first_called: datetime
    last_called: datetime
    calls: int = 1
    message: str = ""
    confirmed: bool = False
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """What WeChat says of a finished mass send; slightly off by its own word."""

    total: int = 0
    filtered: int = 0
    sent: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Edition:
    """One piece, one time, one way. `due` is when something has to happen next (None: nothing any more).

    `version` is 0 until the edition is prepared and then the piece's version it keeps; `revision` guards
    every change, so that two clocks cannot make the same step.
    """

    id: str
    piece: str
    way: Way
    at: datetime
    state: EditionState
    due: datetime | None
    history: tuple[Step, ...]
    series: str = ""
    version: int = 0
    prepared: Prepared = Prepared()
    sending: Sending | None = None
    counts: Counts | None = None
    revision: int = 0

    @property
    def slot(self) -> str:
        """Return the day this edition has for itself, as the stores keep it unique."""
        return f"{self.way}:{day(self.at)}"


def plan(edition_id: str, piece: str, way: Way, at: datetime, step: Step) -> Edition:
    """Return a new planned edition, due at once so that the tick finds when it must be prepared."""
    return Edition(edition_id, piece, way, at, _S.PLANNED, step.at, (step,))


def move(edition: Edition, step: Step, due: datetime | None) -> Edition:
    """Return the edition in its next state; raises `WrongState` where the table has no such step."""
    if step.state not in STEPS[edition.state]:
        raise WrongState(f"推送 {edition.id} 现在是 {edition.state}，不能变成 {step.state}。")
    return replace(edition, state=step.state, due=due, history=(*edition.history, step))


def next_call(sending: Sending) -> datetime:
    """Return when a mass send whose answer never came may be called again, with the same client id."""
    return sending.last_called + REPEAT_AFTER[min(sending.calls, len(REPEAT_AFTER)) - 1]


def next_look(edition: Edition, now: datetime) -> datetime:
    """Return when WeChat is asked next about an accepted mass send: with growing gaps."""
    asked = edition.sending.asked if edition.sending else 0
    return now + (_GAPS[asked] if asked < len(_GAPS) else _LONG_GAP)
