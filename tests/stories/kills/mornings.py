"""The editions of a city that is being wrecked: planned, followed through their life, brought to their end."""

import asyncio
import shutil
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
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
from tests.stories.city import Door
from tests.stories.kills.steps import CLAIM, NEXT, TOLD, standing
from tests.stories.kills.town import Town
from tests.stories.kills.wrecker import Held
from tests.stories.story import Person

CONTENT = Path(__file__).resolve().parents[3] / "content"
MORNING = time(7, 30)
AHEAD = timedelta(minutes=30)
STILL_SECONDS = 2.5  # an edition that has not moved for so long waits for its time
STRIKES_UNTIL = timedelta(hours=1)  # after its hour; each blow costs a lease, and an edition has two hours
_LOOK_SECONDS = 0.05
_LONGEST_LIFE = 240.0
_PATTERN = CONTENT / "articles" / "after-the-night-shift.md"


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
        text = f"---\ntitle: {_title(number)}\n{rest}\n---\n![安静的房间](pictures/quiet-room.png)\n\n{body}"
        (content / "articles" / f"{_piece(number)}.md").write_text(text, encoding="utf-8")
    return content


def _piece(number: int) -> str:
    return f"morning-{number:03d}"


def _title(number: int) -> str:
    return f"第 {number} 个早晨"


@dataclass(frozen=True, slots=True)
class Planned:
    """An edition of the story: its id, its article and the article's title, and its hour."""

    id: str
    piece: str
    title: str
    hour: datetime


class Mornings:
    """Editions of a town, one followed at a time.

    `instead` names steps that the edition takes to another end than being sent, by where it stands then.
    """

    def __init__(self, town: Town) -> None:
        self.instead: dict[str, str] = {}
        self._town = town
        self._day: date | None = None
        self._followed: Planned | None = None

    @property
    def followed(self) -> Planned:
        """The edition that is followed."""
        assert self._followed is not None
        return self._followed

    async def clear(self) -> None:
        """Let the story alone plan what goes out."""
        async with self._service() as app:
            for outlook in await app.publishing.outlooks():
                await app.publishing.stop_series(outlook.series.id)
            for edition in await app.stores.editions.everything():
                await app.publishing.cancel(edition.id, "story")

    async def plan(self, ways: Sequence[Way]) -> list[Planned]:
        """Plan an edition in each of these ways, one a day, each with an article of its own; nothing is due yet."""
        planned = []
        async with self._service() as app:
            for way in ways:
                number = next(self._town.articles)
                hour = await self._another_morning()
                edition = await app.publishing.plan(_piece(number), hour, way, "story")
                planned.append(Planned(edition.id, edition.piece, _title(number), hour))
        await self._town.settles()
        return planned

    def _service(self) -> AbstractAsyncContextManager[App]:
        return opened(settings.read(self._town.city.environ), "plan")

    async def _another_morning(self) -> datetime:
        today = day(await self._town.now())
        self._day = max(today, self._day or today) + timedelta(days=1)
        return at(self._day, MORNING)

    def follow(self, planned: Planned) -> None:
        """Follow this edition from now on, as if all went well with it."""
        self._followed, self.instead = planned, {}

    async def goes_to(self, wanted: datetime) -> None:
        """Let the time come, if it has not; nobody waits for what falls due.

        The wrecker moves the clock as well, so it is moved by so much, and never to an instant.
        """
        left = (wanted - await self._town.now()).total_seconds()
        if left > 0:
            await self._town.city.ask("/simulator/clock", {"advance_seconds": left})

    async def fails(self, path: str, **how: object) -> None:
        """Let the next call of this path fail in this way."""
        await self._town.city.ask("/simulator/faults", {"path": path, **how})

    async def withdraws(self) -> None:
        """Take the edition's article away."""
        articles = Path(self._town.city.environ["XINYI_CONTENT"]) / "articles"
        (articles / f"{self.followed.piece}.md").unlink()
        await self._town.city.run("library", "import", "--accept")

    async def cancels(self) -> None:
        """Let an editor cancel the edition, and try again where that did not come through."""
        city = self._town.city
        while (await self.look())["state"] != "cancelled":
            words = ["server", "edition", "cancel", self.followed.id]
            command = Door("cancel", words, city.environ, city.folder / "cancel.log")
            self._town.wrecker.doors["edition"] = command
            command.launch()
            await asyncio.to_thread(command.wait)

    async def step_of(self, held: Held) -> str:
        """Which step of the edition that is followed is held; empty for one that is not to be struck at."""
        edition = await self._town.wrecker.database["editions"].find_one({"_id": self.followed.id})
        assert edition is not None
        stands = TOLD if held.role == "serve" else standing(edition)
        if self.instead:
            return self.instead.get(stands, "")
        if await self._town.now() > self.followed.hour + STRIKES_UNTIL:
            return ""
        return CLAIM if held.command == "findAndModify" else {**NEXT, TOLD: TOLD}[stands]

    async def look(self) -> dict[str, Any]:
        """The document of the edition that is followed, however often the database has to be asked."""
        while True:
            self._town.watched()
            with suppress(PyMongoError):
                found = await self._town.wrecker.database["editions"].find_one({"_id": self.followed.id})
                assert found is not None
                return found
            await asyncio.sleep(_LOOK_SECONDS)

    async def until_it_is(self, state: str) -> dict[str, Any]:
        """Wait until the edition is in this state and no process has it; where it stands still, time passes."""
        loop, revision = asyncio.get_running_loop(), -1
        ends = moved_at = loop.time()
        ends += _LONGEST_LIFE
        while (edition := await self.look())["state"] != state or edition["lease"] is not None:
            told = f"it stands at {standing(edition)}, after {self._town.wrecker.rota.borne[-3:]}"
            assert loop.time() < ends, told
            assert edition["due"] is not None, told
            if edition["revision"] != revision:
                revision, moved_at = edition["revision"], loop.time()
                await self._waits_for_its_time(edition)
            elif loop.time() - moved_at > STILL_SECONDS:
                moved_at = loop.time()
                await self._town.city.ask("/simulator/clock", {"advance_seconds": 61})
            await asyncio.sleep(_LOOK_SECONDS)
        return edition

    async def _waits_for_its_time(self, edition: dict[str, Any]) -> None:
        """Let the time come at which an edition goes on that no process has; one accepted waits for its event."""
        if edition["lease"] is None and standing(edition) != "accepted":
            await self.goes_to(edition["due"].replace(tzinfo=UTC))

    async def arrived(self, person: Person, titles: Sequence[str]) -> list[str]:
        """Those of these titles that the phone shows as mass sends, in order, as often as it shows them."""
        return [each for each in await person.received("mass") if each in titles]
