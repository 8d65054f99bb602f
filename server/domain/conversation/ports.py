"""What the conversation needs of the outside, in its own words."""

from typing import Protocol

from server.domain.conversation.messages import Heard
from server.domain.conversation.model import Dialogue, Entry, Reply
from server.domain.conversation.scene import House
from server.domain.people.model import Follower


class AlreadyTold(Exception):
    """This message was kept before: give the reply that was kept with it."""


class MovedOn(Exception):
    """Another message of the same person changed the dialogue meanwhile: read and work out anew."""


class Messages(Protocol):
    """What was heard and answered."""

    async def keep(self, entry: Entry) -> None:
        """Keep a message whose turn only answers; raises `AlreadyTold`."""
        ...

    async def add(self, entry: Entry) -> None:
        """Keep a message as the first write of its turn's transaction; raises `AlreadyTold`."""
        ...

    async def reply_to(self, heard: Heard) -> Reply | None:
        """Return the reply kept for this message; None if it is not known."""
        ...


class Dialogues(Protocol):
    """The open questions."""

    async def find(self, worker: str) -> Dialogue | None:
        """Return the worker's dialogue."""
        ...

    async def save(self, dialogue: Dialogue, read: int) -> None:
        """Store the dialogue in the turn's transaction if its version is still `read`; raises `MovedOn`."""
        ...


class People(Protocol):
    """The followers."""

    async def find(self, openid: str) -> Follower | None:
        """Return the follower of this openid."""
        ...

    async def add(self, follower: Follower) -> None:
        """Keep a follower in the turn's transaction; raises `Taken` when another message was first."""
        ...

    async def save(self, follower: Follower) -> None:
        """Store in the turn's transaction that a follower follows or left, unless a newer event is known."""
        ...

    async def clear_owed(self, worker: str) -> None:
        """Note in the turn's transaction that nothing waits for the worker any more."""
        ...


class Spool(Protocol):
    """Where turns wait that were answered out of memory."""

    async def keep(self, cause: str, heard: Heard, reply: Reply) -> bool:
        """Keep a turn on disk, sealed; False, and never an exception, when that cannot be done."""
        ...


class Bookshelf(Protocol):
    """What the house can say at this moment, out of memory."""

    def house(self) -> House:
        """Return phrases, lines, welcome and replies as last read."""
        ...

    def line_of_the_day(self, key: str) -> str:
        """Return the line of a day, always the same for the same key."""
        ...
