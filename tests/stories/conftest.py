"""Stories play in a city of their own, one for each file."""

import base64
import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pymongo
import pytest
import pytest_asyncio

from tests.servers import Stores
from tests.stories.city import City
from tests.stories.story import Story

_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the stories of a file play in the loop that its city was opened in, and first of all, for they take long."""
    for item in items:
        if _is_story(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)
    items.sort(key=_is_story, reverse=True)


def _is_story(item: pytest.Item) -> bool:
    return item.path.is_relative_to(Path(__file__).parent)


def grounds(stores: Stores, folder: Path) -> dict[str, str]:
    """What a city stands on: the stores, a database and a Redis database of its own, keys and a test account."""
    number = next(_numbers)
    return {
        "XINYI_DATA": str(folder / "data"),
        "XINYI_MONGO_URL": stores.mongo,
        "XINYI_MONGO_NAME": f"city{os.getpid()}_{number}",
        "XINYI_REDIS_URL": stores.redis.rpartition("/")[0] + f"/{os.getpid() % 100 * 10 + number}",
        "XINYI_MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
        "XINYI_OA_APPID": "wx0123456789abcdef",
        "XINYI_OA_SECRET": "0123456789abcdef0123456789abcdef",
        "XINYI_OA_TOKEN": "xinyitesttoken",
        "XINYI_OA_AES_KEY": base64.b64encode(bytes(range(32))).decode().rstrip("="),
        "XINYI_LOG": "json",
    }


@asynccontextmanager
async def a_city(stores: Stores, folder: Path, **more: Any) -> AsyncIterator[City]:
    """A running city whose database goes with it."""
    ground = grounds(stores, folder)
    city = City({**ground, **more.pop("environ", {})}, folder, **more)
    try:
        await city.open()
        yield city
    finally:
        await city.close()
        name = ground["XINYI_MONGO_NAME"]
        with pymongo.MongoClient[dict[str, object]](stores.mongo) as client:
            client.drop_database(name)
            client.drop_database(f"{name}_keys")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    """A running city; every story in a file shares it and takes followers of its own."""
    async with a_city(stores, tmp_path_factory.mktemp("city")) as city:
        yield city


@pytest_asyncio.fixture(loop_scope="module")
async def story(city: City) -> AsyncIterator[Story]:
    """A story told in this file's city; a fault of ours in any log fails it."""
    before = len(city.errors())
    yield Story(city)
    assert city.errors()[before:] == []
