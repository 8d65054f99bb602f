"""Wrapped data keys, in a database of their own so that they are backed up apart from the data."""

from pymongo import ReturnDocument

from server.storage.mongo import QUERY_MS, Database, reaching


@reaching
class KeyStore:
    """Fulfils `vault.keys.WrappedKeys`."""

    def __init__(self, database: Database) -> None:
        self._keys = database["keys"]

    async def find(self, name: str) -> bytes | None:
        """Return the wrapped key of this name."""
        kept = await self._keys.find_one({"_id": name}, max_time_ms=QUERY_MS)
        return bytes(kept["wrapped"]) if kept else None

    async def add(self, name: str, wrapped: bytes) -> bytes:
        """Keep this wrapped key unless the name has one; return the one that is kept."""
        kept = await self._keys.find_one_and_update(
            {"_id": name},
            {"$setOnInsert": {"wrapped": wrapped, "v": 1}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return bytes(kept["wrapped"])
