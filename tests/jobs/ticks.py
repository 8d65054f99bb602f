"""Ticks, workers and due things that a test opens and ends."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from server.embedded import free_port
from server.jobs.tick import Tick
from server.jobs.timetable import Duty
from server.jobs.worker import keep_running
from server.storage.queue import Queue


@asynccontextmanager
async def at_work(queue: Queue, *duties: Duty) -> AsyncIterator[Tick]:
    """A tick that runs until the test is done with it."""
    tick = Tick(duties, queue)
    task = asyncio.create_task(tick.run())
    try:
        yield tick
    finally:
        tick.stop()
        await asyncio.wait_for(task, 5)


@asynccontextmanager
async def a_worker(url: str, *duties: Duty) -> AsyncIterator[None]:
    """A worker beside the tick, as `xinyi work` has one."""
    stopping = asyncio.Event()
    task = asyncio.create_task(keep_running(url, duties, stopping))
    try:
        yield
    finally:
        stopping.set()
        await asyncio.wait_for(task, 10)


class Things:
    """Things that are due until they were done; `run` may be held, and some of them fail."""

    def __init__(self, *due: str) -> None:
        self.due = list(due)
        self.done: list[str] = []
        self.asked: list[int] = []
        self.failing: set[str] = set()
        self.at_once: Counter[str] = Counter()
        self.most_at_once = 0
        self.free = asyncio.Event()
        self.free.set()

    def duty(self, name: str = "things") -> Duty:
        return Duty(name, self.find, self.run)

    async def find(self, most: int) -> Sequence[str]:
        self.asked.append(most)
        return self.due[:most]

    async def run(self, ids: Sequence[str]) -> None:
        for each in ids:
            self.at_once[each] += 1
            self.most_at_once = max(self.most_at_once, self.at_once.total())
            await self.free.wait()
            self.at_once[each] -= 1
            if each in self.failing:
                raise LookupError(each)
            self.due.remove(each)
            self.done.append(each)


def nowhere() -> Queue:
    """A queue that was never opened."""
    return Queue(f"redis://127.0.0.1:{free_port()}/0")


def finding(fault: Exception) -> Callable[[int], Awaitable[Sequence[str]]]:
    async def find(_most: int) -> Sequence[str]:
        raise fault

    return find
