"""The steps at which processes are killed, taken from the code itself; and who is killed at which, how."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from server.domain.post.model import RowState
from server.domain.publishing.edition import STEPS, EditionState
from server.wechat.calls import CALLS

VICTIMS = ("web", "worker", "mongod", "valkey")
MOMENTS = ("before", "after")

_S = EditionState


@dataclass(frozen=True, slots=True)
class Blow:
    """Who is killed with -9, and whether before the step is done or when nobody has been told that it is."""

    victim: str
    moment: str


TELLING = {
    "ready→sending": Blow("worker", "after"),  # between the client id that was stored and the call
    "/cgi-bin/message/mass/sendall": Blow("worker", "after"),  # everybody has it, and nobody knows
    "/cgi-bin/message/custom/send": Blow("worker", "after"),
    "a turn: insert bookings": Blow("mongod", "before"),
    "a turn: commitTransaction": Blow("web", "after"),  # the hour is booked, and WeChat has no answer
}
"""The blows that tell most, which fall in every run."""


class Rota:
    """Which blows every step has still to bear: one each, the victims taking turns, or every one there is."""

    def __init__(self, steps: Iterable[str], *, full: bool) -> None:
        blows = [Blow(victim, moment) for moment in MOMENTS for victim in VICTIMS]
        turns = {step: [TELLING.get(step, blows[number % len(blows)])] for number, step in enumerate(steps)}
        self._open = {step: list(blows) if full else turn for step, turn in turns.items()}
        self.borne: list[tuple[str, Blow]] = []

    def next_blow(self, step: str) -> Blow | None:
        """The blow that comes at this step; an unknown step fails the story, for nobody thought of it."""
        assert step in self._open, f"{step} is in no table of steps"
        return self._open[step][0] if self._open[step] else None

    def bear(self, step: str) -> None:
        """Note that the step has borne its next blow."""
        self.borne.append((step, self._open[step].pop(0)))

    def missing(self, steps: Iterable[str]) -> list[str]:
        """Those of these steps that have not borne all their blows."""
        return [step for step in steps if self._open[step]]


# An edition: each step of the table of states, and each thing stored or called between two of them.


def transitions() -> Iterator[str]:
    """Every step of the table of states of an edition."""
    for state, following in STEPS.items():
        yield from (f"{state}→{other}" for other in sorted(following))


NEXT: Mapping[str, str] = {
    _S.PLANNED: "planned→preparing",
    _S.PREPARING: "cover noted",
    "cover noted": "cover kept",
    "cover kept": "picture kept",
    "picture kept": "draft noted",
    "draft noted": "draft kept",
    "draft kept": "preparing→ready",
    _S.READY: "ready→sending",
    _S.SENDING: "accepted",
    "accepted": "sending→sent",
}
"""What the worker stores next, by where an edition stands, as long as all goes well."""

CLAIM = "claim"
TOLD = "told by the event"
PREPARED = {
    "cover": "cover kept",
    "pictures": "picture kept",
    "draft": "draft kept",
    "tried": "cover noted",
    "looks": "cover noted",
}
"""The fields of what was prepared, each with a step that stores it."""
SENDING = {
    **dict.fromkeys(("client_id", "first_called", "last_called", "calls"), "ready→sending"),
    "message": "accepted",
    "confirmed": "accepted",
    "asked": "sending→sent",
}
"""The fields of the one mass send, each with a step that stores it."""

NOT_CALLED_BY_A_PROCESS = frozenset({"/cgi-bin/menu/create", "/cgi-bin/menu/get", "/cgi-bin/menu/delete"})
"""A person sends the menu, with a command, and sees what becomes of it."""

TO_ONE_PERSON = "/cgi-bin/message/custom/send"
OF_A_VOICE = "/cgi-bin/media/get"
PRESS_CALLS = tuple(path for path in CALLS if path not in {*NOT_CALLED_BY_A_PROCESS, TO_ONE_PERSON, OF_A_VOICE})

LOOKS = {
    "/cgi-bin/material/batchget_material": "/cgi-bin/material/add_material",
    "/cgi-bin/draft/batchget": "/cgi-bin/draft/add",
}
"""What is asked when the answer of a call that makes something was lost."""

LIFE = (CLAIM, *NEXT.values(), TOLD, *PRESS_CALLS)
ENDS = tuple(step for step in transitions() if step not in LIFE)
STANDS = {
    _S.PLANNED: "planned",
    _S.PREPARING: "cover noted",
    "preparing→failed": "draft noted",
    _S.READY: "ready",
    _S.SENDING: TOLD,
}
"""Where an edition stands, in these stories, when it takes a step to another end than being sent."""


def standing(edition: Mapping[str, Any]) -> str:
    """Where an edition stands, as its document tells."""
    made, sending = edition["prepared"], edition["sending"]
    if edition["state"] == _S.PREPARING:
        if made["tried"]:
            return f"{made['tried']} noted"
        kept = [word for field, word in reversed(PREPARED.items()) if made[field] and word.endswith("kept")]
        return kept[0] if kept else str(_S.PREPARING)
    if edition["state"] == _S.SENDING and sending["message"]:
        return "accepted"
    return str(edition["state"])


# A turn: what one message writes.


@dataclass(frozen=True, slots=True)
class Write:
    """One kind of write of a turn; `collection` is empty where a transaction is committed."""

    command: str
    collection: str

    @property
    def step(self) -> str:
        """Its name in the rota."""
        return f"a turn: {self.command} {self.collection}".rstrip()


KEPT = Write("insert", "messages")
MET = Write("insert", "followers")
MOVED = Write("update", "followers")
ASKED = Write("insert", "dialogues")
ASKED_AGAIN = Write("update", "dialogues")
BOOKED = Write("insert", "bookings")
CANCELLED = Write("update", "bookings")
SAID = Write("update", "post")
HEARD_TOO_SOON = Write("update", "mass_events")
NUMBERED = Write("findAndModify", "counters")
RAISED = Write("insert", "concerns")
CRIED_AGAIN = Write("update", "concerns")
ENTERED = Write("insert", "concern_entries")
ASKED_FOR_A_CALL = Write("update", "call_backs")
SPOKEN = Write("update", "voices")
COMMITTED = Write("commitTransaction", "")
OF_HELP = (NUMBERED, RAISED, CRIED_AGAIN, ENTERED, ASKED_FOR_A_CALL, SPOKEN)
WRITES = (KEPT, MET, MOVED, ASKED, ASKED_AGAIN, BOOKED, CANCELLED, SAID, HEARD_TOO_SOON, *OF_HELP, COMMITTED)

DEEDS: Mapping[str, tuple[Write, ...]] = {
    "Meet": (MET,),
    "Move": (MOVED,),
    "BookHour": (BOOKED,),
    "CancelHour": (CANCELLED, SAID),
    "Release": (MOVED, SAID),
    "SettleMass": (HEARD_TOO_SOON,),  # or the edition itself, which is told by the event
    "RaiseConcern": (NUMBERED, RAISED, CRIED_AGAIN, ENTERED),
    "AskCallBack": (CRIED_AGAIN, ASKED_FOR_A_CALL),
    "Mistaken": (CRIED_AGAIN,),
    "KeepVoice": (SPOKEN,),
}
"""What each deed of a turn writes beside the message and the dialogue."""


# What the tick finds due and writes: a reminder, an hour that begins, the next edition of a series, a call for a
# concern, a text to the duty's group, a voice that is fetched.

REMINDED = tuple(Write(*each) for each in (("update", "bookings"), ("update", "post"), ("commitTransaction", "")))
BEGUN = (Write("update", "bookings"), COMMITTED)
CONTINUED = tuple(Write(*each) for each in (("update", "series"), ("insert", "editions"), ("commitTransaction", "")))
CALLED = (Write("findAndModify", "concerns"), Write("update", "concerns"), COMMITTED)
TOLD_TO_THE_GROUP = (Write("findAndModify", "duty"), Write("update", "duty"))
FETCHED = (Write("findAndModify", "voices"), Write("update", "voices"))


def due_step(what: str, write: Write) -> str:
    """Its name in the rota."""
    return f"{what}: {write.command} {write.collection}".rstrip()


FALLS_DUE: Mapping[str, tuple[Write, ...]] = {
    "a reminder": REMINDED,
    "an hour begins": BEGUN,
    "a series goes on": CONTINUED,
    "a concern": CALLED,
    "the group": TOLD_TO_THE_GROUP,
    "a voice": FETCHED,
}
DUE = (*(due_step(what, write) for what, writes in FALLS_DUE.items() for write in writes), OF_A_VOICE)


# A row of the post: claimed, its call noted, called, settled.

POST_NEXT: Mapping[str, str] = {
    RowState.WAITING: "row claimed",
    RowState.SENDING: "row's call noted",
    "called": "row settled",
}
POST = (*POST_NEXT.values(), TO_ONE_PERSON)


def row_standing(row: Mapping[str, Any]) -> str:
    """Where a row of the post stands, as its document tells."""
    return "called" if row["called_at"] is not None else str(row["state"])
