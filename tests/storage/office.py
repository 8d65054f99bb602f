"""A post over real stores, with the foreign party at its other end and a clock in the test's hand."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

from server.domain.people.model import Follower
from server.domain.post.model import RowState
from server.domain.post.saying import Saying
from server.domain.post.service import Post
from server.storage.messages import MessageStore
from server.storage.mongo import Document, Mongo
from server.storage.people import PeopleStore
from server.storage.post import PostStore
from server.vault.seals import Seals
from tests.domain.booking.builders import NOW
from tests.handclock import HandClock
from tests.storage.builders import OPENID, WORKER, an_entry


class WeChat:
    """The foreign party: takes messages, or answers with the faults it was told, one a call."""

    def __init__(self) -> None:
        self.got: list[tuple[str, Saying]] = []
        self.faults: list[BaseException | None] = []
        self.on_call: asyncio.Event | None = None

    async def carry(self, openid: str, saying: Saying) -> None:
        self.got.append((openid, saying))
        if self.on_call is not None:
            await self.on_call.wait()
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault


class Office:
    """A post over real stores, its foreign party, and a clock in the test's hand."""

    def __init__(self, mongo: Mongo, seals: Seals) -> None:
        self.mongo = mongo
        self.clock = HandClock(NOW)
        self.rows = PostStore(mongo.data, seals)
        self.people = PeopleStore(mongo.data)
        self.messages = MessageStore(mongo.data, seals)
        self.wechat = WeChat()
        self.counted: Counter[RowState] = Counter()
        self.post = self.another_process()

    def another_process(self) -> Post:
        return Post(self.rows, self.people, self.wechat, self.mongo.together, self.clock, self.count)

    def count(self, state: RowState) -> None:
        self.counted[state] += 1

    async def lin_writes(self, at: datetime) -> None:
        await self.messages.keep(an_entry(at=at))

    async def tick(self) -> None:
        await self.post.send(await self.post.due(20))

    async def row(self, id_: str = "cause-1:0") -> Document:
        row = await self.mongo.data["post"].find_one({"_id": id_})
        assert row is not None
        return row

    async def is_owed(self) -> bool:
        lin = await self.people.find(OPENID)
        assert lin is not None
        return lin.owed


async def open_office(mongo: Mongo, seals: Seals) -> Office:
    """An office whose only follower, Lin, wrote a minute ago."""
    office = Office(mongo, seals)
    await office.rows.ensure_indexes()
    await office.people.add(Follower(OPENID, WORKER, follows=True, event_at=0, seen_first=NOW))
    await office.lin_writes(NOW - timedelta(minutes=1))
    return office
