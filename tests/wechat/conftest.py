"""A small foreign party to call: it answers what a test tells it to, and remembers what it was asked."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web

from server.wechat.client import Client, open_client
from server.wechat.token import Access, Token, Tokens
from server.wechat.wire import Wire

MORNING = datetime(2026, 11, 23, tzinfo=UTC)


class Hand:
    """A clock that a test moves."""

    def __init__(self):
        self.instant = MORNING

    def now(self):
        return self.instant

    def advance(self, **much):
        self.instant += timedelta(**much)


@dataclass
class Seen:
    path: str
    query: dict
    type: str
    raw: bytes
    at: float

    @property
    def json(self):
        return json.loads(self.raw)


@dataclass
class Slow:
    seconds: float
    answer: object = field(default_factory=dict)


CUT = object()
BABBLE = object()


class Platform:
    """Answers each path with what stands in `answers[path]`: the items in turn, the last one for ever.

    An item is fields (a dict), raw bytes, an HTTP status (an int), CUT, BABBLE, Slow, or a maker of one of them.
    """

    def __init__(self):
        self.answers = {}
        self.seen = []
        self.tokens = 0
        self.good = set()
        self.base = ""

    def asked(self, path):
        return [seen for seen in self.seen if seen.path == path]

    def issue(self, _seen):
        """A stable_token that gives a new token each time it is asked."""
        self.tokens += 1
        self.good = {f"token-{self.tokens}"}
        return {"access_token": f"token-{self.tokens}", "expires_in": 7200}

    def guarded(self, seen):
        good = seen.query.get("access_token") in self.good
        return {"errcode": 0, "seen": True} if good else {"errcode": 40001, "errmsg": "invalid rid: 1111aaaa-2222"}

    async def handle(self, request):
        seen = Seen(request.path, dict(request.query), request.content_type, await request.read(),
                    asyncio.get_running_loop().time())  # fmt: skip
        self.seen.append(seen)
        waiting = self.answers.get(request.path, {"errcode": 0})
        item = (waiting.pop(0) if len(waiting) > 1 else waiting[0]) if isinstance(waiting, list) else waiting
        return await self.answer(item, seen, request)

    async def answer(self, item, seen, request):
        if callable(item):
            item = item(seen)
        if isinstance(item, Slow):
            await asyncio.sleep(item.seconds)
            item = item.answer
        if item is CUT:
            request.transport.close()
            return web.Response()
        if item is BABBLE:
            request.transport.write(b"this is no HTTP at all\r\n\r\n")
            request.transport.close()
            return web.Response()
        if isinstance(item, int):
            return web.Response(status=item, text="<html>Bad Gateway</html>")
        raw = item if isinstance(item, bytes) else json.dumps(item, ensure_ascii=False).encode()
        return web.Response(body=raw, content_type="text/plain")  # as the real one does


class Shelf:
    """What the processes share, in the small: each step is atomic, and others run between the steps."""

    def __init__(self):
        self.token = None
        self.claimed = ("", MORNING)
        self.broken = False
        self.hangs = False

    async def step(self):
        if self.broken:
            raise ConnectionError("the store is away")
        if self.hangs:
            await asyncio.sleep(3600)
        await asyncio.sleep(0.001)

    async def load(self, appid):
        await self.step()
        return self.token

    async def claim(self, appid, holder, now, until):
        await self.step()
        owner, ends = self.claimed
        if owner not in ("", holder) and now < ends:
            return False
        self.claimed = holder, until
        return True

    async def save(self, appid, holder, token: Token):
        await self.step()
        if self.claimed[0] != holder:
            return False
        self.token, self.claimed = token, ("", MORNING)
        return True

    async def release(self, appid, holder):
        await self.step()
        if self.claimed[0] == holder:
            self.claimed = "", MORNING


@pytest.fixture
async def platform():
    there = Platform()
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{path:.*}", there.handle)
    there.answers["/cgi-bin/stable_token"] = there.issue
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    there.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield there
    await runner.cleanup()


@pytest.fixture
def clock():
    return Hand()


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def access(platform):
    return Access(platform.base, "wx1", "a-secret-of-32-characters-aaaaaa")


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def process(session, access, shelf, clock):
    """Make the tokens and the client of one more process."""

    def make(store=shelf):
        wire = Wire(session, access.base, lambda: 0.5)
        return Client(wire, Tokens(wire, access, store, clock))

    return make


@pytest.fixture
async def client(access, shelf, clock):
    async with open_client(access, shelf, clock, lambda: 0.5) as client:
        yield client
