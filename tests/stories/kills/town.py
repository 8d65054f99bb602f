"""A city that is being wrecked: its people, and a ledger of what was acknowledged."""

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pymongo.errors import PyMongoError

from tests.stories.city import City
from tests.stories.kills.wrecker import LEASE_SECONDS, Wrecker
from tests.stories.story import Person, Story, words_of

TALKERS = 8  # people who only chat; the others have the story to themselves
AT_ONCE = 500  # people who are made by one call
LEASES = 12
LEASE_PATIENCE = 5.0  # seconds after which somebody is taken to have died with a row in his hands
_FIRST_JOB = 77_000_001


def was_acknowledged(outcome: dict[str, Any]) -> bool:
    """Whether one of the deliveries of a letter was answered with a reply or `success`."""
    return any(delivery["status"] == 200 for delivery in outcome["deliveries"])


@dataclass
class Ledger:
    """How many letters of each person were acknowledged, by openid; who has left; which jobs were told of.

    Cries, numbers left and words spoken are counted when they are sent: whether they were acknowledged or not.
    """

    letters: Counter[str] = field(default_factory=Counter)
    cries: Counter[str] = field(default_factory=Counter)
    numbers_left: Counter[str] = field(default_factory=Counter)
    spoken: Counter[str] = field(default_factory=Counter)
    gone: list[str] = field(default_factory=list)
    jobs: list[str] = field(default_factory=list)


class Town(Story):
    """The story's words for a city that is being wrecked."""

    def __init__(self, city: City, wrecker: Wrecker, people: Sequence[Person]) -> None:
        super().__init__(city)
        self.wrecker = wrecker
        self.people = people
        self.came: list[Person] = []
        self.articles = itertools.count()
        self.ledger = Ledger(letters=Counter(person.openid for person in people))
        self._jobs = itertools.count(_FIRST_JOB)
        self._talkers = itertools.cycle(people[:TALKERS])
        self._chatter: list[asyncio.Task[str]] = []
        self._watching = asyncio.create_task(wrecker.watch())
        wrecker.on_strike = self.chatter

    @classmethod
    async def wrecked_by(cls, wrecker: Wrecker, city: City, followers: int) -> "Town":
        """A town of so many people who followed before anybody was killed."""
        story, people = Story(city), list[Person]()
        while len(people) < followers:
            people += await story.followers(min(AT_ONCE, followers - len(people)))
        return cls(city, wrecker, people)

    async def close(self) -> None:
        """Stop wrecking."""
        for task in (self._watching, *self._chatter):
            task.cancel()
        await asyncio.gather(self._watching, *self._chatter, return_exceptions=True)

    def watched(self) -> None:
        """Fail if the wrecker has."""
        if self._watching.done():
            self._watching.result()

    # What people do

    async def writes(self, person: Person, words: str) -> str:
        """Let a person write, and keep the ledger; returns the words of the answer (empty: none)."""
        return await self._sends(person, {"type": "text", "content": words})

    async def speaks(self, person: Person) -> str:
        """Let a person speak; without words, as it comes by default."""
        self.ledger.spoken[person.openid] += 1
        return await self._sends(person, {"type": "voice"})

    async def _sends(self, person: Person, message: dict[str, Any]) -> str:
        outcome = await self.city.ask(f"{person.path}/messages", message)
        self.ledger.letters[person.openid] += was_acknowledged(outcome)
        return words_of(outcome["reply"]) if outcome["reply"] else ""

    async def leaves(self, person: Person) -> None:
        """Let a newcomer leave the account again; whoever has left writes no more."""
        self.came.remove(person)
        outcome = await self.city.ask(f"{person.path}/events", {"event": "unsubscribe"})
        if was_acknowledged(outcome):
            self.ledger.letters[person.openid] += 1
            self.ledger.gone.append(person.openid)

    async def newcomers(self, count: int) -> list[Person]:
        """So many who follow just now, and whom the story has for itself."""
        came = await self.followers(count)
        for person in came:
            self.ledger.letters[person.openid] += bool(await person.received("reply"))
        self.came += came
        return came

    async def hears_of_a_mass_send(self, person: Person) -> None:
        """Let the platform tell of a mass send that nobody here knows; the letter's key is the job's."""
        number = next(self._jobs)
        nodes = {"MsgID": number, "Status": "send success", "TotalCount": 1, "SentCount": 1}
        outcome = await self.city.ask(f"{person.path}/events", {"event": "MASSSENDJOBFINISH", **nodes})
        if was_acknowledged(outcome):
            self.ledger.jobs.append(str(number))

    def chatter(self) -> None:
        """Let two people write just now, whatever else happens."""
        for _ in range(2):
            self._chatter.append(asyncio.create_task(self.writes(next(self._talkers), "你好")))

    # What must be so in the end

    async def is_whole(self) -> None:
        """Nothing is due, nothing acknowledged is lost, and no process complains: nobody mended anything by hand."""
        chatter, self._chatter = self._chatter, []
        await asyncio.gather(*chatter)
        await self.settles()
        assert await self.lost() == {}
        assert self.city.errors() == []

    async def settles(self) -> None:
        """Let leases pass until nothing is due any more, and what help had to leave on the disk is stored."""
        await self.city.until(self._spool_is_empty)
        for _ in range(5):
            body = {"advance_seconds": 91, "settle": True}
            if (await self.city.ask("/simulator/clock", body))["settled"]:
                return
        raise AssertionError("something stays due")

    async def _spool_is_empty(self) -> bool:
        return bool(json.loads((await self.city.get(f"{self.city.web_urls[0]}/health/ready"))[1])["spool"] == 0)

    async def lost(self) -> dict[str, int]:
        """How many acknowledged letters have no row, by openid (those that have lost none are left out)."""
        rows: Counter[str] = Counter()
        async for row in self.wrecker.database["messages"].find({}, {"_id": 1}):
            rows[row["_id"].partition(":")[0]] += 1
        letters = self.ledger.letters.items()
        return {openid: count - rows[openid] for openid, count in letters if rows[openid] < count}

    # What the database tells, asked through a plain client

    async def written(self) -> set[str]:
        """The collections that anything was written to, by the server's own record of writes."""
        name = self.wrecker.database.name
        oplog = self.wrecker.database.client["local"]["oplog.rs"]
        ours = {"$regex": f"^{name}\\."}
        alone = await oplog.distinct("ns", {"ns": ours})
        together = await oplog.distinct("o.applyOps.ns", {"op": "c", "o.applyOps.ns": ours})
        return {each.removeprefix(f"{name}.") for each in (*alone, *together)} - {"$cmd"}

    async def bookings(self) -> dict[str, list[dict[str, Any]]]:
        """Every booking by the openid of its worker; whoever has none is there as well."""
        followers = self.wrecker.database["followers"]
        openids = {each["worker"]: each["_id"] async for each in followers.find({}, {"worker": 1})}
        found: dict[str, list[dict[str, Any]]] = {openid: [] for openid in openids.values()}
        async for booking in self.wrecker.database["bookings"].find({}):
            found[openids[booking["worker"]]].append(booking)
        return found

    async def kept_of(self, person: Person, collection: str) -> list[dict[str, Any]]:
        """What a collection holds of this person."""
        follower = await self.wrecker.database["followers"].find_one({"_id": person.openid})
        worker = follower["worker"] if follower else ""
        return [each async for each in self.wrecker.database[collection].find({"worker": worker})]

    async def rows_of(self, person: Person) -> Counter[str]:
        """How many rows of the post that followed a reply to this person are in which state."""
        rows = self.wrecker.database["post"].find(await self._post_of(person), {"state": 1})
        return Counter([row["state"] async for row in rows])

    async def waiting_for(self, person: Person) -> dict[str, Any] | None:
        """The row of the post that waits for this person or is being sent."""
        wanted = {**await self._post_of(person), "state": {"$in": ["waiting", "sending"]}}
        return await self.wrecker.database["post"].find_one(wanted)

    async def until_nothing_waits_for(self, person: Person) -> None:
        """Wait until every row for this person has come to its end."""

        async def is_served() -> bool:
            return await self.waiting_for(person) is None

        await self.until(is_served)

    async def until(self, is_so: Callable[[], Awaitable[bool]]) -> None:
        """Wait until it is so, however often the database has to be asked; where that takes long, leases pass."""

        async def looks_so() -> bool:
            self.watched()
            with suppress(PyMongoError):
                return await is_so()
            return False

        for _ in range(LEASES):
            with suppress(AssertionError):
                await self.city.until(looks_so, within=LEASE_PATIENCE)
                return
            await self.city.ask("/simulator/clock", {"advance_seconds": LEASE_SECONDS})
        raise AssertionError(f"it never came so, after {self.wrecker.rota.borne[-3:]}")

    async def _post_of(self, person: Person) -> dict[str, Any]:
        follower = await self.wrecker.database["followers"].find_one({"_id": person.openid})
        assert follower is not None
        return {"worker": follower["worker"], "why": "rest"}
