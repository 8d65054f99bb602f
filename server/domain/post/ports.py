"""What the post needs of the outside, in its own words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from server.domain.post.model import Row, RowState
from server.domain.post.saying import Saying
from server.domain.post.window import Done


class Carrier(Protocol):
    """Carries one saying to one person by a customer-service message."""

    async def carry(self, openid: str, saying: Saying) -> None:
        """Send it once; raises a `faults.Fault`: `Closed`, `Gone`, `Unclear` … (never repeats by itself)."""
        ...


@dataclass(frozen=True, slots=True)
class Reach:
    """How a worker is reached through the account, and what opens the window at this moment."""

    openid: str
    follows: bool
    deeds: tuple[Done, ...]


class People(Protocol):
    """Who a row goes to."""

    async def reach(self, worker: str, now: datetime) -> Reach | None:
        """Return how the worker is reached, or None when no follower is this worker."""
        ...

    async def owe(self, worker: str) -> None:
        """Note that rows wait for the worker's next message (joins a running transaction)."""
        ...


class Rows(Protocol):
    """The rows of the post."""

    async def add(self, row: Row) -> None:
        """Keep a row unless its key is taken; joins a running transaction."""
        ...

    async def due(self, now: datetime, most: int) -> list[str]:
        """Return ids of rows to be looked at: due and waiting, or sending with a lease that has run out."""
        ...

    async def claim(self, row: str, now: datetime) -> Row | None:
        """Move a due waiting row to sending (majority) and return it; None if another was first.

        A row found sending with a lapsed lease is returned as it is, its lease renewed.
        """
        ...

    async def settle(self, row: Row) -> bool:
        """Store a claimed row's new state, due and code; joins a running transaction.

        False, and nothing is stored, if its lease ran out and another process has claimed it since.
        """
        ...

    async def sent_since(self, worker: str, since: datetime) -> Sequence[datetime]:
        """Return when messages that use up the window's allowance were called for this worker."""
        ...

    async def release(self, worker: str, now: datetime) -> list[str]:
        """Make every row that waits for this worker's window due now; return their ids."""
        ...


class Tally(Protocol):
    """Counts what became of rows."""

    def __call__(self, state: RowState) -> None:
        """Count one row that reached this state."""
        ...
