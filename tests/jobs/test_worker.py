"""The worker at the queue: it runs until it is asked to end, and leaves the asking to its process."""

import asyncio
import gc
import os
import signal

import pytest
from redis.asyncio import Redis

from server.jobs.worker import QUEUE, keep_running


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
