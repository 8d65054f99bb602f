"""What the house can say at this moment, kept in memory: files at once, replies as the library changes."""

from datetime import datetime

from server.domain.conversation.scene import House
from server.domain.conversation.wordings import Replies, chosen
from server.domain.help.phrases import Phrases
from server.domain.publishing.piece import Kind, Line
from server.storage.library import LibraryStore
from server.storage.shelf.reading import Shelf


class Bookshelf:
    """Fulfils `conversation.ports.Bookshelf`.

    Phrases of danger, the help sentences, the lines and the welcome come from the files and are there from the
    first moment, whatever the database does. Reply rules and daily lines come from the library once it is reached.
    """

    def __init__(self, shelf: Shelf, library: LibraryStore) -> None:
        self._shelf = shelf
        self._library = library
        self._phrases = Phrases(shelf.phrases)
        self._read_at: datetime | None = None
        self._lines: tuple[str, ...] = ()
        self._house = self._with(Replies(()))

    def house(self) -> House:
        """Return phrases, lines, welcome and replies as last read."""
        return self._house

    def line_of_the_day(self, key: str) -> str:
        """Return the line of a day, always the same for the same key; empty while there is none."""
        return chosen(self._lines, key) if self._lines else ""

    async def refresh(self) -> None:
        """Read the library again if it has changed."""
        changed_at = await self._library.changed_at()
        if changed_at is None or changed_at == self._read_at:
            return
        replies = await self._library.shown(Kind.REPLY)
        lines = await self._library.shown(Kind.LINE)
        self._house = self._with(Replies(replies))
        self._lines = tuple(line.body.text for line in lines if isinstance(line.body, Line))
        self._read_at = changed_at

    def _with(self, replies: Replies) -> House:
        return House(
            phrases=self._phrases,
            sentences=self._shelf.sentences,
            lines=self._shelf.lines,
            welcome=self._shelf.welcome,
            replies=replies,
        )
