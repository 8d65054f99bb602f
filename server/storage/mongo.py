"""MongoDB: one client, one way to change several things at once, one session for who joins it."""

import asyncio
import contextlib
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


@dataclass(slots=True, eq=False)
class _Turn:
    """One transaction under way; `is_left` says that whoever asked for it waits no longer."""

    session: Session | None = None
    is_left: bool = False

    def go_on(self) -> None:
        """Raise `Unavailable` where nothing more may be written, since nobody would hear of it."""
        if self.is_left:
            raise Unavailable("现在有点忙，请稍后再试。")


_turn: ContextVar[_Turn | None] = ContextVar("mongo turn", default=None)


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
    """Return the session of the transaction this task is in, so that a store joins it.

    Raises `Unavailable` when whoever asked for the transaction has gone: it goes no further.
    """
    turn = _turn.get()
    if turn is None:
        return None
    turn.go_on()
    return turn.session


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
        self._running: set[asyncio.Future[Any]] = set()

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
        if _turn.get() is not None:
            return await deed()
        turn = _Turn()
        running = asyncio.create_task(self._run(turn, deed))
        self._keep(running)
        try:
            async with asyncio.timeout(within):
                return await asyncio.shield(running)
        except (TimeoutError, *_UNREACHED) as fault:
            raise Unavailable("现在有点忙，请稍后再试。") from fault
        finally:
            turn.is_left = True

    async def _run(self, turn: "_Turn", deed: Callable[[], Awaitable[T]]) -> T:
        """Run the deed in a task of its own, which nobody ends while one of its commands is under way.

        Motor's threads go on with a command whose caller was cancelled; a session ended under their hands lets
        it through outside of any transaction.
        """
        opened = await self.client.start_session()
        turn.session = opened
        _turn.set(turn)
        try:
            return await _repeat(turn, opened, deed)
        finally:
            self._keep(asyncio.ensure_future(opened.end_session()))  # the caller need not wait for it

    def _keep(self, running: "asyncio.Future[Any]") -> None:
        self._running.add(running)
        running.add_done_callback(self._done)

    def _done(self, running: "asyncio.Future[Any]") -> None:
        self._running.discard(running)
        if not running.cancelled():
            running.exception()  # whoever waited for it was told, or has gone

    async def close(self) -> None:
        """Close every connection."""
        self.client.close()


async def _repeat(turn: "_Turn", opened: Session, deed: Callable[[], Awaitable[T]]) -> T:
    while True:  # until whoever asked has gone
        turn.go_on()
        opened.start_transaction(
            read_concern=ReadConcern("snapshot"), write_concern=_MAJORITY, max_commit_time_ms=3_000
        )
        try:
            result = await deed()
            turn.go_on()
            await _commit(turn, opened)
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


async def _commit(turn: "_Turn", opened: Session) -> None:
    while True:
        try:
            await opened.commit_transaction()
        except (OperationFailure, ConnectionFailure) as fault:
            if not fault.has_error_label("UnknownTransactionCommitResult"):
                raise
            if turn.is_left:
                await _let_go(opened)
                raise
        else:
            return


async def _let_go(opened: Session) -> None:
    """End on the server a transaction whose commit got no answer; one that was committed stays so.

    The driver aborts nothing after a commit was asked for: what it wrote would stay locked for the
    lifetime of a transaction, a minute, unless the next caller were handed the same session.
    """
    with contextlib.suppress(PyMongoError):  # out of reach: the server ends it by itself, later
        await opened.client.admin.command("killSessions", [opened.session_id])


async def _abort(opened: Session) -> None:
    try:
        await opened.abort_transaction()
    except (PyMongoError, InvalidOperation):
        return  # the server ends it by itself; what was raised before matters more
