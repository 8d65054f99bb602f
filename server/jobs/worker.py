"""The worker: one streaq Worker, opened again whenever Redis comes back, that does what the tick found."""

import asyncio
import contextlib
from collections.abc import Sequence

import msgspec
from streaq import Worker

from server import logs
from server.jobs.tick import work
from server.jobs.timetable import Duty

log = logs.logger(__name__)

QUEUE = "xinyi"
CONCURRENCY = 8
GRACE_SECONDS = 8
IDLE_SECONDS = 5  # a killed worker's job is taken over after this long (infrastructure.md)
_LONGEST_WAIT = 30.0


class _Deaf(Worker[None]):
    """A Worker that leaves TERM and Ctrl-C to its process.

    streaq 7.2 takes both for itself in `run_async`, whatever `handle_signals` says, and then nobody else hears them.
    """

    async def signal_handler(self, scope: object) -> None:
        """Hear nothing: `keep_running` ends this Worker."""


def build(redis_url: str, duties: Sequence[Duty]) -> "Worker[None]":
    """Return the Worker with one task for each duty; it is opened and run by `keep_running`."""
    worker = _Deaf(
        redis_url,
        concurrency=CONCURRENCY,
        queue_name=QUEUE,
        serializer=_packed,
        deserializer=msgspec.json.decode,
        handle_signals=False,
        idle_timeout=IDLE_SECONDS,
        grace_period=GRACE_SECONDS,
    )
    for duty in duties:
        worker.task(name=duty.name, timeout=120, ttl=0, silent=True)(_task(duty))
    return worker


def _packed(value: object) -> str:
    """Return a value as JSON; of a fault, such as that of a job which was tried too often, only its kind is told.

    streaq writes faults too: one that could not be written would end the Worker, and again whenever it is opened.
    """
    return msgspec.json.encode(value, enc_hook=lambda fault: type(fault).__name__).decode()


def _task(duty: Duty):  # type: ignore[no-untyped-def]  # noqa: ANN202  streaq asks for a plain coroutine function
    async def run(ids: list[str]) -> None:
        await work(duty, ids)

    return run


async def keep_running(redis_url: str, duties: Sequence[Duty], stopping: asyncio.Event) -> None:
    """Run the Worker until `stopping`, opening it again after 1, 2, 4 … 30 s whenever Redis goes."""
    wait = 1.0
    while not stopping.is_set():
        running = asyncio.create_task(build(redis_url, duties).run_async())
        stop = asyncio.create_task(stopping.wait())
        started = asyncio.get_running_loop().time()
        await asyncio.wait({running, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if stopping.is_set():
            await _end(running)
            return
        fault = running.exception()
        log.warning("The queue is gone; the tick works alone.", fault=type(fault).__name__, seconds=wait)
        if asyncio.get_running_loop().time() - started > _LONGEST_WAIT:
            wait = 1.0
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), wait)
        wait = min(wait * 2, _LONGEST_WAIT)


async def _end(running: "asyncio.Task[None]") -> None:
    running.cancel()
    await asyncio.wait({running}, timeout=GRACE_SECONDS)
