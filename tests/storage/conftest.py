"""What the tests of the stores share: a connection to a database of their own, and seals over real keys."""

from collections.abc import AsyncIterator

import pytest

from server.storage.keys import KeyStore
from server.storage.mongo import Mongo
from server.vault.keys import Keyring, Master
from server.vault.seals import Seals
from tests.vault.chance import Chance


@pytest.fixture
async def mongo(mongo_url: str, database: str) -> AsyncIterator[Mongo]:
    opened = Mongo(mongo_url, database, "test")
    yield opened
    await opened.close()


@pytest.fixture
def seals(mongo: Mongo) -> Seals:
    chance = Chance()
    return Seals(Keyring(Master(bytes(32), None, chance), KeyStore(mongo.keys)), chance)
