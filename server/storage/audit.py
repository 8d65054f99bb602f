"""The audit log: who looked at, or did, what; plain rows of ids."""

from collections.abc import Sequence

from pymongo import ASCENDING, DESCENDING

from server.domain.audit.model import Line
from server.storage.documents import from_document, to_document
from server.storage.mongo import QUERY_MS, Database, reaching, session


@reaching
class AuditStore:
    """Fulfils `audit.ports.Trail`."""

    def __init__(self, database: Database) -> None:
        self._lines = database["audit"]

    async def ensure_indexes(self) -> None:
        """Make the indexes of time, and of a worker's own lines."""
        await self._lines.create_index([("at", DESCENDING)])
        await self._lines.create_index([("whom", ASCENDING), ("at", DESCENDING)])

    async def add(self, line: Line) -> None:
        """Keep a line, unless its id is kept already; joins a running transaction."""
        document = to_document(line)
        key = document.pop("_id")
        await self._lines.update_one({"_id": key}, {"$setOnInsert": document}, upsert=True, session=session())

    async def recent(self, most: int, whom: str = "") -> Sequence[Line]:
        """Return the newest lines, newest first; those about one worker where `whom` names one."""
        wanted = {"whom": whom} if whom else {}
        cursor = self._lines.find(wanted, session=session()).sort([("at", DESCENDING), ("_id", DESCENDING)])
        return [from_document(Line, document) async for document in cursor.limit(most).max_time_ms(QUERY_MS)]
