"""The clock that follows a time source: forward with it, still with it, backward never."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from server.embedded import NotReady, PolledClock

MORNING = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


class Source:
    """A time source over HTTP whose time the test sets."""

    def __init__(self) -> None:
        self.now = MORNING
        self.status = 200
        self.asked = 0
        self.url = ""

    async def answer(self, _request: web.Request) -> web.Response:
        self.asked += 1
        return web.json_response({"now": self.now.isoformat().replace("+00:00", "Z")}, status=self.status)


@pytest.fixture
async def source() -> AsyncIterator[Source]:
    source = Source()
    app = web.Application()
    app.router.add_get("/simulator/clock", source.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    source.url = f"http://127.0.0.1:{port}/simulator/clock"
    yield source
    await runner.cleanup()


@pytest.fixture
async def clock(source: Source) -> AsyncIterator[PolledClock]:
    clock = PolledClock(source.url, every=60)
    await clock.open()
    yield clock
    await clock.close()


async def test_it_tells_the_time_of_the_source_in_utc(clock: PolledClock):
    assert timedelta(0) <= clock.now() - MORNING < timedelta(seconds=1)
    assert clock.now().tzinfo is UTC


async def test_a_jump_is_seen_at_once_when_asked_for(source: Source, clock: PolledClock):
    source.now += timedelta(days=1)
    assert await clock.refresh()
    assert clock.now() >= MORNING + timedelta(days=1)


async def test_it_never_runs_backwards(source: Source, clock: PolledClock):
    before = clock.now()
    source.now -= timedelta(hours=1)
    await clock.refresh()
    assert clock.now() >= before
    source.now = MORNING + timedelta(minutes=1)
    await clock.refresh()
    assert clock.now() >= MORNING + timedelta(minutes=1)


async def test_it_stands_still_while_the_source_does(source: Source, clock: PolledClock):
    await asyncio.sleep(0.6)
    await clock.refresh()
    still = clock.now()
    await asyncio.sleep(0.2)
    assert clock.now() == still


async def test_between_answers_it_goes_on_with_a_source_that_runs(source: Source, clock: PolledClock):
    source.now += timedelta(seconds=1)
    await clock.refresh()
    told = clock.now()
    await asyncio.sleep(0.2)
    assert timedelta(seconds=0.15) < clock.now() - told < timedelta(seconds=2)


async def test_a_source_that_fails_does_not_stop_it(source: Source, clock: PolledClock):
    source.status = 500
    source.now = MORNING - timedelta(days=1)
    told = clock.now()
    assert not await clock.refresh()
    await asyncio.sleep(0.05)
    assert clock.now() > told


async def test_it_asks_again_by_itself(source: Source):
    clock = PolledClock(source.url, every=0.05)
    await clock.open()
    await asyncio.sleep(0.5)
    await clock.close()
    assert source.asked > 3


async def test_without_a_first_answer_there_is_no_time():
    clock = PolledClock("http://127.0.0.1:9/clock")
    with pytest.raises(NotReady):
        clock.now()
    with pytest.raises(NotReady):
        await clock.open(within=0.3)
