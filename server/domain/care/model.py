"""What a concern is, what belongs to it, and its life as a table of states."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.help.screening import Grade, Kind
from server.domain.refusals import WrongState

LEASE = timedelta(seconds=30)  # after it, what a killed process had in hand is done by another
FIRST_NUMBER, LAST_NUMBER = 1001, 9999
GROUP = "group"  # the webhook, where a call names whom it went to


class ConcernState(StrEnum):
    """Where a concern stands."""

    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"

    @property
    def called(self) -> str:
        """Return the state as duty staff read it."""
        return {"open": "等人接", "taken": "有人接了", "closed": "已结束"}[self]


STEPS = {
    ConcernState.OPEN: {ConcernState.TAKEN, ConcernState.CLOSED},
    ConcernState.TAKEN: {ConcernState.TAKEN, ConcernState.OPEN, ConcernState.CLOSED},
    ConcernState.CLOSED: set[ConcernState](),
}
UNSETTLED = frozenset({ConcernState.OPEN, ConcernState.TAKEN})


class Outcome(StrEnum):
    """How a concern ended."""

    REACHED = "reached"
    REFERRED = "referred"
    RESCUED = "rescued"
    NOT_REACHED = "not-reached"
    MISTAKEN = "mistaken"

    @property
    def called(self) -> str:
        """Return the outcome as duty staff write it."""
        return _OUTCOMES[self]


_OUTCOMES = {
    Outcome.REACHED: "已联系",
    Outcome.REFERRED: "已转介",
    Outcome.RESCUED: "已报警",
    Outcome.NOT_REACHED: "联系不上",
    Outcome.MISTAKEN: "是误会",
}


def outcome_of(words: str) -> Outcome | None:
    """Return the outcome that these words name, in Chinese or as it is kept."""
    return next((each for each in Outcome if words.strip() in (each.called, str(each))), None)


@dataclass(frozen=True, slots=True)
class Cry:
    """What a follower's message brings; `cause` is the message's keyed hash and makes it once."""

    cause: str
    worker: str
    at: datetime
    grade: Grade
    kind: Kind
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody was called for a concern: who (an id, or `GROUP`), and which channels took it (none: nobody heard)."""

    at: datetime
    whom: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a concern's life: into which state, when, by whom."""

    state: ConcernState
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Concern:
    """One follower's need of a person, from the first cry to how it ended; ids and instants only.

    `number` (1001 to 9999) is what duty staff call it by, unique among those not closed. `due` is when somebody
    must be called next, `group_due` when the group's webhook must name it (None: nobody, not). A taker is sought
    since `sought_from`: `rung` of the line have been called since then, and every administrator `rounds` times;
    `exhausted_at` is when the line first came to its end. `cleared_at` is when the follower last said that it was
    a mistake, which closes nothing. `claims` counts who took a call in hand; `version` guards every change.
    """

    id: str
    number: int
    worker: str
    grade: Grade
    kind: Kind
    state: ConcernState
    opened_at: datetime
    last_at: datetime
    sought_from: datetime
    entries: int
    due: datetime | None
    group_due: datetime | None = None
    rung: int = 0
    rounds: int = 0
    exhausted_at: datetime | None = None
    cleared_at: datetime | None = None
    taker: str = ""
    outcome: Outcome | None = None
    calls: tuple[Call, ...] = ()
    history: tuple[Step, ...] = ()
    claims: int = 0
    version: int = 0

    @property
    def wakes(self) -> bool:
        """Tell whether somebody is called for it at any hour: life is in danger, or somebody is being hurt."""
        return wakes(self.grade, self.kind)


@dataclass(frozen=True, slots=True)
class Entry:
    """One cry of a concern; `id` is its cause. `words` are sealed wherever they lie."""

    id: str
    concern: str
    worker: str
    at: datetime
    grade: Grade
    kind: Kind
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Note:
    """What duty staff wrote about a concern, or `told` the follower; sealed wherever it lies."""

    id: str
    concern: str
    at: datetime
    by: str
    words: str = field(repr=False)
    told: bool = False


def wakes(grade: Grade, kind: Kind) -> bool:
    """Tell whether a cry of this grade and kind wakes a person at night."""
    return grade is Grade.URGENT or kind in {Kind.THREAT, Kind.VIOLENCE}


def number_after(drawn: int) -> int:
    """Return the number of the so-manyth concern, the first being 1: counted up, and from the start again."""
    return FIRST_NUMBER + (drawn - 1) % (LAST_NUMBER - FIRST_NUMBER + 1)


def opened(cry: Cry, concern: str, number: int) -> Concern:
    """Return a new concern of this cry; somebody is called for it at once."""
    return Concern(
        id=concern,
        number=number,
        worker=cry.worker,
        grade=cry.grade,
        kind=cry.kind,
        state=ConcernState.OPEN,
        opened_at=cry.at,
        last_at=cry.at,
        sought_from=cry.at,
        entries=1,
        due=cry.at,
        group_due=cry.at if wakes(cry.grade, cry.kind) else None,
        history=(Step(ConcernState.OPEN, cry.at, cry.worker),),
    )


def cried_again(concern: Concern, cry: Cry) -> Concern:
    """Return the concern with one more entry; a graver cry raises it.

    What wakes somebody and did not before is called at once; one that is taken has its taker told again.
    """
    graver = _gravity(cry.grade, cry.kind) > _gravity(concern.grade, concern.kind)
    grown = replace(concern, entries=concern.entries + 1, last_at=max(concern.last_at, cry.at))
    if graver:
        grown = replace(grown, grade=cry.grade, kind=cry.kind)
    if concern.state is ConcernState.TAKEN:
        return replace(grown, due=_sooner(concern.due, cry.at)) if wakes(cry.grade, cry.kind) else grown
    if grown.wakes and not concern.wakes:
        return replace(grown, due=_sooner(concern.due, cry.at), group_due=cry.at)
    return grown


def asked_again(concern: Concern, at: datetime) -> Concern:
    """Return the concern whose follower asked for something that its taker, if there is one, must hear of."""
    heard = replace(concern, last_at=max(concern.last_at, at))
    return replace(heard, due=_sooner(concern.due, at)) if concern.state is ConcernState.TAKEN else heard


def taken(concern: Concern, by: str, at: datetime) -> Concern:
    """Return the concern with this taker, whom nobody needs to be called for any more; raises `WrongState`."""
    return replace(_moved(concern, ConcernState.TAKEN, by, at), taker=by, due=None, group_due=None, rounds=0)


def handed_over(concern: Concern, by: str, to: str, at: datetime) -> Concern:
    """Return the concern with another taker, who is told at once; raises `WrongState`."""
    return replace(_moved(concern, ConcernState.TAKEN, by, at), taker=to, due=at, group_due=None, rounds=0)


def given_back(concern: Concern, by: str, at: datetime) -> Concern:
    """Return the concern without a taker: the line is called anew from its beginning; raises `WrongState`."""
    if concern.state is not ConcernState.TAKEN:
        raise WrongState(f"{concern.number} 现在没有人接着，不用放回。")
    free = _moved(concern, ConcernState.OPEN, by, at)
    return replace(free, taker="", due=at, group_due=at, sought_from=at, rung=0, rounds=0, exhausted_at=None)


def closed(concern: Concern, by: str, outcome: Outcome, at: datetime) -> Concern:
    """Return the concern ended with an outcome; raises `WrongState` if it is closed already."""
    return replace(_moved(concern, ConcernState.CLOSED, by, at), outcome=outcome, due=None, group_due=None)


def _moved(concern: Concern, state: ConcernState, by: str, at: datetime) -> Concern:
    if state not in STEPS[concern.state]:
        raise WrongState(f"{concern.number} 已经结束，不能再改。需要的话，回复“求助”看看现在还有哪些。")
    return replace(concern, state=state, history=(*concern.history, Step(state, at, by)))


def _gravity(grade: Grade, kind: Kind) -> tuple[bool, int]:
    ranks = (Grade.NONE, Grade.OTHER, Grade.WATCH, Grade.URGENT)
    return wakes(grade, kind), ranks.index(grade)


def _sooner(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)
