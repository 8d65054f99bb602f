"""Care over real stores: the foreign channels at its other end, and a clock in the test's hand."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from server.domain.calendar import Holidays
from server.domain.care.duty import DutyMode, DutyPerson
from server.domain.care.duty_talk import read
from server.domain.care.model import Concern, Cry
from server.domain.care.ports import Needs
from server.domain.care.rota import NewPerson
from server.domain.care.service import Care
from server.domain.people.model import Follower
from server.storage.audit import AuditStore
from server.storage.concerns import ConcernStore
from server.storage.duty import DutyStore
from server.storage.messages import MessageStore
from server.storage.mongo import Mongo
from server.storage.people import PeopleStore
from server.storage.post import PostStore
from server.vault.keys import Master
from server.vault.seals import Seals
from tests.domain.care.builders import NIGHT, OFFICE, a_cry
from tests.handclock import HandClock
from tests.storage.builders import OPENID, WORKER, an_entry
from tests.vault.chance import Chance

PHONES = ("13800000001", "13800000002", "13800000003")


class Outside:
    """The foreign party: the group's robot, the gateway and WeChat; each takes what it gets, breaks, or hangs."""

    def __init__(self) -> None:
        self.group: list[tuple[datetime, str]] = []
        self.phones: list[tuple[str, str]] = []
        self.chats: list[tuple[str, str]] = []
        self.configured = frozenset({"group", "phone"})
        self.broken: set[str] = set()
        self.refusing: set[str] = set()
        self.hold: asyncio.Event | None = None
        self.clock: HandClock | None = None

    async def to_group(self, text: str) -> bool:
        assert self.clock is not None
        self.group.append((self.clock.now(), text))
        return await self._taken("group")

    async def to_phone(self, phone: str, text: str) -> bool:
        self.phones.append((phone, text))
        return await self._taken("phone")

    async def to_chat(self, openid: str, text: str) -> bool:
        self.chats.append((openid, text))
        return await self._taken("chat")

    def has(self) -> frozenset[str]:
        return self.configured

    async def _taken(self, channel: str) -> bool:
        if self.hold is not None:
            await self.hold.wait()
        if channel in self.broken:
            raise ConnectionError(channel)
        return channel not in self.refusing


class Ward:
    """A union's care: Lin is a follower who wrote a minute ago, and nobody is on the roster yet."""

    def __init__(self, mongo: Mongo, seals: Seals) -> None:
        self.mongo = mongo
        self.clock = HandClock(NIGHT)
        self.outside = Outside()
        self.outside.clock = self.clock
        self.concerns = ConcernStore(mongo.data, seals)
        self.roster = DutyStore(mongo.data, seals, Holidays())
        self.trail = AuditStore(mongo.data)
        self.people = PeopleStore(mongo.data)
        self.post = PostStore(mongo.data, seals)
        self.messages = MessageStore(mongo.data, seals)
        chance = Chance(20261125)
        self.needs = Needs(
            concerns=self.concerns,
            roster=self.roster,
            channels=self.outside,
            trail=self.trail,
            followers=self.people,
            rows=self.post,
            together=mongo.together,
            clock=self.clock,
            randomness=chance,
            mark=Master(bytes(32), None, chance).mark,
        )
        self.care = Care(self.needs)

    async def open(self) -> None:
        for store in (self.concerns, self.roster, self.trail, self.people, self.post, self.messages):
            await store.ensure_indexes()
        await self.follows(OPENID, WORKER)
        await self.messages.keep(an_entry(at=self.clock.now() - timedelta(minutes=1)))

    async def follows(self, openid: str, worker: str) -> None:
        await self.people.add(Follower(openid, worker, follows=True, event_at=0, seen_first=NIGHT))

    async def cries(self, cause: str = "cause-1", worker: str = WORKER, **changes: Any) -> Concern:
        cry = replace(a_cry(cause, worker, at=self.clock.now()), **changes)
        return await self.raises(cry)

    async def raises(self, cry: Cry) -> Concern:
        return await self.mongo.together(lambda: self.care.raise_concern(cry))

    async def joins(self, name: str, phone: str = PHONES[0], **changes: Any) -> DutyPerson:
        person, _ = await self.care.rota.add(replace(NewPerson(name, phone), **changes))
        return person

    async def is_bound(self, name: str, worker: str, phone: str = "") -> DutyPerson:
        """This person has joined, and has written 在岗 with the code."""
        _, code = await self.care.rota.add(NewPerson(name, phone))
        await self.follows(f"o-{worker}", worker)
        there = await self.mongo.together(lambda: self.care.rota.arrive(worker, code))
        assert there is not None
        return there

    async def is_kept(self, mode: DutyMode = DutyMode.ROUND) -> None:
        await self.care.rota.on(mode, OFFICE)

    async def writes(self, words: str, worker: str, cause: str = "cause-duty") -> str | None:
        """What a duty person's words are answered with."""
        word = read(words)
        if word is None:
            return None
        return await self.mongo.together(lambda: self.care.answering.answer(word, worker, cause))

    async def tick(self) -> None:
        """What the tick does: each due id is handed on alone."""
        for each in await self.care.due(200):
            await self.care.call([each])
        for each in await self.care.due_in_group(200):
            await self.care.tell_group([each])

    async def ticks(self, seconds: int) -> None:
        for _ in range(seconds):
            await self.tick()
            self.clock.ahead(seconds=1)

    async def kept(self, concern: Concern) -> Concern:
        found = await self.concerns.find(concern.id)
        assert found is not None
        return found


async def open_ward(mongo: Mongo, seals: Seals) -> Ward:
    """Care over real stores, ready."""
    ward = Ward(mongo, seals)
    await ward.open()
    return ward
