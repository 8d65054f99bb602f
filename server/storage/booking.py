"""Bookings: every ten minutes of expert and worker under one unique index; the database decides who has them."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from pymongo import ASCENDING
from pymongo.errors import DuplicateKeyError

from server.domain.booking.model import HOLDS_ITS_CELLS, OPEN, Booking, HourTaken, OwnOverlap
from server.storage.documents import from_document, to_document
from server.storage.gather import Gather
from server.storage.mongo import QUERY_MS, Database, reaching, session

_OPEN = {"$in": sorted(OPEN)}
_HOLDING = {"$in": sorted(HOLDS_ITS_CELLS)}
_BATCH = 5_000  # documents in one answer of the server
_CHANGING = ("state", "due", "history", "told", "not_told")


@dataclass(frozen=True, slots=True)
class _Window:
    """Bookings of these experts that start from `first` to `last`."""

    experts: frozenset[str]
    first: datetime
    last: datetime


@reaching
class BookingStore:
    """Fulfils `booking.ports.Agenda`."""

    def __init__(self, database: Database) -> None:
        self._bookings = database["bookings"]
        self._taken = Gather(self._all_taken, at_once=1)
        self._own = Gather(self._all_own, at_once=1)

    async def ensure_indexes(self) -> None:
        """Make the index that lets no cell be held twice, and those of agenda, worker and tick."""
        holding, is_open = {"state": _HOLDING}, {"state": _OPEN}
        await self._bookings.create_index([("cells", ASCENDING)], unique=True, partialFilterExpression=holding)
        await self._bookings.create_index(
            [("expert", ASCENDING), ("start", ASCENDING)], partialFilterExpression=holding
        )
        await self._bookings.create_index([("worker", ASCENDING), ("start", ASCENDING)])
        await self._bookings.create_index([("due", ASCENDING)], partialFilterExpression=is_open)

    async def taken_cells(self, experts: Collection[str], first: datetime, last: datetime) -> Collection[str]:
        """Return the cells of bookings of these experts that start from `first` to `last`, both included.

        Read once for all who ask at this moment: cells that only another of them asked for may be among them.
        """
        return await self._taken(_Window(frozenset(experts), first, last))

    async def _all_taken(self, windows: Sequence[_Window]) -> Sequence[Collection[str]]:
        experts: set[str] = set().union(*(window.experts for window in windows))
        wanted = {
            "expert": {"$in": sorted(experts)},
            "state": _HOLDING,
            "start": {
                "$gte": min(window.first for window in windows),
                "$lte": max(window.last for window in windows),
            },
        }
        cursor = self._bookings.find(wanted, {"_id": 0, "cells": 1}, batch_size=_BATCH).max_time_ms(QUERY_MS)
        cells = frozenset(cell for document in await cursor.to_list(None) for cell in document["cells"])
        return [cells] * len(windows)

    async def of_worker(self, worker: str, now: datetime) -> Sequence[Booking]:
        """Return the worker's open bookings whose hour has not begun, soonest first.

        Asked for together with everybody else's of this moment.
        """
        return [booking for booking in await self._own((worker, now)) if booking.start > now]

    async def _all_own(self, askers: Sequence[tuple[str, datetime]]) -> Sequence[Sequence[Booking]]:
        workers, nows = zip(*askers, strict=True)
        wanted = {"worker": {"$in": sorted(set(workers))}, "state": _OPEN, "start": {"$gt": min(nows)}}
        cursor = self._bookings.find(wanted, batch_size=_BATCH).sort("start").max_time_ms(QUERY_MS)
        own = defaultdict[str, list[Booking]](list)
        for document in await cursor.to_list(None):
            own[document["worker"]].append(from_document(Booking, document))
        return [own[worker] for worker in workers]

    async def find(self, booking: str) -> Booking | None:
        """Return a booking."""
        document = await self._bookings.find_one({"_id": booking}, session=session(), max_time_ms=QUERY_MS)
        return from_document(Booking, document) if document else None

    async def insert(self, booking: Booking) -> None:
        """Keep a new booking; raises `HourTaken` or `OwnOverlap` when one of its cells is held by another."""
        try:
            await self._bookings.insert_one(to_document(booking), session=session())
        except DuplicateKeyError as fault:
            raise _clash(fault) from fault

    async def save(self, booking: Booking) -> bool:
        """Store a change guarded by the version that was read; False if the booking moved on meanwhile."""
        document = to_document(booking)
        result = await self._bookings.update_one(
            {"_id": booking.id, "version": booking.version},
            {"$set": {name: document[name] for name in _CHANGING}, "$inc": {"version": 1}},
            session=session(),
        )
        return result.matched_count == 1

    async def due(self, now: datetime, most: int) -> list[str]:
        """Return ids of open bookings whose `due` has come, the earliest first."""
        cursor = self._bookings.find({"state": _OPEN, "due": {"$lte": now}}, {"_id": 1})
        return [document["_id"] async for document in cursor.sort("due").limit(most).max_time_ms(QUERY_MS)]

    async def count_due(self, now: datetime) -> int:
        """Return how many open bookings wait for something that is due."""
        return await self._bookings.count_documents({"state": _OPEN, "due": {"$lte": now}}, maxTimeMS=QUERY_MS)

    async def count_not_told(self, since: datetime) -> int:
        """Return how many bookings that began since then did so without one of their reminders."""
        wanted = {"start": {"$gte": since}, "not_told": {"$ne": []}}
        return await self._bookings.count_documents(wanted, maxTimeMS=QUERY_MS)

    async def everything(self) -> AsyncIterator[Booking]:
        """Yield every booking in the order of booking, for listings."""
        async for document in self._bookings.find({}).sort("_id"):
            yield from_document(Booking, document)


def _clash(fault: DuplicateKeyError) -> HourTaken | OwnOverlap:
    """Tell whose cell it was; a taken `_id` is the same cause once more, and so one's own hour."""
    cell = str(((fault.details or {}).get("keyValue") or {}).get("cells", "w:"))
    if cell.startswith("w:"):
        return OwnOverlap("你在这个时间已经有一个预约了。")
    return HourTaken("这个时间刚被约走，请看看别的时间。")
