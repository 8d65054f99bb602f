"""A city that is being wrecked: its people, its editions, and a ledger of what was acknowledged."""

import asyncio
import itertools
import shutil
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from pymongo.errors import PyMongoError

from server import settings
from server.app import App, opened
from server.domain.clock import at, day
from server.domain.publishing.edition import Way
from tests.stories.city import City, Door
from tests.stories.steps import CLAIM, NEXT, TOLD, standing
from tests.stories.story import Person, Story, words_of
from tests.stories.wrecker import Held, Wrecker

CONTENT = Path(__file__).resolve().parents[2] / "content"
_PATTERN = CONTENT / "articles" / "after-the-night-shift.md"
TALKERS = 8  # people who only chat; the others have the story to themselves
STILL_SECONDS = 2.5  # an edition that has not moved for so long waits for its time
STRIKES_UNTIL = timedelta(hours=1)  # after its hour; each blow costs a lease, and an edition has two hours
MORNING = time(7, 30)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is done: so many followers, so many articles; and whether every blow there is falls at every step."""

    followers: int
    articles: int
    full: bool


def content_with(folder: Path, articles: int) -> Path:
    """Content of the story's own: the house's, and so many numbered articles, each with a picture in its body."""
    content = shutil.copytree(CONTENT, folder / "content")
    pictures = content / "articles" / "pictures"
    pictures.mkdir(exist_ok=True)
    picture = BytesIO()
    Image.new("RGB", (64, 48), "#c9d5c3").save(picture, "PNG")
    (pictures / "quiet-room.png").write_bytes(picture.getvalue())
    front, _, body = _PATTERN.read_text(encoding="utf-8").removeprefix("---\n").partition("\n---\n")
    rest = "\n".join(line for line in front.splitlines() if not line.startswith("title:"))
    for number in range(articles):
        text = f"---\ntitle: {title(number)}\n{rest}\n---\n![安静的房间](pictures/quiet-room.png)\n\n{body}"
        (content / "articles" / f"{piece(number)}.md").write_text(text, encoding="utf-8")
    return content


def piece(number: int) -> str:
    """The id of the story's own article of that number."""
    return f"morning-{number:03d}"


def title(number: int) -> str:
    """Its title."""
    return f"第 {number} 个早晨"


@dataclass(frozen=True, slots=True)
class Planned:
    """An edition of the story: its id, the number of its article, and its hour."""

    id: str
    number: int
    hour: datetime


@dataclass
class Ledger:
    """Letters that people of this story sent, and those that were acknowledged; by openid."""

    sent: Counter[str] = field(default_factory=Counter)
    acknowledged: Counter[str] = field(default_factory=Counter)

    def note(self, openid: str, outcome: dict[str, Any]) -> None:
        """Note what became of one letter."""
        self.sent[openid] += 1
        if any(delivery["status"] == 200 for delivery in outcome["deliveries"]):
            self.acknowledged[openid] += 1


class Town(Story):
    """The story's words for a city that is being wrecked."""

    def __init__(self, city: City, wrecker: Wrecker, people: Sequence[Person]) -> None:
        super().__init__(city)
        self.wrecker = wrecker
        self.people = people
        self.ledger = Ledger()
        self.articles = 0
        self.instead: dict[str, str] = {}
        self._day: date | None = None
        self._talkers = itertools.cycle(people[:TALKERS])
        self._chatter: list[asyncio.Task[str]] = []
        wrecker.on_strike = self.chatter
        self._log = city.folder / "cancel.log"
        self._watching = asyncio.create_task(wrecker.watch())

    @staticmethod
    async def people_of(city: City, count: int) -> list[Person]:
        """So many people who have followed the account."""
        return await Story(city).followers(count)

    async def close(self) -> None:
        """Stop wrecking."""
        self._watching.cancel()
        await asyncio.gather(self._watching, return_exceptions=True)

    # People

    async def writes(self, person: Person, words: str) -> str:
        """Let a person write, and keep the ledger; returns the words of the answer (empty: none)."""
        return await self._tells(person, "messages", {"type": "text", "content": words})

    async def does(self, person: Person, event: str, **nodes: object) -> str:
        """Let an event of this person happen, and keep the ledger."""
        return await self._tells(person, "events", {"event": event, **nodes})

    async def _tells(self, person: Person, kind: str, body: dict[str, object]) -> str:
        outcome = await self.city.ask(f"{person.path}/{kind}", body)
        self.ledger.note(person.openid, outcome)
        return words_of(outcome["reply"]) if outcome["reply"] else ""

    def chatter(self) -> None:
        """Let two people write just now, whatever else happens."""
        for _ in range(2):
            self._chatter.append(asyncio.create_task(self.writes(next(self._talkers), "你好")))

    async def hush(self) -> None:
        """Wait until everybody who wrote has been answered, or was given up on by WeChat."""
        chatter, self._chatter = self._chatter, []
        await asyncio.gather(*chatter)

    async def lost(self) -> dict[str, int]:
        """How many acknowledged letters have no row, by openid (those that have lost none are left out)."""
        rows: Counter[str] = Counter()
        async for row in self.wrecker.database["messages"].find({}, {"_id": 1}):
            rows[row["_id"].partition(":")[0]] += 1
        welcomed = 1  # each of these people followed, and was welcomed, before the ledger began
        return {
            openid: count + welcomed - rows[openid]
            for openid, count in self.ledger.acknowledged.items()
            if rows[openid] < count + welcomed
        }

    async def is_whole(self) -> None:
        """Nothing is due, nothing acknowledged is lost, and no process complains: nobody mended anything by hand."""
        await self.hush()
        await self.settles()
        assert await self.lost() == {}
        assert self.city.errors() == []

    # Editions

    async def stop_the_series(self) -> None:
        """Let the story alone plan what goes out."""
        async with self._service() as app:
            for outlook in await app.publishing.outlooks():
                await app.publishing.stop_series(outlook.series.id)
            for edition in await app.stores.editions.everything():
                await app.publishing.cancel(edition.id, "story")

    def _service(self) -> AbstractAsyncContextManager[App]:
        given = settings.read({**self.city.environ, "XINYI_PORT": "1", "XINYI_METRICS_PORT": "1"})
        return opened(given, "plan")

    async def plan(self, ways: Sequence[Way]) -> list[Planned]:
        """Plan an edition in each of these ways, one a day, each with an article of its own; nothing is due yet."""
        planned = []
        async with self._service() as app:
            for way in ways:
                number, self.articles = self.articles, self.articles + 1
                hour = await self._another_morning()
                edition = await app.publishing.plan(piece(number), hour, way, "story")
                planned.append(Planned(edition.id, number, hour))
        await self.settles()
        return planned

    async def _another_morning(self) -> datetime:
        today = day(await self.now())
        self._day = max(today, self._day or today) + timedelta(days=1)
        return at(self._day, MORNING)

    def turns_to(self, planned: Planned) -> None:
        """Follow this edition from now on, as if all went well with it."""
        self.planned, self.instead = planned, {}

    async def fails(self, path: str, **how: object) -> None:
        """Let the next call of this path fail in this way."""
        await self.city.ask("/simulator/faults", {"path": path, **how})

    async def withdraws(self, planned: Planned) -> None:
        """Take the edition's article away."""
        (Path(self.city.environ["XINYI_CONTENT"]) / "articles" / f"{piece(planned.number)}.md").unlink()
        await self.city.run("library", "import", "--accept")

    async def cancels(self, planned: Planned) -> None:
        """Let an editor cancel the edition, and try again where that did not come through."""
        while (await self.look())["state"] != "cancelled":
            command = Door("cancel", ["server", "edition", "cancel", planned.id], self.city.environ, self._log)
            self.wrecker.doors["edition"] = command
            command.launch()
            await asyncio.to_thread(command.wait)

    async def step_of(self, held: Held) -> str:
        """Which step of the edition that is followed is held; empty for one that is not to be struck at."""
        edition = await self.wrecker.database["editions"].find_one({"_id": self.planned.id})
        assert edition is not None
        stands = TOLD if held.role == "serve" else standing(edition)
        if self.instead:
            return self.instead.get(stands, "")
        if await self.now() > self.planned.hour + STRIKES_UNTIL:
            return ""
        return CLAIM if held.command == "findAndModify" else {**NEXT, TOLD: TOLD}[stands]

    async def look(self) -> dict[str, Any]:
        """The document of the edition that is followed, however often the database has to be asked."""
        while True:
            if self._watching.done():
                self._watching.result()
            with suppress(PyMongoError):
                found = await self.wrecker.database["editions"].find_one({"_id": self.planned.id})
                assert found is not None
                return found
            await asyncio.sleep(0.05)

    async def until_it_is(self, state: str, within: float = 240.0) -> dict[str, Any]:
        """Wait until the edition is in this state and no process has it; where it stands still, time passes."""
        loop = asyncio.get_running_loop()
        ends, moved_at, revision = loop.time() + within, loop.time(), -1
        while (edition := await self.look())["state"] != state or edition["lease"] is not None:
            assert loop.time() < ends, f"it stands at {standing(edition)} after {self.wrecker.rota.borne[-3:]}"
            assert edition["due"] is not None, f"it is {edition['state']} after {self.wrecker.rota.borne[-3:]}"
            if edition["revision"] != revision:
                revision, moved_at = edition["revision"], loop.time()
                import time
                print(f"{time.time()%1000:.2f}", "moved to", standing(edition), edition["lease"])
                if edition["lease"] is None and standing(edition) != "accepted":
                    await self.goes_to(edition["due"].replace(tzinfo=UTC))
            elif loop.time() - moved_at > STILL_SECONDS:
                await self.city.ask("/simulator/clock", {"advance_seconds": 61})
                import time
                print(f"{time.time()%1000:.2f}", "still at", standing(edition), edition["due"], await self.now())
                moved_at = loop.time()
            await asyncio.sleep(0.05)
        return edition

    async def goes_to(self, wanted: datetime) -> None:
        """Let the time come, if it has not; nobody waits for what falls due."""
        if await self.now() < wanted:
            told = wanted.isoformat().replace("+00:00", "Z")
            await self.city.ask("/simulator/clock", {"advance_to": told})

    async def settles(self) -> None:
        """Nothing is due any more, and nobody mended anything by hand."""
        for _ in range(5):
            body = {"advance_seconds": 91, "settle": True}
            if (await self.city.ask("/simulator/clock", body))["settled"]:
                return
        raise AssertionError("something stays due")

    async def articles_of(self, person: Person) -> list[str]:
        """The articles of the story that the phone shows, in order."""
        own = {title(number) for number in range(self.articles)}
        return [each for each in await person.received("mass") if each in own]
