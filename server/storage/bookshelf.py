"""What the house can say at this moment, kept in memory: files at once, replies as the library changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from server.domain.care.duty import DutySetting
from server.domain.care.service import DutyNow
from server.domain.conversation.scene import House
from server.domain.conversation.wordings import Replies, chosen
from server.domain.help.screening import Screening
from server.domain.publishing.piece import Kind, Line
from server.storage.duty import DutyStore
from server.storage.library import LibraryStore
from server.storage.shelf.reading import Shelf


class Bookshelf:
    """Fulfils `conversation.ports.Bookshelf`.

    The screening, the words of help, the lines and the welcome come from the files and are there from the first
    moment, whatever the database does. Reply rules and daily lines come from the library once it is reached, and
    who keeps the duty from its own store; until then nobody is said to be there.
    """

    def __init__(
        self, shelf: Shelf, screening: Callable[[], Screening], library: LibraryStore, duty: DutyStore
    ) -> None:
        self._shelf = shelf
        self._screening = screening
        self._library = library
        self._duty = duty
        self._read_at: datetime | None = None
        self._lines: tuple[str, ...] = ()
        self._house: House | None = None

    def house(self) -> House:
        """Return what the house says, as last read; the first time, which takes seconds, it is made ready."""
        if self._house is None:
            self._house = House(
                screening=self._screening(),
                help_words=self._shelf.help_words,
                lines=self._shelf.lines,
                duty=DutyNow(DutySetting(), ()),
                welcome=self._shelf.welcome,
                replies=Replies(()),
            )
        return self._house

    def line_of_the_day(self, key: str) -> str:
        """Return the line of a day, always the same for the same key; empty while there is none."""
        return chosen(self._lines, key) if self._lines else ""

    async def refresh(self) -> None:
        """Read again who keeps the duty, and the library if it has changed."""
        duty = DutyNow(await self._duty.setting(), tuple(await self._duty.people()))
        self._house = replace(self.house(), duty=duty)
        changed_at = await self._library.changed_at()
        if changed_at is None or changed_at == self._read_at:
            return
        replies = await self._library.shown(Kind.REPLY)
        lines = await self._library.shown(Kind.LINE)
        self._house = replace(self.house(), replies=Replies(replies))
        self._lines = tuple(line.body.text for line in lines if isinstance(line.body, Line))
        self._read_at = changed_at
