"""What booking needs of the outside, in its own words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from server.domain.booking.model import Booking, Expert, Reminder


class Pool(Protocol):
    """The experts."""

    async def experts(self) -> Sequence[Expert]:
        """Return every expert by id, those no longer offered too."""
        ...

    async def find(self, expert: str) -> Expert | None:
        """Return an expert, also one no longer offered."""
        ...


class Agenda(Protocol):
    """The bookings. Every change joins a running transaction and is majority-written."""

    async def taken_cells(self, experts: Collection[str], first: datetime, last: datetime) -> Collection[str]:
        """Return the cells of bookings of these experts that start from `first` to `last`, both included.

        Cells of other bookings may be among them.
        """
        ...

    async def of_worker(self, worker: str, now: datetime) -> Sequence[Booking]:
        """Return the worker's open bookings whose hour has not begun, soonest first."""
        ...

    async def find(self, booking: str) -> Booking | None:
        """Return a booking."""
        ...

    async def insert(self, booking: Booking) -> None:
        """Keep a new booking; raises `HourTaken` or `OwnOverlap` when one of its cells is held by another."""
        ...

    async def save(self, booking: Booking) -> bool:
        """Store a change guarded by the version that was read; False if the booking moved on meanwhile."""
        ...

    async def due(self, now: datetime, most: int) -> list[str]:
        """Return ids of open bookings whose `due` has come, the earliest first."""
        ...


@dataclass(frozen=True, slots=True)
class Notice:
    """A reminder for the post: `key` makes it once; after `expires` it has lost its sense."""

    key: str
    worker: str
    text: str
    due: datetime
    expires: datetime


class Notices(Protocol):
    """What booking asks of the post. Every change joins a running transaction."""

    async def leave(self, notice: Notice) -> None:
        """Keep a notice to be sent, unless its key is taken."""
        ...

    async def withdraw(self, keys: Collection[str]) -> None:
        """Take back those of these notices that have not been sent."""
        ...

    async def sent(self, keys: Collection[str]) -> Collection[str]:
        """Return those of these keys whose notice reached WeChat, or went out with a reply."""
        ...


class Tally(Protocol):
    """Counts what did not reach a worker."""

    def __call__(self, reminder: Reminder) -> None:
        """Count one reminder that was not sent when its hour began."""
        ...
