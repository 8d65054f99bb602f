"""The doors opened as `xinyi serve` opens them, over real stores, on a free port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache

import aiohttp
import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from server import settings
from server.app import App, opened
from server.commands.serve import LARGEST_BODY, _readiness, _services
from server.storage.shelf import reading
from server.web.readiness import Readiness
from server.web.routes import application
from tests.web.letters import Letter, Postbox

made_once = cache(reading.read_screening)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: dict[str, str]


class House:
    """A running house: who knocks, and what is behind the doors."""

    def __init__(self, session: aiohttp.ClientSession, port: int, app: App, readiness: Readiness) -> None:
        self._session = session
        self._base = f"http://127.0.0.1:{port}"
        self.app = app
        self.readiness = readiness
        self.postbox = Postbox(app.settings)

    async def asks(self, verb: str, path: str, body: bytes | None = None) -> Answer:
        """Knock with a verb."""
        async with self._session.request(verb, self._base + path, data=body) as answer:
            return Answer(answer.status, await answer.read(), {k.lower(): v for k, v in answer.headers.items()})

    async def gets(self, path: str) -> Answer:
        """Knock with GET."""
        return await self.asks("GET", path)

    async def hears(self, letter: Letter) -> Answer:
        """Post a letter to the callback."""
        return await self.asks("POST", letter.path, letter.body)

    async def kept(self) -> int:
        """How many messages are kept."""
        return await self.app.stores.mongo.data["messages"].count_documents({})


@asynccontextmanager
async def served(application: Application) -> AsyncIterator[int]:
    """The port on which these doors are open."""
    server = HTTPServer(application, max_body_size=LARGEST_BODY)
    sockets = bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    try:
        yield sockets[0].getsockname()[1]
    finally:
        server.stop()
        await asyncio.wait_for(server.close_all_connections(), 8)


@asynccontextmanager
async def a_house(environ: dict[str, str]) -> AsyncIterator[House]:
    """A house on these settings, its stores reached."""
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(opened(settings.read(environ), "serve"))
        await app.stores.ensure_indexes()
        app.workshops.bookshelf.house()  # made ready before anybody knocks
        readiness = _readiness(app)
        readiness.is_ready = True
        port = await stack.enter_async_context(served(application(_services(app, readiness))))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        yield House(session, port, app, readiness)


@pytest.fixture(autouse=True)
def _made_ready_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What judges words takes seconds to make ready, and is the same for every house."""
    monkeypatch.setattr(reading, "read_screening", made_once)


@pytest.fixture
async def house(environ: dict[str, str]) -> AsyncIterator[House]:
    async with a_house(environ) as house:
        yield house
