"""The worker at the queue: it runs until it is asked to end, and leaves the asking to its process."""

import asyncio
import gc
import os
import signal

import pytest
from redis.asyncio import Redis

from server.jobs.worker import QUEUE, keep_running
from tests.jobs.ticks import Things, a_worker
from tests.storage.queues import DROPPED_STREAMS, running, until


# streaq leaves a stream of its own to the garbage collector; it is collected here, so that no other test is blamed.
@pytest.mark.filterwarnings("ignore:.*MemoryObjectReceiveStream:pytest.PytestUnraisableExceptionWarning")
async def test_a_worker_leaves_the_signal_to_end_to_its_process(redis_url: str):
    asked = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked.set)
    running = asyncio.create_task(keep_running(redis_url, [], asked))
    await _stands_at(redis_url)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(asyncio.shield(running), 5)
    assert asked.is_set()
    del running
    gc.collect()


async def _stands_at(redis_url: str) -> None:
    """Wait until the worker has made its stream, and a moment more until it reads from it."""
    async with Redis.from_url(redis_url) as redis:
        while not await redis.keys(f"*{QUEUE}*"):
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)


@pytest.mark.filterwarnings(DROPPED_STREAMS)
async def test_a_job_that_was_tried_too_often_is_let_go_and_ends_no_worker(redis_url: str):
    things = Things("new")
    async with running(redis_url) as queue:
        await until(lambda: queue.is_open)
        await queue.put("things", ["old"])
        async with Redis.from_url(redis_url, decode_responses=True) as redis:
            [key] = await redis.keys("*:task:data:*")
            await redis.set(key.replace(":data:", ":retry:"), 99)
            async with a_worker(redis_url, things.duty()):
                await queue.put("things", ["new"])
                await until(lambda: things.done == ["new"])
                await asyncio.wait_for(_is_gone(redis, key), 5)
    assert things.at_once["old"] == 0


async def _is_gone(redis: "Redis[str]", key: str) -> None:
    while await redis.exists(key):
        await asyncio.sleep(0.05)
