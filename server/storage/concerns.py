"""Concerns: one unsettled one a worker under a unique index, what was written sealed apart from the chat."""

from collections.abc import Sequence
from datetime import datetime

from pymongo import ASCENDING, DESCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from server.domain.care.call_backs import CallBack, CallBackState
from server.domain.care.model import LEASE, UNSETTLED, Concern, ConcernState, Entry, Note, number_after
from server.domain.clock import wall
from server.domain.refusals import Taken, WrongState
from server.storage.documents import from_document, to_document
from server.storage.mongo import QUERY_MS, Database, Document, reaching, session
from server.vault.seals import Seals

_UNSETTLED = {"$in": sorted(UNSETTLED)}
_BESIDE = ("lease",)
_FIXED = ("_id", "v", "claims", "version")  # what a change never writes


def care_key(instant: datetime) -> str:
    """Return the name of the year's key for what belongs to concerns, which outlives the chat's."""
    return f"care-{wall(instant):%Y}"


@reaching
class ConcernStore:
    """Fulfils `care.ports.Concerns`. Words and phones are sealed; a concern itself holds ids and instants only."""

    def __init__(self, database: Database, seals: Seals) -> None:
        self._concerns = database["concerns"]
        self._entries = database["concern_entries"]
        self._notes = database["concern_notes"]
        self._call_backs = database["call_backs"]
        self._counters = database["counters"]
        self._seals = seals

    async def ensure_indexes(self) -> None:
        """Make the indexes that give a worker one concern and a number to one, and those of tick and desk."""
        unsettled = {"state": _UNSETTLED}
        for unique in ("worker", "number"):
            await self._concerns.create_index([(unique, ASCENDING)], unique=True, partialFilterExpression=unsettled)
        for instant in ("due", "group_due"):
            await self._concerns.create_index([(instant, ASCENDING)], partialFilterExpression=unsettled)
        await self._concerns.create_index([("number", ASCENDING), ("opened_at", DESCENDING)])
        for belonging in (self._entries, self._notes, self._call_backs):
            await belonging.create_index([("concern", ASCENDING), ("at", ASCENDING)])
        is_open = {"state": str(CallBackState.OPEN)}
        await self._call_backs.create_index([("at", ASCENDING)], partialFilterExpression=is_open)
        await self._counters.update_one({"_id": "concern"}, {"$setOnInsert": {"drawn": 0}}, upsert=True)

    async def draw_number(self) -> int:
        """Return a number that no unsettled concern has; it joins no transaction, so that no two wait for another.

        One that is drawn in vain leaves a gap, which harms nobody.
        """
        while True:
            counted = await self._counters.find_one_and_update(
                {"_id": "concern"}, {"$inc": {"drawn": 1}}, upsert=True, return_document=ReturnDocument.AFTER
            )
            number = number_after(counted["drawn"])
            held = {"number": number, "state": _UNSETTLED}
            if await self._concerns.find_one(held, {"_id": 1}, session=session(), max_time_ms=QUERY_MS) is None:
                return number

    async def find(self, concern: str) -> Concern | None:
        """Return a concern."""
        return await self._one({"_id": concern})

    async def by_number(self, number: int) -> Concern | None:
        """Return the unsettled concern of this number, else the one that had it last."""
        unsettled = await self._one({"number": number, "state": _UNSETTLED})
        return unsettled or await self._one({"number": number}, [("opened_at", DESCENDING)])

    async def of_worker(self, worker: str) -> Concern | None:
        """Return the worker's unsettled concern."""
        return await self._one({"worker": worker, "state": _UNSETTLED})

    async def _one(self, wanted: Document, order: list[tuple[str, int]] | None = None) -> Concern | None:
        document = await self._concerns.find_one(wanted, sort=order, session=session(), max_time_ms=QUERY_MS)
        return _concern(document) if document else None

    async def unsettled(self) -> Sequence[Concern]:
        """Return every concern that is not closed, the oldest first."""
        cursor = self._concerns.find({"state": _UNSETTLED}, session=session()).sort("opened_at")
        return [_concern(document) async for document in cursor.max_time_ms(QUERY_MS)]

    async def recent(self, most: int) -> Sequence[Concern]:
        """Return the newest concerns in any state, newest first."""
        cursor = self._concerns.find({}, session=session()).sort("opened_at", DESCENDING).limit(most)
        return [_concern(document) async for document in cursor.max_time_ms(QUERY_MS)]

    async def insert(self, concern: Concern) -> None:
        """Keep a new concern; raises `Taken` when the worker has an unsettled one, or the number is held."""
        try:
            await self._concerns.insert_one({**to_document(concern), "lease": None}, session=session())
        except DuplicateKeyError as fault:
            raise Taken("这位职工刚刚已经有一个求助了。") from fault

    async def save(self, concern: Concern) -> None:
        """Store a change guarded by the version that was read; raises `WrongState` if the concern moved on."""
        document = to_document(concern)
        result = await self._concerns.update_one(
            {"_id": concern.id, "version": concern.version},
            {
                "$set": {name: value for name, value in document.items() if name not in _FIXED},
                "$inc": {"version": 1},
            },
            session=session(),
        )
        if not result.matched_count:
            raise WrongState("这个求助刚刚有了变动，请再看一眼。")

    async def due(self, now: datetime, most: int) -> list[str]:
        """Return ids of unsettled concerns somebody must be called for, the earliest first."""
        wanted = {"state": _UNSETTLED, "due": {"$lte": now}}
        cursor = self._concerns.find(wanted, {"_id": 1}).sort("due").limit(most).max_time_ms(QUERY_MS)
        return [document["_id"] async for document in cursor]

    async def claim(self, concern: str, now: datetime) -> Concern | None:
        """Take the call of a concern in hand for a while; None if nobody is due, or another process holds it."""
        free = [{"lease": None}, {"lease": {"$lte": now}}]
        claimed = await self._concerns.find_one_and_update(
            {"_id": concern, "state": _UNSETTLED, "due": {"$lte": now}, "$or": free},
            {"$set": {"lease": now + LEASE}, "$inc": {"claims": 1}},
            return_document=ReturnDocument.AFTER,
        )
        return _concern(claimed) if claimed else None

    async def release(self, concern: str, claims: int) -> None:
        """Let go of a concern that was claimed, unless another holds it since; joins a running transaction."""
        held = {"_id": concern, "claims": claims}
        await self._concerns.update_one(held, {"$set": {"lease": None}}, session=session())

    async def due_in_group(self, now: datetime, most: int) -> Sequence[Concern]:
        """Return unsettled concerns that the group must be told of, the earliest first."""
        cursor = self._concerns.find({"state": _UNSETTLED, "group_due": {"$lte": now}}).sort("group_due").limit(most)
        return [_concern(document) async for document in cursor.max_time_ms(QUERY_MS)]

    async def hurry(self, now: datetime) -> None:
        """Make every concern without a taker due now; joins a running transaction."""
        waiting = {"state": str(ConcernState.OPEN), "due": {"$gt": now}}
        change = {"$set": {"due": now}, "$inc": {"version": 1}}
        await self._concerns.update_many(waiting, change, session=session())

    async def entry(self, cause: str) -> Entry | None:
        """Return the entry of this cause."""
        document = await self._entries.find_one({"_id": cause}, session=session(), max_time_ms=QUERY_MS)
        return await self._entry(document) if document else None

    async def add_entry(self, entry: Entry) -> None:
        """Keep an entry, its words sealed apart from the chat; joins a running transaction."""
        document = to_document(entry, without=["words"])
        document["sealed"] = await self._seal(entry.words, "entry", entry.id, entry.at)
        await self._entries.insert_one(document, session=session())

    async def entries(self, concern: str, most: int) -> Sequence[Entry]:
        """Return the newest entries of a concern, in the order of time."""
        cursor = self._entries.find({"concern": concern}, session=session()).sort([("at", DESCENDING), ("_id", -1)])
        rows = [document async for document in cursor.limit(most).max_time_ms(QUERY_MS)]
        return [await self._entry(document) for document in reversed(rows)]

    async def _entry(self, document: Document) -> Entry:
        words = await self._open(document, "entry")
        return from_document(Entry, document, beside=("sealed",), given={"words": words})

    async def add_note(self, note: Note) -> bool:
        """Keep a note, its words sealed; False if its id is kept already. Joins a running transaction."""
        document = to_document(note, without=["words"])
        document["sealed"] = await self._seal(note.words, "note", note.id, note.at)
        key = document.pop("_id")
        result = await self._notes.update_one({"_id": key}, {"$setOnInsert": document}, upsert=True, session=session())
        return result.upserted_id is not None

    async def notes(self, concern: str, most: int) -> Sequence[Note]:
        """Return the newest notes of a concern, in the order of time."""
        cursor = self._notes.find({"concern": concern}, session=session()).sort([("at", DESCENDING), ("_id", -1)])
        rows = [document async for document in cursor.limit(most).max_time_ms(QUERY_MS)]
        return [
            from_document(Note, row, beside=("sealed",), given={"words": await self._open(row, "note")})
            for row in reversed(rows)
        ]

    async def add_call_back(self, call_back: CallBack) -> bool:
        """Keep a wish to be called back, its phone sealed; False if its id is kept already. Joins a transaction."""
        document = to_document(call_back, without=["phone"])
        document["sealed"] = await self._seal(call_back.phone, "call-back", call_back.id, call_back.at)
        key = document.pop("_id")
        result = await self._call_backs.update_one(
            {"_id": key}, {"$setOnInsert": document}, upsert=True, session=session()
        )
        return result.upserted_id is not None

    async def save_call_back(self, call_back: CallBack) -> None:
        """Store what became of attempts; joins a running transaction."""
        document = to_document(call_back, without=["phone"])
        change = {"$set": {name: document[name] for name in ("state", "attempts")}}
        await self._call_backs.update_one({"_id": call_back.id}, change, session=session())

    async def call_back(self, call_back: str) -> CallBack | None:
        """Return a wish to be called back."""
        document = await self._call_backs.find_one({"_id": call_back}, session=session(), max_time_ms=QUERY_MS)
        return await self._wish(document) if document else None

    async def call_backs(self, concern: str = "") -> Sequence[CallBack]:
        """Return a concern's wishes to be called back; without one all that are open; the oldest first."""
        wanted = {"concern": concern} if concern else {"state": str(CallBackState.OPEN)}
        cursor = self._call_backs.find(wanted, session=session()).sort("at").max_time_ms(QUERY_MS)
        return [await self._wish(document) for document in await cursor.to_list(None)]

    async def _wish(self, document: Document) -> CallBack:
        phone = await self._open(document, "call-back")
        return from_document(CallBack, document, beside=("sealed",), given={"phone": phone})

    async def count_due(self, now: datetime) -> int:
        """Return how many concerns somebody must be called for now, or is being called for."""
        falls = [{"due": {"$lte": now}}, {"group_due": {"$lte": now}}, {"lease": {"$gt": now}}]
        return await self._concerns.count_documents({"state": _UNSETTLED, "$or": falls}, maxTimeMS=QUERY_MS)

    async def count_open(self) -> int:
        """Return how many concerns nobody has taken."""
        return await self._concerns.count_documents({"state": str(ConcernState.OPEN)}, maxTimeMS=QUERY_MS)

    async def count_exhausted(self) -> int:
        """Return how many concerns nobody has taken though everybody in line was called."""
        wanted = {"state": str(ConcernState.OPEN), "exhausted_at": {"$ne": None}}
        return await self._concerns.count_documents(wanted, maxTimeMS=QUERY_MS)

    async def count_call_backs(self) -> int:
        """Return how many wishes to be called back are open."""
        return await self._call_backs.count_documents({"state": str(CallBackState.OPEN)}, maxTimeMS=QUERY_MS)

    async def _seal(self, words: str, kind: str, key: str, at: datetime) -> bytes:
        return await self._seals.seal(care_key(at), words.encode(), f"{kind}:{key}")

    async def _open(self, document: Document, kind: str) -> str:
        return (await self._seals.open(bytes(document["sealed"]), f"{kind}:{document['_id']}")).decode()


def _concern(document: Document) -> Concern:
    return from_document(Concern, document, beside=_BESIDE)
