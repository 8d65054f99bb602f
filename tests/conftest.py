"""What every test stands on: real stores, settings of its own, and no way off this machine."""

import asyncio
import base64
import io
import itertools
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pymongo
import pytest

from server import embedded, logs, settings
from tests.servers import Servers, Stores

os.environ.setdefault("MOTOR_MAX_WORKERS", "16")
_REDIS_DATABASES = 4096
_databases = itertools.count(1)


class OffThisMachine(AssertionError):
    """A test tried to reach something that is not on this machine."""


def pytest_configure(config: pytest.Config) -> None:
    """Close the way off this machine, and begin logs of our own kind, in every process of the tests."""
    _stay_here()
    logs.start("tests", "json", io.StringIO())  # structlog's own would draw every local variable of a fault


# Real stores: one mongod and one valkey for each process of the tests, and a database of its own for each test


@pytest.fixture(scope="session")
def stores() -> Iterator[Stores]:
    """Where the stores of this process are; its tests share them, one after the other.

    A test may set fail points, if it takes them back; one that means to harm the servers takes `own_servers`.
    """
    with Servers() as servers:
        asyncio.run(servers.ready())
        yield Stores(servers.mongod.url, servers.valkey.url)


@pytest.fixture
async def own_servers() -> AsyncIterator[Servers]:
    """A mongod and a valkey for this test alone, ready; it may kill, hold and launch them."""
    with Servers() as servers:
        await servers.ready()
        yield servers


@pytest.fixture(scope="session")
def _plain_client(stores: Stores) -> Iterator[pymongo.MongoClient[dict[str, Any]]]:
    with pymongo.MongoClient[dict[str, Any]](stores.mongo) as client:
        yield client


@pytest.fixture
def mongo_url(stores: Stores) -> str:
    """The shared replica set; use it with `database`."""
    return stores.mongo


@pytest.fixture
def database(_plain_client: pymongo.MongoClient[dict[str, Any]]) -> Iterator[str]:
    """The name of a database that only this test has; it and `NAME_keys` are dropped afterwards."""
    name = f"t{os.getpid()}_{next(_databases)}"
    yield name
    _plain_client.drop_database(name)
    _plain_client.drop_database(f"{name}_keys")


@pytest.fixture
def redis_url(stores: Stores) -> str:
    """An empty Redis database that only this test has."""
    return f"{stores.redis.rpartition('/')[0]}/{next(_databases) % _REDIS_DATABASES}"


# A setting-up of its own for a test that starts the service


@pytest.fixture
def environ(mongo_url: str, database: str, redis_url: str, tmp_path: Path) -> dict[str, str]:
    """The `XINYI_…` variables of a service of this test's own: shared stores, free ports, keys, a test account."""
    return {
        "XINYI_PORT": str(embedded.free_port()),
        "XINYI_METRICS_PORT": str(embedded.free_port()),
        "XINYI_SIMULATOR_PORT": str(embedded.free_port()),
        "XINYI_DATA": str(tmp_path / "data"),
        "XINYI_MONGO_URL": mongo_url,
        "XINYI_MONGO_NAME": database,
        "XINYI_REDIS_URL": redis_url,
        "XINYI_MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
        "XINYI_WECHAT_API": "http://127.0.0.1:9",  # nobody answers there; a story points it at its simulator
        "XINYI_OA_APPID": "wx0123456789abcdef",
        "XINYI_OA_SECRET": "0123456789abcdef0123456789abcdef",
        "XINYI_OA_TOKEN": "xinyitesttoken",
        "XINYI_OA_AES_KEY": base64.b64encode(bytes(range(32))).decode().rstrip("="),
        "XINYI_LOG": "json",
    }


@pytest.fixture
def set_up(environ: dict[str, str]) -> settings.Settings:
    """Those variables as settings."""
    return settings.read(environ)


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Gives a port that nobody listens on, each time it is called."""
    return embedded.free_port


# No way off this machine


def _stay_here() -> None:
    """Let sockets connect on this machine only, in this process; once is enough."""
    for name in ("connect", "connect_ex"):
        reach = getattr(socket.socket, name)
        if getattr(reach, "stays_here", False):
            continue
        setattr(socket.socket, name, _guarded(reach))


def _guarded(reach: Callable[[socket.socket, Any], Any]) -> Callable[[socket.socket, Any], Any]:
    def on_this_machine(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX and str(address[0]) not in {"127.0.0.1", "::1", "localhost"}:
            raise OffThisMachine(f"a test reached for {address}")
        return reach(self, address)

    on_this_machine.stays_here = True  # type: ignore[attr-defined]  # a mark on a function
    return on_this_machine
