"""The editions, the series and the events that wait for their edition."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from pymongo import ASCENDING, DESCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from server.domain.clock import day
from server.domain.publishing.edition import HOLDS_THE_DAY, LEASE, OPEN, Edition, EditionState, Way
from server.domain.publishing.ports import MassEvent
from server.domain.publishing.series import Series, SeriesState
from server.domain.refusals import Taken
from server.storage.documents import from_document, to_document
from server.storage.mongo import QUERY_MS, Database, Document, reaching, session

_BESIDE = ("lease", "slot")
_OPEN = sorted(OPEN)


@reaching
class EditionStore:
    """Fulfils `publishing.ports.Editions`."""

    def __init__(self, database: Database) -> None:
        self._editions = database["editions"]
        self._series = database["series"]
        self._events = database["mass_events"]

    async def ensure_indexes(self) -> None:
        """Make the indexes; the unique one is what gives a day to one mass edition."""
        await self._editions.create_index(
            "slot",
            unique=True,
            partialFilterExpression={"way": str(Way.MASS), "state": {"$in": sorted(HOLDS_THE_DAY)}},
        )
        await self._editions.create_index([("due", ASCENDING)], partialFilterExpression={"state": {"$in": _OPEN}})
        await self._editions.create_index(
            "sending.message", unique=True, partialFilterExpression={"sending.message": {"$gt": ""}}
        )
        await self._editions.create_index([("at", DESCENDING)])
        await self._editions.create_index("series")

    async def add(self, edition: Edition) -> None:
        """Keep a new edition; raises `Taken` when its day has one of the same way."""
        try:
            await self._editions.insert_one(
                {**to_document(edition), "lease": None, "slot": edition.slot}, session=session()
            )
        except DuplicateKeyError as fault:
            raise Taken("这一天已经安排了群发，每天只能群发一次。请换一天，或先取消那一次。") from fault

    async def find(self, edition: str) -> Edition | None:
        """Return an edition."""
        return _edition(await self._editions.find_one({"_id": edition}, session=session(), max_time_ms=QUERY_MS))

    async def due(self, now: datetime, most: int) -> list[str]:
        """Return ids of editions due and not held by a process."""
        cursor = self._editions.find(_due(now), {"_id": 1}).sort("due").limit(most).max_time_ms(QUERY_MS)
        return [document["_id"] async for document in cursor]

    async def count_due(self, now: datetime) -> int:
        """Return how many editions are due or being worked on."""
        held = {"lease": {"$gt": now}, "state": {"$in": _OPEN}}
        return await self._editions.count_documents({"$or": [_due(now), held]}, maxTimeMS=QUERY_MS)

    async def claim(self, edition: str, now: datetime) -> Edition | None:
        """Lease a due edition to this process; None if it is not due or another holds it."""
        claimed = await self._editions.find_one_and_update(
            {"_id": edition, **_due(now)},
            {"$set": {"lease": now + LEASE}, "$inc": {"revision": 1}},
            return_document=ReturnDocument.AFTER,
        )
        return _edition(claimed)

    async def save(self, edition: Edition, *, release: bool) -> Edition | None:
        """Store a change guarded by the revision; None if the edition moved on meanwhile."""
        saved = replace(edition, revision=edition.revision + 1)
        document = to_document(saved)
        document.pop("_id")
        if release:
            document["lease"] = None
        result = await self._editions.update_one(
            {"_id": edition.id, "revision": edition.revision}, {"$set": document}, session=session()
        )
        return saved if result.matched_count else None

    async def by_message(self, message: str) -> Edition | None:
        """Return the edition of an accepted mass send."""
        return _edition(
            await self._editions.find_one({"sending.message": message}, session=session(), max_time_ms=QUERY_MS)
        )

    async def keep_event(self, event: MassEvent) -> None:
        """Keep an event whose edition is not known yet; joins a running transaction."""
        document = to_document(event, key="message")
        await self._events.replace_one({"_id": event.message}, document, upsert=True, session=session())

    async def kept_event(self, message: str) -> MassEvent | None:
        """Return the event kept for a mass send."""
        document = await self._events.find_one({"_id": message}, session=session(), max_time_ms=QUERY_MS)
        return from_document(MassEvent, document, key="message") if document else None

    async def latest(self, now: datetime, most: int) -> Sequence[Edition]:
        """Return editions whose hour has come, newest first, cancelled ones left out."""
        wanted = {"at": {"$lte": now}, "state": {"$ne": str(EditionState.CANCELLED)}}
        cursor = self._editions.find(wanted).sort("at", DESCENDING).limit(most).max_time_ms(QUERY_MS)
        return [_certain(document) async for document in cursor]

    async def everything(self, most: int = 200) -> Sequence[Edition]:
        """Return the newest editions, planned ones first."""
        cursor = self._editions.find({}).sort("at", DESCENDING).limit(most).max_time_ms(QUERY_MS)
        return [_certain(document) async for document in cursor]

    async def taken_days(self, since: datetime, series: str) -> Collection[date]:
        """Return the Shanghai days from `since` on that a mass edition, or one of this series, has for itself."""
        wanted = {
            "$or": [{"way": str(Way.MASS)}, {"series": series}],
            "state": {"$in": sorted(HOLDS_THE_DAY)},
            "at": {"$gte": since - timedelta(days=1)},
        }
        cursor = self._editions.find(wanted, {"at": 1}, session=session()).max_time_ms(QUERY_MS)
        return {day(document["at"]) async for document in cursor}

    async def used_by(self, series: str) -> Collection[str]:
        """Return the pieces a series has planned so far."""
        return set(await self._editions.distinct("piece", {"series": series}, session=session()))

    async def in_state(self, state: EditionState, since: datetime) -> Sequence[Edition]:
        """Return editions in this state whose hour lies after `since`, oldest first."""
        cursor = self._editions.find({"state": str(state), "at": {"$gte": since}}).sort("at").max_time_ms(QUERY_MS)
        return [_certain(document) async for document in cursor]

    async def add_series(self, series: Series) -> None:
        """Keep a new series unless its id is taken."""
        document = to_document(series)
        key = document.pop("_id")
        await self._series.update_one({"_id": key}, {"$setOnInsert": document}, upsert=True)

    async def series(self) -> Sequence[Series]:
        """Return every series."""
        cursor = self._series.find({}).sort("_id").max_time_ms(QUERY_MS)
        return [from_document(Series, document) async for document in cursor]

    async def due_series(self, now: datetime, most: int) -> list[str]:
        """Return ids of running or dry series whose next edition has to be planned now."""
        cursor = self._series.find(_due_series(now), {"_id": 1}).limit(most).max_time_ms(QUERY_MS)
        return [document["_id"] async for document in cursor]

    async def count_due_series(self, now: datetime) -> int:
        """Return how many running series are without their next edition, or dry ones that have not looked again."""
        return await self._series.count_documents(_due_series(now), maxTimeMS=QUERY_MS)

    async def save_series(self, series: Series) -> bool:
        """Store a change guarded by the revision; False if the series moved on meanwhile."""
        document = to_document(replace(series, revision=series.revision + 1))
        document.pop("_id")
        result = await self._series.update_one(
            {"_id": series.id, "revision": series.revision}, {"$set": document}, session=session()
        )
        return bool(result.matched_count)


def _due_series(now: datetime) -> Document:
    return {"due": {"$lte": now}, "state": {"$ne": str(SeriesState.STOPPED)}}


def _due(now: datetime) -> Document:
    free = [{"lease": None}, {"lease": {"$lte": now}}]
    return {"due": {"$lte": now}, "state": {"$in": _OPEN}, "$or": free}


def _certain(document: Document) -> Edition:
    return from_document(Edition, document, beside=_BESIDE)


def _edition(document: Document | None) -> Edition | None:
    return _certain(document) if document else None
