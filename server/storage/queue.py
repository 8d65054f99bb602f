"""The queue: work is enqueued by name in Redis; without Redis nothing is lost, the tick finds what is due."""

import asyncio
import contextlib
import hashlib
from collections.abc import Sequence

import msgspec
import redis
from redis.asyncio import Redis
from streaq import Worker

from server import logs

log = logs.logger(__name__)

NAME = "xinyi"
PATIENCE = 0.5  # seconds a call to Redis may take before the caller goes on without it
_LONGEST_WAIT = 30.0
_LOOK = 2.0  # seconds between two looks whether Redis still answers


class Queue:
    """Fulfils `Later` and the tick's `Queue`: enqueues jobs for workers of any host.

    streaq's connection must be opened and closed by one task, so `run` holds it open for as long as it
    lasts, opening it again after 1, 2, 4 … 30 s.
    """

    def __init__(self, redis_url: str) -> None:
        self._url = redis_url
        self._open: Worker[None] | None = None
        self._broken = asyncio.Event()

    async def run(self) -> None:
        """Hold the connection open until cancelled."""
        wait = 1.0
        while True:
            try:
                async with self._worker() as worker:
                    self._open, wait = worker, 1.0
                    await self._until_broken(worker)
            except Exception as fault:  # noqa: BLE001  whatever it is: the queue is opened again
                log.warning("The queue cannot be reached.", fault=type(fault).__name__, seconds=wait)
            finally:
                self._open = None
                self._broken.clear()
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)

    async def _until_broken(self, worker: "Worker[None]") -> None:
        """Return when a call has failed; raise when Redis does not answer though nobody called."""
        while not self._broken.is_set():
            async with asyncio.timeout(PATIENCE):
                await worker.redis.ping()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._broken.wait(), _LOOK)

    @property
    def is_open(self) -> bool:
        """Return whether Redis was reached when last tried."""
        return self._open is not None

    async def answers(self) -> bool:
        """Return whether Redis answers now; asked by the doctor, who holds no connection open."""
        client = Redis.from_url(self._url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        try:
            return bool(await client.ping())
        except (redis.RedisError, OSError, TimeoutError):
            return False
        finally:
            await client.aclose()

    async def put(self, name: str, ids: Sequence[str]) -> bool:
        """Enqueue a job by name; while the same job waits or runs it is one. False when Redis cannot be had."""
        worker = self._open
        if worker is None:
            return False
        task = worker.enqueue_unsafe(name, list(ids))
        task.id = hashlib.sha256("\n".join((name, *ids)).encode()).hexdigest()[:32]
        try:
            async with asyncio.timeout(PATIENCE):
                await task
        except Exception as fault:  # noqa: BLE001  whatever it is: the tick finds what is lost here, and a turn goes on
            log.warning("The queue did not take a job.", fault=type(fault).__name__)
            self._break(worker)
            return False
        return True

    def _break(self, worker: "Worker[None]") -> None:
        """Let nobody wait for this connection any more; `run` opens another."""
        if self._open is worker:
            self._open = None
            self._broken.set()

    async def soon(self, name: str, ids: Sequence[str]) -> None:
        """Ask that the job of this name look at these ids; what is lost here the tick finds."""
        if ids:
            await self.put(name, ids)

    def _worker(self) -> "Worker[None]":
        return Worker(
            self._url,
            queue_name=NAME,
            serializer=lambda value: msgspec.json.encode(value).decode(),
            deserializer=msgspec.json.decode,
            handle_signals=False,
        )
