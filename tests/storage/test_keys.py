"""Wrapped keys: the first one written under a name is the only one ever, whoever else was at it."""

import asyncio

from server.storage.keys import KeyStore
from server.storage.mongo import Mongo
from server.vault.keys import Keyring, Master
from server.vault.seals import Seals
from tests.vault.chance import Chance


def a_process(mongo: Mongo, seed: int) -> Seals:
    chance = Chance(seed)
    return Seals(Keyring(Master(bytes(32), None, chance), KeyStore(mongo.keys)), chance)


async def test_the_first_key_of_a_name_stays(mongo: Mongo) -> None:
    keys = KeyStore(mongo.keys)
    assert await keys.find("chat") is None
    assert await keys.add("chat", b"first") == b"first"
    assert await keys.add("chat", b"second") == b"first"
    assert await keys.find("chat") == b"first"


async def test_processes_that_make_a_key_at_once_agree_on_one(mongo: Mongo) -> None:
    processes = [a_process(mongo, seed) for seed in range(16)]
    sealed = await asyncio.gather(*(each.seal("chat", b"words", "here") for each in processes))
    opened = await asyncio.gather(*(processes[0].open(each, "here") for each in sealed))
    assert opened == [b"words"] * 16
    assert await mongo.keys["keys"].count_documents({}) == 1


async def test_keys_lie_in_a_database_of_their_own(mongo: Mongo) -> None:
    await a_process(mongo, 1).seal("chat", b"words", "here")
    assert mongo.keys.name != mongo.data.name
    assert await mongo.data.list_collection_names() == []


async def test_a_key_made_inside_a_transaction_that_is_undone_stays(mongo: Mongo) -> None:
    seals = a_process(mongo, 1)

    async def deed() -> None:
        await seals.seal("chat", b"words", "here")
        raise LookupError

    try:
        await mongo.together(deed)
    except LookupError:
        sealed = await seals.seal("chat", b"words", "here")
    assert await a_process(mongo, 2).open(sealed, "here") == b"words"
