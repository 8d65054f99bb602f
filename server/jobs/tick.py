"""The tick: every second, and when the clock jumps, it finds what is due in MongoDB and has it done."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from server import logs, metrics
from server.domain.clock import Clock, system_clock
from server.domain.refusals import Unavailable
from server.jobs.timetable import Duty

log = logs.logger(__name__)

EVERY = 1.0  # seconds
LOOK = 0.1  # seconds between two looks whether the clock has jumped
JUMP = timedelta(seconds=2)  # a clock that is so far ahead of its pace has jumped
MOST = 200  # ids a duty hands on in one tick; the rest is found by the next
BATCH = 20  # ids one job looks at
SIDE_BY_SIDE = 8  # batches that the tick itself works on when there is no queue
PATIENCE = 10.0  # seconds after which what was handed to the queue is done here instead


class Queue(Protocol):
    """Where jobs are put for the workers."""

    async def put(self, name: str, ids: Sequence[str]) -> bool:
        """Enqueue a job by name; False when there is no queue to be had."""
        ...


class Tick:
    """Finds due things. What it finds twice does no harm: each is claimed in MongoDB before anything is done."""

    def __init__(self, duties: Sequence[Duty], queue: Queue, clock: Clock | None = None) -> None:
        self._duties = duties
        self._queue = queue
        self._clock = clock or system_clock()
        self._seen: dict[tuple[str, str], float] = {}
        self._room = asyncio.Semaphore(SIDE_BY_SIDE)
        self._working: set[tuple[str, str]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Tick until `stop` is called, then let what is under way end."""
        while not self._stopping.is_set():
            started = time.monotonic()
            await self._once()
            await self._rest(EVERY - (time.monotonic() - started))
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def stop(self) -> None:
        """Look for nothing more."""
        self._stopping.set()

    async def _rest(self, seconds: float) -> None:
        """Return after so many seconds, sooner when the clock jumps or `stop` is called."""
        await asyncio.sleep(0)  # a tick that took all its time still lets the others go on
        ends, leap = time.monotonic() + seconds, self._clock.now() + timedelta(seconds=seconds) + JUMP
        while (left := ends - time.monotonic()) > 0 and self._clock.now() < leap and not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), min(left, LOOK))

    async def _once(self) -> None:
        found: set[tuple[str, str]] = set()
        for duty in self._duties:
            try:
                ids = await duty.find(MOST)
                found |= {(duty.name, each) for each in ids}
                await self._hand_on(duty, ids)
            except Unavailable:
                log.warning("The store did not answer the tick.", name=duty.name)
            except Exception:  # one duty's fault must not keep the others from their hour
                log.error("A duty's search failed.", name=duty.name, exc_info=True)
        self._forget(found)

    async def _hand_on(self, duty: Duty, ids: Sequence[str]) -> None:
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            if self._is_stuck(duty, batch) or not await self._queue.put(duty.name, batch):
                self._do(duty, batch)

    def _is_stuck(self, duty: Duty, batch: Sequence[str]) -> bool:
        """Note when these were first seen; tell whether the oldest has waited longer than a queue may take."""
        now = time.monotonic()
        first = min(self._seen.setdefault((duty.name, each), now) for each in batch)
        return now - first > PATIENCE

    def _do(self, duty: Duty, batch: Sequence[str]) -> None:
        """Work on those of these that are not being worked on here already."""
        new = [each for each in batch if (duty.name, each) not in self._working]
        if new:
            self._working |= {(duty.name, each) for each in new}
            task = asyncio.create_task(self._work(duty, new))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _work(self, duty: Duty, batch: Sequence[str]) -> None:
        try:
            async with self._room:
                await work(duty, batch)
        finally:
            self._working -= {(duty.name, each) for each in batch}

    def _forget(self, found: set[tuple[str, str]]) -> None:
        self._seen = {key: first for key, first in self._seen.items() if key in found}
        oldest = min(self._seen.values(), default=time.monotonic())
        metrics.TICK_LAG.set(time.monotonic() - oldest)


async def work(duty: Duty, batch: Sequence[str]) -> None:
    """Do one batch, one id after another; a fault is told and left to the next tick: what is due stays due.

    An id begins with its cause, and the log speaks by that name down to the call to WeChat.
    """
    for each in batch:
        logs.cause.set(each.partition(":")[0])
        try:
            await duty.run([each])
        except Unavailable:
            log.warning("The store did not answer a job.", name=duty.name)
        except Exception:  # the row stays due and is found again; the worker must go on
            log.error("A job failed.", name=duty.name, exc_info=True)
