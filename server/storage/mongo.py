"""MongoDB: one client, one way to change several things at once, one session for who joins it."""

import asyncio
import functools
import inspect
import random
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorClientSession, AsyncIOMotorDatabase
from pymongo.errors import (
    ConnectionFailure,
    ExecutionTimeout,
    InvalidOperation,
    OperationFailure,
    PyMongoError,
    WTimeoutError,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from server.domain.refusals import Unavailable

T = TypeVar("T")
Store = TypeVar("Store")
Document = dict[str, Any]
Database = AsyncIOMotorDatabase[Document]
Session = AsyncIOMotorClientSession

QUERY_MS = 1_500  # no query of a turn may take longer; the follower waits
TOGETHER_SECONDS = 3.5  # from design.md 6.3: after that WeChat is asked to repeat
_MAJORITY = WriteConcern(w="majority", j=True, wtimeout=5_000)

_UNREACHED = (ConnectionFailure, ExecutionTimeout, WTimeoutError)

_session: ContextVar[Session | None] = ContextVar("mongo session", default=None)


def reaching(store: type[Store]) -> type[Store]:
    """Let every coroutine of a store say `Unavailable` when the server cannot be reached or does not answer.

    Inside a transaction the driver's own fault is passed on: `together` knows which of them to repeat.
    """
    for name, method in list(vars(store).items()):
        if inspect.iscoroutinefunction(method) and not name.startswith("_"):
            setattr(store, name, _reaching(method))
    return store


def _reaching(method: Callable[..., Awaitable[T]]) -> Callable[..., Awaitable[T]]:
    @functools.wraps(method)
    async def translated(*given: Any, **named: Any) -> T:  # noqa: ANN401  whatever the method takes
        try:
            return await method(*given, **named)
        except _UNREACHED as fault:
            if session() is not None:
                raise
            raise Unavailable("现在有点忙，请稍后再试。") from fault

    return translated


def session() -> Session | None:
    """Return the session of the transaction this task is in, so that a store joins it."""
    return _session.get()


@dataclass(frozen=True, slots=True)
class State:
    """How the server stands: version, replica set or not, how long a left transaction lives, its own clock."""

    version: str
    is_replica_set: bool
    lifetime_seconds: int
    local_time: datetime


class Mongo:
    """The connection to MongoDB; the data and the wrapped keys lie in databases of their own."""

    def __init__(self, url: str, name: str, role: str) -> None:
        self.client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
            url,
            appname=f"xinyi-{role}",
            tz_aware=True,
            tzinfo=UTC,
            serverSelectionTimeoutMS=2_000,
            connectTimeoutMS=2_000,
            socketTimeoutMS=5_000,
            maxPoolSize=64,
            retryWrites=True,
        )
        options: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)
        self.data: Database = self.client.get_database(name, codec_options=options, write_concern=_MAJORITY)
        self.keys: Database = self.client.get_database(f"{name}_keys", codec_options=options, write_concern=_MAJORITY)
        self._ending: set[asyncio.Future[None]] = set()

    async def ping(self) -> None:
        """Return once the server takes writes; raises `Unavailable` within two seconds otherwise."""
        try:
            hello = await asyncio.wait_for(self.data.command("hello"), 2.0)
        except (PyMongoError, TimeoutError) as fault:
            raise Unavailable("数据库暂时没有回应，请稍后再试。") from fault
        if not hello.get("isWritablePrimary"):
            raise Unavailable("数据库正在切换，请稍后再试。")

    async def state(self) -> State:
        """Return what the doctor asks of the server; raises `Unavailable`."""
        try:
            hello = await asyncio.wait_for(self.data.command("hello"), 2.0)
            asked = {"getParameter": 1, "transactionLifetimeLimitSeconds": 1}
            limits = await asyncio.wait_for(self.client.admin.command(asked), 2.0)
            version = (await self.client.server_info())["version"]
        except (PyMongoError, TimeoutError) as fault:
            raise Unavailable("数据库没有回应，请看 MongoDB 是否在运行、XINYI_MONGO_URL 是否写对。") from fault
        lifetime = int(limits["transactionLifetimeLimitSeconds"])
        return State(version, "setName" in hello, lifetime, hello["localTime"].replace(tzinfo=UTC))

    async def together(self, deed: Callable[[], Awaitable[T]], within: float = TOGETHER_SECONDS) -> T:
        """Run the deed in one transaction, and again on a transient error, for `within` seconds at most.

        The deed may run several times and so has no effect outside the database. What it raises
        aborts the transaction and is passed on. A deed that asks for `together` joins the outer one.
        """
        if _session.get() is not None:
            return await deed()
        opened: Session | None = None
        try:
            async with asyncio.timeout(within):
                opened = await self.client.start_session()
                return await self._inside(opened, deed)
        except (TimeoutError, *_UNREACHED) as fault:
            raise Unavailable("现在有点忙，请稍后再试。") from fault
        finally:
            if opened is not None:
                self._end(opened)

    async def _inside(self, opened: Session, deed: Callable[[], Awaitable[T]]) -> T:
        token = _session.set(opened)
        try:
            return await _repeat(opened, deed)
        finally:
            _session.reset(token)

    def _end(self, opened: Session) -> None:
        """Give the session back behind the caller's back: on a server that hangs this takes seconds."""
        ending = asyncio.ensure_future(opened.end_session())
        self._ending.add(ending)
        ending.add_done_callback(self._ended)

    def _ended(self, ending: "asyncio.Future[None]") -> None:
        self._ending.discard(ending)
        if not ending.cancelled():
            ending.exception()  # a session that cannot be ended is ended by the server

    async def close(self) -> None:
        """Close every connection."""
        self.client.close()


async def _repeat(opened: Session, deed: Callable[[], Awaitable[T]]) -> T:
    while True:  # until the caller's time is up: `together` ends it there
        opened.start_transaction(
            read_concern=ReadConcern("snapshot"), write_concern=_MAJORITY, max_commit_time_ms=3_000
        )
        try:
            result = await deed()
            await _commit(opened)
        except PyMongoError as fault:
            await _abort(opened)
            if not fault.has_error_label("TransientTransactionError"):
                raise
            await asyncio.sleep(random.uniform(0.005, 0.025))
        except Exception:
            await _abort(opened)
            raise
        else:
            return result


async def _commit(opened: Session) -> None:
    while True:
        try:
            await opened.commit_transaction()
        except (OperationFailure, ConnectionFailure) as fault:
            if not fault.has_error_label("UnknownTransactionCommitResult"):
                raise
        else:
            return


async def _abort(opened: Session) -> None:
    try:
        await opened.abort_transaction()
    except (PyMongoError, InvalidOperation):
        return  # the server ends it by itself; what was raised before matters more
