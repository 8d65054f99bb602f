"""The duty: its setting, its people with their phones sealed, and the pace of the group's robot."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import msgspec
from pymongo import ASCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from server.domain.calendar import Holidays
from server.domain.care.duty import DutyPerson, DutySetting
from server.domain.care.escalation import GROUP_MOST
from server.domain.care.model import LEASE
from server.domain.refusals import Taken
from server.storage.documents import SHAPE, from_document, to_document
from server.storage.mongo import QUERY_MS, Database, Document, reaching, session
from server.vault.seals import Seals

_KEY = "duty"  # names the data key; a person stays on the roster for years
_SETTING, _GROUP = "setting", "group"


@reaching
class DutyStore:
    """Fulfils `care.ports.Roster`."""

    def __init__(self, database: Database, seals: Seals, holidays: Holidays) -> None:
        self._people = database["duty_people"]
        self._duty = database["duty"]
        self._seals = seals
        self._holidays = holidays

    async def ensure_indexes(self) -> None:
        """Make the indexes that give a name and a follower to one person, and that of the tick."""
        await self._people.create_index([("name", ASCENDING)], unique=True)
        bound = {"worker": {"$gt": ""}}
        await self._people.create_index([("worker", ASCENDING)], unique=True, partialFilterExpression=bound)
        await self._people.create_index([("renew_due", ASCENDING)])
        idle = {"v": SHAPE, "sent": [], "lease": None}
        await self._duty.update_one({"_id": _GROUP}, {"$setOnInsert": idle}, upsert=True)

    async def setting(self) -> DutySetting:
        """Return the setting, by the holidays of today's calendar; nobody is there where none was made."""
        document = await self._duty.find_one({"_id": _SETTING}, session=session(), max_time_ms=QUERY_MS)
        kept = msgspec.convert(document["setting"], DutySetting) if document else DutySetting()
        return replace(kept, holidays=self._holidays)

    async def set(self, setting: DutySetting) -> None:
        """Keep the setting, without the calendar, which changes; joins a running transaction."""
        kept = {"mode": setting.mode, "hours": msgspec.to_builtins(setting.hours)}
        change = {"$set": {"v": SHAPE, "setting": kept}}
        await self._duty.update_one({"_id": _SETTING}, change, upsert=True, session=session())

    async def people(self) -> Sequence[DutyPerson]:
        """Return everybody, in order."""
        cursor = self._people.find({}, session=session()).sort([("order", ASCENDING), ("_id", ASCENDING)])
        return [await self._person(document) for document in await cursor.max_time_ms(QUERY_MS).to_list(None)]

    async def find(self, person: str) -> DutyPerson | None:
        """Return a person."""
        return await self._one({"_id": person})

    async def of_worker(self, worker: str) -> DutyPerson | None:
        """Return the person whom this follower bound."""
        return await self._one({"worker": worker}) if worker else None

    async def _one(self, wanted: Document) -> DutyPerson | None:
        document = await self._people.find_one(wanted, session=session(), max_time_ms=QUERY_MS)
        return await self._person(document) if document else None

    async def add(self, person: DutyPerson) -> None:
        """Keep a new person; raises `Taken` when somebody has that name. Joins a running transaction."""
        try:
            await self._people.insert_one(await self._document(person), session=session())
        except DuplicateKeyError as fault:
            raise Taken(f"值守名单里已经有“{person.name}”了，请换一个能分清的名字。") from fault

    async def save(self, person: DutyPerson) -> None:
        """Store a person; raises `Taken` when the follower is bound to another. Joins a running transaction."""
        document = await self._document(person)
        try:
            await self._people.replace_one({"_id": document.pop("_id")}, document, session=session())
        except DuplicateKeyError as fault:
            raise Taken("这个微信已经登记为另一个人。") from fault

    async def remove(self, person: str) -> None:
        """Strike a person off; joins a running transaction."""
        await self._people.delete_one({"_id": person}, session=session())

    async def due(self, now: datetime, most: int) -> list[str]:
        """Return ids of people who must be asked to renew."""
        cursor = self._people.find({"renew_due": {"$lte": now}}, {"_id": 1}).sort("renew_due").limit(most)
        return [document["_id"] async for document in cursor.max_time_ms(QUERY_MS)]

    async def count_due(self, now: datetime) -> int:
        """Return how many people must be asked to renew."""
        return await self._people.count_documents({"renew_due": {"$lte": now}}, maxTimeMS=QUERY_MS)

    async def claim(self, person: str, now: datetime) -> DutyPerson | None:
        """Take the question to one person in hand for a while; None if it is not due."""
        claimed = await self._people.find_one_and_update(
            {"_id": person, "renew_due": {"$lte": now}},
            {"$set": {"renew_due": now + LEASE}},
            return_document=ReturnDocument.AFTER,
        )
        return await self._person(claimed) if claimed else None

    async def claim_group(self, now: datetime) -> Sequence[datetime] | None:
        """Take the group's robot in hand; return when it was last used, or None while another process holds it."""
        free = [{"lease": None}, {"lease": {"$lte": now}}]
        claimed = await self._duty.find_one_and_update(
            {"_id": _GROUP, "$or": free}, {"$set": {"lease": now + LEASE}}, return_document=ReturnDocument.AFTER
        )
        return tuple(claimed["sent"]) if claimed else None

    async def release_group(self, sent: Sequence[datetime]) -> None:
        """Let go of the group's robot, and note when it was last used: as often as its pace looks at."""
        change = {"$set": {"sent": list(sent)[-GROUP_MOST:], "lease": None}}
        await self._duty.update_one({"_id": _GROUP}, change)

    async def _document(self, person: DutyPerson) -> Document:
        document = to_document(person, without=["phone"])
        sealed = await self._seals.seal(_KEY, person.phone.encode(), _place(person.id)) if person.phone else None
        return {**document, "sealed": sealed}

    async def _person(self, document: Document) -> DutyPerson:
        sealed = document["sealed"]
        phone = (await self._seals.open(bytes(sealed), _place(document["_id"]))).decode() if sealed else ""
        return from_document(DutyPerson, document, beside=("sealed",), given={"phone": phone})


def _place(person: str) -> str:
    return f"duty:{person}"
