"""The rows of the post: what goes out to one person, its words sealed."""

from collections.abc import Sequence
from datetime import datetime

from pymongo import ASCENDING, ReturnDocument

from server.domain.post.model import LEASE, OPEN, USES_ALLOWANCE, Row, RowState
from server.storage.documents import from_document, to_document
from server.storage.mongo import QUERY_MS, Database, Document, reaching, session
from server.storage.words import open_saying, seal_saying
from server.vault.seals import Seals

_WAITING, _SENDING = str(RowState.WAITING), str(RowState.SENDING)


@reaching
class PostStore:
    """Fulfils `post.ports.Rows`."""

    def __init__(self, database: Database, seals: Seals) -> None:
        self._rows = database["post"]
        self._seals = seals

    async def ensure_indexes(self) -> None:
        """Make the indexes of the tick and of a worker's own rows."""
        open_only = {"state": {"$in": sorted(OPEN)}}
        await self._rows.create_index([("due", ASCENDING)], partialFilterExpression=open_only)
        await self._rows.create_index([("worker", ASCENDING), ("called_at", ASCENDING)])

    async def add(self, row: Row) -> None:
        """Keep a row unless its key is taken; joins a running transaction."""
        document = to_document(row, without=["saying"])
        document["saying"] = await seal_saying(self._seals, row.saying, row.id, row.due)
        key = document.pop("_id")
        await self._rows.update_one({"_id": key}, {"$setOnInsert": document}, upsert=True, session=session())

    async def due(self, now: datetime, most: int) -> list[str]:
        """Return ids of rows due and waiting, or sending with a lease that has run out."""
        cursor = self._rows.find(_due(now), {"_id": 1}).sort("due").limit(most).max_time_ms(QUERY_MS)
        return [document["_id"] async for document in cursor]

    async def count_due(self, now: datetime) -> int:
        """Return how many rows are due or being sent."""
        wanted = {"$or": [_due(now), {"state": _SENDING}]}
        return await self._rows.count_documents(wanted, maxTimeMS=QUERY_MS)

    async def count(self, state: RowState) -> int:
        """Return how many rows are in this state."""
        return await self._rows.count_documents({"state": str(state)}, maxTimeMS=QUERY_MS)

    async def claim(self, row: str, now: datetime) -> Row | None:
        """Move a due row to sending and return it as it was called before; None if another was first."""
        claimed = await self._rows.find_one_and_update(
            {"_id": row, **_due(now)},
            {"$set": {"state": _SENDING, "due": now + LEASE}, "$inc": {"claims": 1}},
            return_document=ReturnDocument.AFTER,
        )
        return await self._row(claimed) if claimed else None

    async def settle(self, row: Row) -> bool:
        """Store a claimed row's new state, due and code; False if another process has claimed it since.

        Joins a running transaction.
        """
        document = to_document(row, without=["saying"])
        held = {"_id": document.pop("_id"), "state": _SENDING, "claims": row.claims}
        result = await self._rows.update_one(held, {"$set": document}, session=session())
        return bool(result.matched_count)

    async def sent_since(self, worker: str, since: datetime) -> Sequence[datetime]:
        """Return when messages that use up the window's allowance were called for this worker."""
        wanted = {
            "worker": worker,
            "called_at": {"$gte": since},
            "state": {"$in": sorted(USES_ALLOWANCE)},
        }
        cursor = self._rows.find(wanted, {"called_at": 1}).max_time_ms(QUERY_MS)
        return [document["called_at"] async for document in cursor]

    async def release(self, worker: str, now: datetime) -> list[str]:
        """Make every row that waits for this worker's window due now; return their ids."""
        wanted = {"worker": worker, "state": _WAITING, "needs_window": True, "expires": {"$gt": now}}
        ids = [document["_id"] async for document in self._rows.find(wanted, {"_id": 1}, session=session())]
        change = {"$set": {"due": now, "needs_window": False}}
        await self._rows.update_many({"_id": {"$in": ids}}, change, session=session())
        return ids

    async def _row(self, document: Document) -> Row:
        sealed = bytes(document["saying"])
        return from_document(Row, document, given={"saying": await open_saying(self._seals, sealed, document["_id"])})


def _due(now: datetime) -> Document:
    return {"due": {"$lte": now}, "state": {"$in": [_WAITING, _SENDING]}}
