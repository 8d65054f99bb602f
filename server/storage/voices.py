"""Voice messages: one row each, the sound sealed inside for as long as it is kept."""

from datetime import datetime

from pymongo import ASCENDING, ReturnDocument

from server.domain.care.voices import OPEN, Voice
from server.storage.documents import from_document, to_document
from server.storage.mongo import QUERY_MS, Database, Document, reaching, session
from server.vault.keys import chat_key
from server.vault.seals import Seals

_OPEN = {"$in": sorted(OPEN)}
_SOUND = "sound"  # sealed under the chat key of its month
_IN_HAND = "in_hand"  # somebody has claimed it and not settled it yet
_BARE = {_SOUND: 0, _IN_HAND: 0}


@reaching
class VoiceStore:
    """Fulfils `care.voices.Voices`."""

    def __init__(self, database: Database, seals: Seals) -> None:
        self._voices = database["voices"]
        self._seals = seals

    async def ensure_indexes(self) -> None:
        """Make the indexes of the tick and of what is in hand."""
        await self._voices.create_index([("due", ASCENDING)], partialFilterExpression={"state": _OPEN})
        await self._voices.create_index([(_IN_HAND, ASCENDING)], partialFilterExpression={_IN_HAND: True})

    async def add(self, voice: Voice) -> None:
        """Keep a voice to be fetched, unless its id is taken; joins a running transaction."""
        document = to_document(voice)
        key = document.pop("_id")
        await self._voices.update_one({"_id": key}, {"$setOnInsert": document}, upsert=True, session=session())

    async def due(self, now: datetime, most: int) -> list[str]:
        """Return ids of voices for which something must happen now."""
        cursor = self._voices.find(_due(now), {"_id": 1}).sort("due").limit(most).max_time_ms(QUERY_MS)
        return [document["_id"] async for document in cursor]

    async def count_due(self, now: datetime) -> int:
        """Return how many voices wait for something that is due, or are in somebody's hand."""
        waiting = await self._voices.count_documents(_due(now), maxTimeMS=QUERY_MS)
        in_hand = {_IN_HAND: True, "due": {"$gt": now}}  # a claim that ran out is due again
        return waiting + await self._voices.count_documents(in_hand, maxTimeMS=QUERY_MS)

    async def claim(self, voice: str, now: datetime, until: datetime) -> Voice | None:
        """Take a due voice in hand until then; None if another was first."""
        claimed = await self._voices.find_one_and_update(
            {"_id": voice, **_due(now)},
            {"$set": {"due": until, _IN_HAND: True}, "$inc": {"claims": 1}},
            projection=_BARE,
            return_document=ReturnDocument.AFTER,
        )
        return from_document(Voice, claimed) if claimed else None

    async def settle(self, voice: Voice, sound: bytes | None) -> bool:
        """Store a claimed voice and, sealed, its sound; False if another has claimed it since."""
        document = to_document(voice)
        key, gone = document.pop("_id"), {_IN_HAND: ""}
        if sound is None:
            gone[_SOUND] = ""
        else:
            document[_SOUND] = await self._seals.seal(chat_key(voice.at), sound, key)
        change: Document = {"$set": document, "$unset": gone}
        result = await self._voices.update_one({"_id": key, "claims": voice.claims}, change)
        return bool(result.matched_count)

    async def sound(self, voice: str) -> tuple[Voice, bytes] | None:
        """Return a voice and its sound, opened; None where there is none."""
        document = await self._voices.find_one({"_id": voice}, max_time_ms=QUERY_MS)
        if document is None or _SOUND not in document:
            return None
        opened = await self._seals.open(bytes(document[_SOUND]), voice)
        return from_document(Voice, document, beside=[_SOUND, _IN_HAND]), opened

    async def recent(self, most: int = 200) -> list[Voice]:
        """Return the voices that are kept or waited for, the newest first."""
        found = self._voices.find({"state": _OPEN}, _BARE).sort("at", -1).limit(most).max_time_ms(QUERY_MS)
        return [from_document(Voice, document) async for document in found]


def _due(now: datetime) -> Document:
    return {"state": _OPEN, "due": {"$lte": now}}
