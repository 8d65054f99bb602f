"""A print shop over real stores: WeChat as the foreign party at the other end, and a clock in the test's hand."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from server.domain.post.faults import Fault, Repeated, Unclear
from server.domain.publishing.edition import Edition, EditionState, Rules, Way
from server.domain.publishing.piece import Article, Piece
from server.domain.publishing.pipeline import Pipeline
from server.domain.publishing.ports import Draft, Outcome
from server.domain.publishing.service import Publishing
from server.storage.editions import EditionStore
from server.storage.library import LibraryStore
from server.storage.mongo import Mongo
from tests.handclock import HandClock
from tests.storage.builders import an_article, an_edition, imported
from tests.vault.chance import Chance

HOUR = datetime.fromisoformat("2026-11-22T23:30+00:00")  # 07:30 on Monday in Shanghai
Answer = TypeVar("Answer")
LOST = "lost"  # the call is made and its answer is lost: the deed is done
NEVER = "never"  # the call never arrives: nothing is done


class WeChat:
    """The platform as the press speaks to it: it keeps what it is given, and its answers can be lost.

    `mishaps` holds for each call, by name, what happens to its next calls: None, LOST, NEVER or a fault.
    """

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock
        self.calls: list[tuple[str, datetime]] = []
        self.mishaps: dict[str, list[str | Fault | None]] = {}
        self.covers: dict[str, str] = {}
        self.drafts: list[Draft] = []
        self.sent: dict[str, str] = {}
        self.outcomes: list[Outcome] = []

    def times(self, name: str) -> list[datetime]:
        """When this call was made."""
        return [at for called, at in self.calls if called == name]

    async def upload_cover(self, name: str, picture: bytes) -> str:
        assert picture
        self._begin("upload_cover")
        self.covers[name] = f"cover-{len(self.times('upload_cover'))}"
        return self._end("upload_cover", self.covers[name])

    async def find_cover(self, name: str) -> str | None:
        self._begin("find_cover")
        return self._end("find_cover", self.covers.get(name))

    async def upload_picture(self, name: str, picture: bytes) -> str:
        assert picture
        self._begin("upload_picture")
        return self._end("upload_picture", f"https://mmbiz.example/{name}")

    async def add_draft(self, draft: Draft) -> str:
        self._begin("add_draft")
        self.drafts.append(draft)
        return self._end("add_draft", f"draft-{len(self.drafts)}")

    async def find_draft(self, mark: str) -> str | None:
        self._begin("find_draft")
        found = [number for number, draft in enumerate(self.drafts, start=1) if draft.source.endswith(mark)]
        return self._end("find_draft", f"draft-{found[-1]}" if found else None)

    async def send_to_all(self, draft: str, client_id: str) -> str:
        assert draft == f"draft-{len(self.drafts)}"
        self._begin("send_to_all")
        if client_id in self.sent:
            raise Repeated(message=self.sent[client_id])
        self.sent[client_id] = str(1000 + len(self.sent))
        return self._end("send_to_all", self.sent[client_id])

    async def outcome(self, message: str) -> Outcome:
        assert message in self.sent.values()
        self._begin("outcome")
        return self._end("outcome", self.outcomes.pop(0) if self.outcomes else Outcome.SENDING)

    def _begin(self, name: str) -> None:
        self.calls.append((name, self._clock.now()))
        coming = self.mishaps.get(name) or [None]
        if coming[0] == NEVER:
            coming.pop(0)
            raise Unclear
        if isinstance(coming[0], Fault):
            raise coming.pop(0)  # type: ignore[misc]  # just looked at

    def _end(self, name: str, answer: Answer) -> Answer:
        coming = self.mishaps.get(name) or [None]
        if coming.pop(0) == LOST:
            raise Unclear
        return answer


class Easel:
    """The studio, where drawing is not what a test is about."""

    async def cover(self, piece: Piece) -> bytes:
        return piece.id.encode()

    async def picture(self, name: str) -> bytes:
        return name.encode()

    def html(self, article: Article, pictures: Mapping[str, str]) -> str:
        return f"<p>{article.markdown}</p>" + "".join(f'<img src="{pictures[each.name]}">' for each in article.pictures)


class Shop:
    """One edition of 07:30 on its way, the stores it lies in, and WeChat."""

    def __init__(self, mongo: Mongo) -> None:
        self.clock = HandClock(HOUR - timedelta(hours=12))
        self.wechat = WeChat(self.clock)
        self.editions = EditionStore(mongo.data)
        self.library = LibraryStore(mongo.data)
        self.publishing = Publishing(
            self.editions, self.library, mongo.together, self.clock, Chance(), "https://union.example"
        )
        self.pipeline = self.another_process()
        self.notes: list[Edition] = []

    def another_process(self) -> Pipeline:
        return Pipeline(
            self.editions, self.library, self.wechat, Easel(), self.clock, Rules(), "https://union.example"
        )

    async def plans(self, *pictures: str, way: Way = Way.MASS) -> None:
        """Have the article, and its edition planned."""
        await self.editions.ensure_indexes()
        await self.library.write(imported(an_article(pictures=pictures)), self.clock.now())
        await self.editions.add(an_edition(at=HOUR, due=self.clock.now(), way=way))

    async def tick(self, pipeline: Pipeline | None = None) -> None:
        """Take what is due as far as it goes now."""
        at_work = pipeline or self.pipeline
        await at_work.run(await at_work.due(10))

    async def ticks_until(self, instant: datetime, every: timedelta = timedelta(seconds=1)) -> None:
        """Tick as the clock would, passing over the time in which nothing is due."""
        await self.tick()
        while self.clock.now() < instant:
            due = (await self.edition()).due
            ahead = self.clock.now() + every
            self.clock.until(min(instant, max(ahead, due or instant)))
            await self.tick()

    async def edition(self) -> Edition:
        found = await self.editions.find("ed-1")
        assert found is not None
        return found

    async def state(self) -> EditionState:
        return (await self.edition()).state
