"""Gathering: what many messages ask of MongoDB in one turn of the loop goes out as one command."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Any, Generic, TypeAlias, TypeVar

from pymongo.errors import AutoReconnect, DuplicateKeyError, OperationFailure, WriteError

from server import metrics
from server.storage.mongo import Database, Document

Item = TypeVar("Item")
Result = TypeVar("Result")

COMMAND_MS = 1_000
MOST = 128  # items in one command; more would make the first of them wait for the last
_UNDER_WAY = 2  # commands at once: one on its way while the next one fills
_DUPLICATE_KEY = 11_000

Outcome: TypeAlias = Result | Exception
Batch: TypeAlias = list[tuple[Item, asyncio.Future[Result]]]


class Gather(Generic[Item, Result]):
    """Asks for many at once; never part of a transaction. A batch that fails is asked again one by one.

    Where one answer serves all who ask, `at_once=1` lets more of them share it.
    """

    def __init__(
        self, ask: Callable[[Sequence[Item]], Awaitable[Sequence[Outcome[Result]]]], at_once: int = _UNDER_WAY
    ) -> None:
        self._ask = ask
        self._at_once = at_once
        self._waiting: Batch[Item, Result] = []
        self._running: set[asyncio.Task[None]] = set()

    def __call__(self, item: Item) -> "asyncio.Future[Result]":
        """Return a future of what came back for this one item."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((item, answer))
        if len(self._waiting) == 1:
            # What is gathered belongs to no one caller: neither to its transaction nor to its cause.
            loop.call_soon(self._start, context=Context())
        return answer

    def _start(self) -> None:
        while self._waiting and len(self._running) < self._at_once:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            task = asyncio.get_running_loop().create_task(self._run(batch))
            self._running.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        self._start()

    async def _run(self, batch: Batch[Item, Result]) -> None:
        wanted = [(item, answer) for item, answer in batch if not answer.done()]  # the others' callers have gone
        if not wanted:
            return
        metrics.GATHER_BATCH.observe(len(wanted))
        try:
            outcomes = await self._ask([item for item, _ in wanted])
        except Exception as fault:  # noqa: BLE001  whatever it is, whoever waits must hear of it
            if len(wanted) > 1 and not isinstance(fault, AutoReconnect | TimeoutError):
                for each in wanted:
                    await self._run([each])
                return
            outcomes = [fault] * len(wanted)
        _tell(wanted, outcomes)


def _tell(batch: Batch[Item, Result], outcomes: Sequence[Outcome[Result]]) -> None:
    for (_, answer), outcome in zip(batch, outcomes, strict=True):
        if answer.done():
            continue
        if isinstance(outcome, Exception):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)


def finder(database: Database, collection: str) -> Gather[str, Document | None]:
    """Return a gathered find by `_id`."""

    async def ask(ids: Sequence[str]) -> Sequence[Document | None]:
        reply = await database.command(
            {
                "find": collection,
                "filter": {"_id": {"$in": list(set(ids))}},
                "batchSize": MOST,
                "singleBatch": True,
                "maxTimeMS": COMMAND_MS,
            },
            codec_options=database.codec_options,
        )
        found = {document["_id"]: document for document in reply["cursor"]["firstBatch"]}
        return [found.get(asked) for asked in ids]

    return Gather(ask)


def inserter(database: Database, collection: str) -> Gather[Document, None]:
    """Return a gathered insert with majority and journal; a taken `_id` raises `DuplicateKeyError`."""

    async def ask(documents: Sequence[Document]) -> Sequence[Outcome[None]]:
        reply = await database.command(
            {
                "insert": collection,
                "documents": list(documents),
                "ordered": False,
                "writeConcern": {"w": "majority", "j": True, "wtimeout": COMMAND_MS},
                "maxTimeMS": COMMAND_MS,
            }
        )
        if "writeConcernError" in reply:
            raise OperationFailure("the majority did not confirm", reply["writeConcernError"].get("code"))
        outcomes: list[Outcome[None]] = [None] * len(documents)
        for fault in reply.get("writeErrors", ()):
            outcomes[fault["index"]] = _write_fault(fault)
        return outcomes

    return Gather(ask)


def _write_fault(fault: dict[str, Any]) -> Exception:
    if fault["code"] == _DUPLICATE_KEY:
        return DuplicateKeyError(fault["errmsg"], fault["code"])
    return WriteError(fault["errmsg"], fault["code"])
