"""A row of the post: one saying for one person, from the moment it is decided to what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.post.saying import Saying

LEASE = timedelta(seconds=30)
TRIES = 5


class RowState(StrEnum):
    """Where a row stands; `unknown` is sent again by nobody but a person."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    EXPIRED = "expired"


STEPS = {
    RowState.WAITING: {RowState.SENDING, RowState.EXPIRED},
    RowState.SENDING: {
        RowState.SENT,
        RowState.REFUSED,
        RowState.UNKNOWN,
        RowState.WAITING,
        RowState.EXPIRED,
    },
    RowState.UNKNOWN: {RowState.WAITING},
}
OPEN = frozenset({RowState.WAITING, RowState.SENDING})
USES_ALLOWANCE = frozenset({RowState.SENDING, RowState.SENT, RowState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Row:
    """One saying to one worker; `id` is the unique key of its cause, so that twice is once.

    `due` is when it is tried next, `expires` when it has lost its sense; `needs_window` marks a row that
    found the reply window shut and waits for the person's next message; `claims` counts who took it in hand
    and guards what they store, so that a holder whose lease ran out does not go on with it.
    """

    id: str
    worker: str
    saying: Saying
    why: str
    cause: str
    due: datetime
    expires: datetime
    state: RowState = RowState.WAITING
    tries: int = 0
    needs_window: bool = False
    claims: int = 0
    called_at: datetime | None = None
    code: int = 0
