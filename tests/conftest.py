"""What every test stands on: real stores, settings of its own, and no way off this machine."""

import asyncio
import base64
import itertools
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pymongo
import pytest

from server import embedded, settings
from tests.servers import Servers, Stores

os.environ.setdefault("MOTOR_MAX_WORKERS", "16")
_SERVERS = pytest.StashKey[Servers]()
_DATABASES_A_WORKER = 512
_databases = itertools.count(1)


class OffThisMachine(AssertionError):
    """A test tried to reach something that is not on this machine."""


# One mongod and one valkey for a whole run, started by the process that leads it


def pytest_configure(config: pytest.Config) -> None:
    """Close the way off this machine, in every process of the tests."""
    _stay_here()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the stores are."""
    stores = _stores(node.config)
    node.workerinput["stores"] = (stores.mongo, stores.redis)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the stores with the run."""
    servers = config.stash.get(_SERVERS, None)
    if servers is not None:
        servers.end()


def _stores(config: pytest.Config) -> Stores:
    if _SERVERS not in config.stash:
        servers = config.stash[_SERVERS] = Servers()
        servers.launch()
        asyncio.run(servers.ready())
    servers = config.stash[_SERVERS]
    return Stores(servers.mongod.url, servers.valkey.url)


@pytest.fixture(scope="session")
def stores(pytestconfig: pytest.Config) -> Stores:
    """Where the shared stores are; a test that means to harm them takes `own_servers` instead."""
    given = getattr(pytestconfig, "workerinput", {}).get("stores")
    return Stores(*given) if given else _stores(pytestconfig)


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
def database(_plain_client: pymongo.MongoClient[dict[str, Any]], worker_id: str) -> Iterator[str]:
    """The name of a database that only this test has; it and `NAME_keys` are dropped afterwards."""
    name = f"t{os.getpid()}_{worker_id}_{next(_databases)}"
    yield name
    _plain_client.drop_database(name)
    _plain_client.drop_database(f"{name}_keys")


@pytest.fixture
def redis_url(stores: Stores, worker_id: str) -> str:
    """An empty Redis database that only this test has."""
    worker = int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0
    number = worker * _DATABASES_A_WORKER + next(_databases) % _DATABASES_A_WORKER
    return stores.redis.rpartition("/")[0] + f"/{number}"


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


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """`gw0`, `gw1` … under pytest-xdist, `master` without it."""
    given: dict[str, str] = getattr(request.config, "workerinput", {})
    return given.get("workerid", "master")


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
