"""Followers: who follows, which worker each of them is, and what opens the reply window."""

from datetime import datetime

from pymongo.errors import DuplicateKeyError

from server.domain.people.model import Follower
from server.domain.post.ports import Reach
from server.domain.post.window import LONGEST, Act, Done
from server.domain.refusals import Taken
from server.storage.documents import from_document, to_document
from server.storage.gather import finder
from server.storage.mongo import QUERY_MS, Database, Document, reaching, session


@reaching
class PeopleStore:
    """The followers; one row an openid. Fulfils `conversation.ports.People` and `post.ports.People`."""

    def __init__(self, database: Database) -> None:
        self._followers = database["followers"]
        self._messages = database["messages"]
        self._gathered = finder(database, "followers")

    async def ensure_indexes(self) -> None:
        """Make the index by which a worker's openid is found."""
        await self._followers.create_index("worker", unique=True)

    async def find(self, openid: str) -> Follower | None:
        """Return the follower, asked for together with everybody else of this moment."""
        document = await self._gathered(openid)
        return from_document(Follower, document, key="openid") if document else None

    async def add(self, follower: Follower) -> None:
        """Keep a follower seen for the first time; raises `Taken` when another message was first."""
        try:
            await self._followers.insert_one(to_document(follower, key="openid"), session=session())
        except DuplicateKeyError as fault:
            raise Taken("这位关注者刚刚已经登记。") from fault

    async def save(self, follower: Follower) -> None:
        """Store a follow or unfollow, unless a newer one is known; joins a running transaction."""
        change = {"follows": follower.follows, "event_at": follower.event_at}
        await self._followers.update_one(
            {"_id": follower.openid, "event_at": {"$lte": follower.event_at}}, {"$set": change}, session=session()
        )

    async def owe(self, worker: str) -> None:
        """Note that rows wait for the worker's next message (joins a running transaction)."""
        await self._followers.update_one({"worker": worker}, {"$set": {"owed": True}}, session=session())

    async def clear_owed(self, worker: str) -> None:
        """Note that nothing waits for the worker any more (joins a running transaction)."""
        await self._followers.update_one({"worker": worker}, {"$set": {"owed": False}}, session=session())

    async def reach(self, worker: str, now: datetime) -> Reach | None:
        """Return how the worker is reached through the account, and what opens the window now."""
        document = await self._followers.find_one({"worker": worker}, max_time_ms=QUERY_MS)
        if document is None:
            return None
        deeds = await self._newest_deeds(document["_id"], now)
        return Reach(document["_id"], document["follows"], deeds)

    async def _newest_deeds(self, openid: str, now: datetime) -> tuple[Done, ...]:
        """Return the newest deed of each kind: none before it allows more."""
        since = int((now - LONGEST).timestamp())
        mine = {
            "_id": {"$gte": f"{openid}:{since:010d}", "$lt": f"{openid};"},
            "act": {"$ne": None},
            "at": {"$lte": now},
        }
        newest: list[Document] = [{"$match": mine}, {"$group": {"_id": "$act", "at": {"$max": "$at"}}}]
        cursor = self._messages.aggregate(newest, maxTimeMS=QUERY_MS)
        return tuple([Done(Act(row["_id"]), row["at"]) async for row in cursor])

    async def count(self) -> int:
        """Return how many follow the account now."""
        return await self._followers.count_documents({"follows": True}, maxTimeMS=QUERY_MS)
