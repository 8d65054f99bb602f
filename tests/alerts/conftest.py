"""A sink to send alerts to: it answers what a test tells it to, and remembers what it was sent."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from server.alerts.http import Mailbox

CUT = object()
ENDLESS = object()


@dataclass
class Slow:
    seconds: float
    answer: object


@dataclass
class Sent:
    path: str
    headers: dict[str, str]
    raw: bytes
    at: float

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def content(self) -> str:
        return str(self.json["text"]["content"])


@dataclass
class Sink:
    """Answers with the items in turn, the last one for ever: fields, raw bytes, an HTTP status, CUT, ENDLESS, Slow."""

    answers: list[object] = field(default_factory=lambda: [{"errcode": 0, "errmsg": "ok"}])
    sent: list[Sent] = field(default_factory=list)
    base: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        now = asyncio.get_running_loop().time()
        self.sent.append(Sent(request.path_qs, dict(request.headers), await request.read(), now))
        item = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(item, Slow):
            await asyncio.sleep(item.seconds)
            item = item.answer
        return await self.answer(item, request)

    async def answer(self, item: object, request: web.Request) -> web.StreamResponse:
        if item is CUT:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if item is ENDLESS:
            response = web.StreamResponse()
            await response.prepare(request)
            while True:
                await response.write(b" " * 65536)
        if isinstance(item, int):
            headers = {"Location": "/elsewhere"} if item == 302 else None
            return web.Response(status=item, text="<html>Bad Gateway</html>", headers=headers)
        return web.Response(body=item if isinstance(item, bytes) else json.dumps(item).encode())


@pytest.fixture
async def sink():
    there = Sink()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", there.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    there.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield there
    await runner.cleanup()


@pytest.fixture
async def mailbox():
    async with aiohttp.ClientSession() as session:
        yield Mailbox(session)
