"""Queues that a test opens and ends."""

import asyncio
import contextlib
import gc
import time
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from server.storage.queue import Queue

DROPPED_STREAMS = "ignore:Unclosed <Memory:ResourceWarning"
"""coredis drops two streams at every connection that fails."""


@asynccontextmanager
async def running(url: str) -> AsyncIterator[Queue]:
    """A queue that holds its connection open."""
    queue = Queue(url)
    task = asyncio.create_task(queue.run())
    try:
        yield queue
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait_for(task, 3)
        sweep()


def sweep() -> None:
    """Let go of dropped streams here, where nobody takes offence."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


async def until(holds: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait until this holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about in time"
        await asyncio.sleep(0.01)
