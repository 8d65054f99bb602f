"""What the audit log needs of the outside."""

from collections.abc import Sequence
from typing import Protocol

from server.domain.audit.model import Line


class Trail(Protocol):
    """The audit log: lines are added and read, never changed."""

    async def add(self, line: Line) -> None:
        """Keep a line, unless its id is kept already; joins a running transaction."""
        ...

    async def recent(self, most: int, whom: str = "") -> Sequence[Line]:
        """Return the newest lines, newest first; those about one worker where `whom` names one."""
        ...
