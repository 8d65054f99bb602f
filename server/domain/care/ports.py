"""What care needs of the outside, in its own words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from server.domain.audit.ports import Trail
from server.domain.care.call_backs import CallBack
from server.domain.care.duty import DutyPerson, DutySetting
from server.domain.care.model import Concern, Entry, Note
from server.domain.clock import Clock
from server.domain.post.ports import Reach, Rows
from server.domain.together import Together


class Concerns(Protocol):
    """The concerns and what belongs to them. Every change joins a running transaction and is majority-written."""

    async def draw_number(self) -> int:
        """Return a number that no unsettled concern has; it joins no transaction, so that no two wait for another."""
        ...

    async def find(self, concern: str) -> Concern | None:
        """Return a concern."""
        ...

    async def by_number(self, number: int) -> Concern | None:
        """Return the unsettled concern of this number, else the one that had it last."""
        ...

    async def of_worker(self, worker: str) -> Concern | None:
        """Return the worker's unsettled concern."""
        ...

    async def unsettled(self) -> Sequence[Concern]:
        """Return every concern that is not closed, the oldest first."""
        ...

    async def insert(self, concern: Concern) -> None:
        """Keep a new concern; raises `Taken` when the worker has an unsettled one, or the number is held."""
        ...

    async def save(self, concern: Concern) -> None:
        """Store a change guarded by the version that was read; raises `WrongState` if the concern moved on."""
        ...

    async def due(self, now: datetime, most: int) -> list[str]:
        """Return ids of unsettled concerns somebody must be called for, the earliest first."""
        ...

    async def claim(self, concern: str, now: datetime) -> Concern | None:
        """Take the call of a concern in hand for a while; None if nobody is due, or another process holds it."""
        ...

    async def release(self, concern: str, claims: int) -> None:
        """Let go of a concern that was claimed, unless another holds it since."""
        ...

    async def due_in_group(self, now: datetime, most: int) -> Sequence[Concern]:
        """Return unsettled concerns that the group must be told of, the earliest first."""
        ...

    async def hurry(self, now: datetime) -> None:
        """Make every concern without a taker due now: the duty has changed."""
        ...

    async def entry(self, cause: str) -> Entry | None:
        """Return the entry of this cause."""
        ...

    async def add_entry(self, entry: Entry) -> None:
        """Keep an entry, its words sealed apart from the chat."""
        ...

    async def entries(self, concern: str, most: int) -> Sequence[Entry]:
        """Return the newest entries of a concern, in the order of time."""
        ...

    async def add_note(self, note: Note) -> bool:
        """Keep a note, its words sealed; False if its id is kept already."""
        ...

    async def notes(self, concern: str, most: int) -> Sequence[Note]:
        """Return the newest notes of a concern, in the order of time."""
        ...

    async def add_call_back(self, call_back: CallBack) -> bool:
        """Keep a wish to be called back, its phone sealed; False if its id is kept already."""
        ...

    async def save_call_back(self, call_back: CallBack) -> None:
        """Store what became of attempts."""
        ...

    async def call_back(self, call_back: str) -> CallBack | None:
        """Return a wish to be called back."""
        ...

    async def call_backs(self, concern: str = "") -> Sequence[CallBack]:
        """Return a concern's wishes to be called back; without one all that are open; the oldest first."""
        ...


class Roster(Protocol):
    """The duty: its setting, its people, and the group's pace. Every change joins a running transaction."""

    async def setting(self) -> DutySetting:
        """Return the setting; nobody is there where none was made."""
        ...

    async def set(self, setting: DutySetting) -> None:
        """Keep the setting."""
        ...

    async def people(self) -> Sequence[DutyPerson]:
        """Return everybody, in order."""
        ...

    async def find(self, person: str) -> DutyPerson | None:
        """Return a person."""
        ...

    async def of_worker(self, worker: str) -> DutyPerson | None:
        """Return the person whom this follower bound."""
        ...

    async def add(self, person: DutyPerson) -> None:
        """Keep a new person; raises `Taken` when somebody has that name."""
        ...

    async def save(self, person: DutyPerson) -> None:
        """Store a person; raises `Taken` when the follower is bound to another."""
        ...

    async def remove(self, person: str) -> None:
        """Strike a person off."""
        ...

    async def due(self, now: datetime, most: int) -> list[str]:
        """Return ids of people who must be asked to renew."""
        ...

    async def claim(self, person: str, now: datetime) -> DutyPerson | None:
        """Take the question to one person in hand for a while; None if it is not due."""
        ...

    async def claim_group(self, now: datetime) -> Sequence[datetime] | None:
        """Take the group's robot in hand; return when it was last used, or None while another process holds it."""
        ...

    async def release_group(self, sent: Sequence[datetime]) -> None:
        """Let go of the group's robot, and note when it was last used."""
        ...


class Channels(Protocol):
    """How somebody is called. Each answers True when the message was taken, and may raise or hang."""

    async def to_group(self, text: str) -> bool:
        """Tell the group by its webhook."""
        ...

    async def to_phone(self, phone: str, text: str) -> bool:
        """Send a short message."""
        ...

    async def to_chat(self, openid: str, text: str) -> bool:
        """Send a customer-service message, which arrives in an open window only."""
        ...

    def has(self) -> frozenset[str]:
        """Return which of `group` and `phone` are configured."""
        ...


class Followers(Protocol):
    """Who a worker is in the account."""

    async def reach(self, worker: str, now: datetime) -> Reach | None:
        """Return how the worker is reached, or None when no follower is this worker."""
        ...


@dataclass(frozen=True, slots=True)
class Needs:
    """Everything that care stands on, handed in by `app`. `mark` is the keyed hash of a text."""

    concerns: Concerns
    roster: Roster
    channels: Channels
    trail: Trail
    followers: Followers
    rows: Rows
    together: Together
    clock: Clock
    randomness: Callable[[int], bytes]
    mark: Callable[[str], str]
