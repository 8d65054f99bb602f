"""The duty of a city: set by command, called on its phones, answered in the chat; and what became of each cry."""

import asyncio
import json
import re
from collections.abc import Sequence
from datetime import time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from server.domain.clock import at, day
from server.domain.help.words import PresenceKind
from server.storage.shelf import reading
from tests.stories.city import City
from tests.stories.story import Person, Story

Document = dict[str, Any]
WORDS = reading.read(Path(__file__).resolve().parents[2] / "content").help_words
TEN_PAST_TWO = time(2, 10)
_CODE = re.compile(r"在岗 (\S+)")
_NUMBER = re.compile(r"^\d{3,}$", re.MULTILINE)
_LEADS_ON = re.compile(r"(?<!\d)(12356|110|120)(?!\d)|^\d{3,}$|^\d \S|回复“\w+”", re.MULTILINE)


class Duty(Story):
    """The story's words for who keeps the duty, and for those whom they are called for."""

    def __init__(self, city: City, client: MongoClient[Document]) -> None:
        super().__init__(city)
        self.database = client[city.environ["XINYI_MONGO_NAME"]]

    # The union, by command

    async def is_set(self, *words: str) -> None:
        """Set the duty: `on --round`, `on --hours …`, `off`."""
        await self.city.run("duty", *words)

    async def joins(self, name: str, *more: str) -> Person:
        """Put somebody on the roster, who then writes 在岗 with the code that was given."""
        told = _CODE.search(await self.city.run("duty", "add", name, *more))
        assert told is not None
        person = await self.a_follower()
        assert f"{name}，你在岗了" in await person.writes(f"在岗 {told[1]}")
        return person

    async def is_called_by_phone_alone(self, name: str, phone: str, *more: str) -> None:
        """Put somebody on the roster who never wrote to the account."""
        await self.city.run("duty", "add", name, "--phone", phone, *more)

    async def lists(self, what: str = "list", *more: str) -> list[Document]:
        """What `xinyi concerns` lists."""
        listed: list[Document] = json.loads(await self.city.run("concerns", what, *more, "--json"))
        return listed

    # The hour

    async def it_is_ten_past_two(self) -> None:
        """The next night comes, at ten past two."""
        now = await self.now()
        tonight = at(day(now), TEN_PAST_TWO)
        await self.the_clock_reaches(tonight if tonight > now else at(day(now) + timedelta(days=1), TEN_PAST_TWO))

    async def goes_on(self, minutes: float) -> None:
        """Let so many minutes pass; nobody waits for what falls due."""
        await self.city.ask("/simulator/clock", {"advance_seconds": 60 * minutes + 1})

    async def is_calm(self) -> bool:
        """Whether nothing is due, by what the service itself tells."""
        return bool(json.loads((await self.city.get(f"{self.city.web_urls[0]}/health/ready"))[1])["due"] == 0)

    async def closes_everything(self, by: Person) -> None:
        """Let an administrator close, in the chat, whatever is not closed."""
        waiting = {"state": {"$ne": "closed"}}
        for number in [each["number"] for each in await self._found("concerns", waiting, "opened_at")]:
            for word in ("打 {} 不再打", "结 {} 是误会"):
                await by.writes(word.format(number))
        assert await self._found("concerns", waiting, "opened_at") == []

    # What came of it

    async def on_phones(self, channel: str = "", holding: str = "") -> list[Document]:
        """What the duty staff got on their own phones: by `group` or `sms`, with these words in it."""
        received = (await self.city.ask("/simulator/sink"))["received"]
        return [each for each in received if channel in ("", each["channel"]) and holding in each["words"]]

    async def concerns_of(self, *people: Person) -> list[Document]:
        """The concerns of these people, oldest first, as they lie in the database."""
        workers = await self.workers_of(*people)
        return await self._found("concerns", {"worker": {"$in": list(workers.values())}}, "opened_at")

    async def the_concern_of(self, person: Person) -> Document:
        """The one concern of a person."""
        [concern] = await self.concerns_of(person)
        return concern

    async def entries_of(self, concern: Document) -> list[Document]:
        """What is kept of each cry of a concern."""
        return await self._found("concern_entries", {"concern": concern["_id"]}, "at")

    async def voices_of(self, *people: Person) -> list[Document]:
        """What is kept of what these people spoke."""
        workers = await self.workers_of(*people)
        return await self._found("voices", {"worker": {"$in": list(workers.values())}}, "at")

    async def workers_of(self, *people: Person) -> dict[str, str]:
        """The workers of these people, by openid."""
        found = await self._found("followers", {"_id": {"$in": [person.openid for person in people]}}, "_id")
        return {each["_id"]: each["worker"] for each in found}

    async def _found(self, collection: str, wanted: Document, order: str) -> list[Document]:
        return await asyncio.to_thread(lambda: list(self.database[collection].find(wanted).sort(order)))


def who_is_there(kind: PresenceKind, **parts: str) -> str:
    """What content/ says of who is really there, the national line to be called first."""
    sentence = WORDS.presence[kind]
    for name, part in ({"number": "12356"} | parts).items():
        sentence = sentence.replace(f"{{{name}}}", part)
    return sentence


def last_sentence(reply: str) -> str:
    """The last paragraph of a reply: who is really there."""
    return reply.rpartition("\n\n")[2]


def numbers_in(reply: str) -> list[str]:
    """The numbers to call that a reply names, each on a line of its own."""
    return _NUMBER.findall(reply)


def leads_on(reply: str) -> bool:
    """Whether a reply leads on: a number to call, or something to choose."""
    return bool(_LEADS_ON.search(reply))


def none_follows_its_like(replies: Sequence[str]) -> bool:
    """Whether no two replies that follow each other are the same."""
    return all(one != other for one, other in pairwise(replies))
