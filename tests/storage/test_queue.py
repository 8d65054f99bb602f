"""The queue over a real Redis: a job waits once, and a Redis that goes, hangs or comes back stops nobody."""

import asyncio
import time

import pytest

from server.embedded import free_port
from server.storage.queue import PATIENCE, Queue
from tests.servers import Servers
from tests.storage.queues import DROPPED_STREAMS, running, until

pytestmark = pytest.mark.filterwarnings(DROPPED_STREAMS)


async def timed_put(queue: Queue, name: str = "things") -> tuple[bool, float]:
    started = time.monotonic()
    return await queue.put(name, ["a"]), time.monotonic() - started


async def test_a_job_is_taken_and_the_same_job_waits_once(redis_url: str) -> None:
    async with running(redis_url) as queue:
        await until(lambda: queue.is_open)
        assert [await queue.put("things", ["a", "b"]) for _ in range(10)] == [True] * 10
        assert await queue.put("things", ["c"])
        assert await queue._open.queue_size() == 2  # type: ignore[union-attr]  # it was opened above


async def test_before_redis_is_reached_nothing_is_taken_and_nobody_waits(redis_url: str) -> None:
    queue = Queue(redis_url)
    assert not queue.is_open
    assert not await queue.put("things", ["a"])
    await queue.soon("things", ["a"])


async def test_without_a_redis_the_queue_tries_on_and_the_caller_goes_on() -> None:
    async with running(f"redis://127.0.0.1:{free_port()}/0") as queue:
        await asyncio.sleep(0.2)
        assert await timed_put(queue) == (False, pytest.approx(0, abs=0.1))


async def test_asking_for_nothing_asks_for_nothing(redis_url: str) -> None:
    async with running(redis_url) as queue:
        await until(lambda: queue.is_open)
        await queue.soon("things", [])
        assert await queue._open.queue_size() == 0  # type: ignore[union-attr]  # it was opened above


async def test_a_redis_that_was_killed_is_found_again_when_it_is_back(own_servers: Servers) -> None:
    async with running(own_servers.valkey.url) as queue:
        await until(lambda: queue.is_open)
        own_servers.valkey.kill()
        taken, waited = await timed_put(queue)
        assert not taken
        assert waited < PATIENCE + 0.3
        assert not queue.is_open
        own_servers.valkey.launch()
        await own_servers.valkey.ready()
        await until(lambda: queue.is_open)
        assert await queue.put("things", ["a"])


async def test_a_redis_that_stands_still_costs_one_caller_its_patience_and_no_other(own_servers: Servers) -> None:
    async with running(own_servers.valkey.url) as queue:
        await until(lambda: queue.is_open)
        own_servers.valkey.hold()
        taken, waited = await timed_put(queue)
        assert not taken
        assert PATIENCE <= waited < PATIENCE + 0.3
        for _ in range(3):
            assert await timed_put(queue) == (False, pytest.approx(0, abs=0.1))
        own_servers.valkey.let_go()
        await until(lambda: queue.is_open, 8)
        assert await queue.put("things", ["a"])


async def test_many_callers_of_a_redis_that_stands_still_wait_side_by_side(own_servers: Servers) -> None:
    async with running(own_servers.valkey.url) as queue:
        await until(lambda: queue.is_open)
        own_servers.valkey.hold()
        started = time.monotonic()
        taken = await asyncio.gather(*(queue.put("things", [str(number)]) for number in range(50)))
        assert taken == [False] * 50
        assert time.monotonic() - started < PATIENCE + 0.5
        own_servers.valkey.let_go()


async def test_a_redis_that_goes_is_noticed_though_nobody_calls(own_servers: Servers) -> None:
    async with running(own_servers.valkey.url) as queue:
        await until(lambda: queue.is_open)
        own_servers.valkey.hold()
        await until(lambda: not queue.is_open)
        own_servers.valkey.let_go()
        await until(lambda: queue.is_open, 8)
