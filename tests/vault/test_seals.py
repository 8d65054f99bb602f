"""Seals: only who names the same place can open them, and any change is noticed. Keys lie in a real store."""

import base64
import json
from collections.abc import AsyncIterator

import pytest

from server.storage.keys import KeyStore
from server.storage.mongo import Mongo
from server.vault.keys import KeyLost, Keyring, Master
from server.vault.seals import AES_256_GCM, SealBroken, Seals
from tests.vault.chance import Chance

KEY, PLACE, WORDS = "chat-2026-11", "o-lin:1", "今天很难过"


@pytest.fixture
async def kept(mongo_url: str, database: str) -> AsyncIterator[KeyStore]:
    mongo = Mongo(mongo_url, database, "test")
    yield KeyStore(mongo.keys)
    await mongo.close()


def a_process(kept: KeyStore, seed: int = 7) -> Seals:
    """The seals of one process: what it has opened it remembers, what it has not it reads."""
    chance = Chance(seed)
    return Seals(Keyring(Master(bytes(32), None, chance), kept), chance)


async def sealed_words(seals: Seals) -> bytes:
    return await seals.seal(KEY, WORDS.encode(), PLACE)


async def test_what_one_process_sealed_another_opens(kept: KeyStore) -> None:
    sealed = await sealed_words(a_process(kept))
    assert (await a_process(kept, seed=8).open(sealed, PLACE)).decode() == WORDS


async def test_a_sealed_value_names_its_algorithm_and_key_and_nothing_else_readable(kept: KeyStore) -> None:
    sealed = await sealed_words(a_process(kept))
    assert sealed[0] == AES_256_GCM
    assert sealed[2 : 2 + sealed[1]].decode() == KEY
    for form in (WORDS.encode(), base64.b64encode(WORDS.encode()), json.dumps(WORDS).encode()):
        assert form not in sealed


async def test_the_same_words_are_never_sealed_alike(kept: KeyStore) -> None:
    seals = a_process(kept)
    assert await sealed_words(seals) != await sealed_words(seals)


async def test_a_sealed_value_does_not_open_in_another_place(kept: KeyStore) -> None:
    seals = a_process(kept)
    with pytest.raises(SealBroken):
        await seals.open(await sealed_words(seals), "o-wang:1")


async def test_a_value_changed_by_one_byte_or_cut_anywhere_does_not_open(kept: KeyStore) -> None:
    seals = a_process(kept)
    sealed = await sealed_words(seals)
    for at in range(len(sealed)):
        changed = sealed[:at] + bytes((sealed[at] ^ 0x81,)) + sealed[at + 1 :]
        for broken in (changed, sealed[:at]):
            with pytest.raises((SealBroken, KeyLost)):
                await seals.open(broken, PLACE)


@pytest.mark.parametrize("garbage", [b"", b"\x01", b"\x02" * 60, b"\x01\x02\xff\xfe" + bytes(40), b"words"])
async def test_what_is_no_sealed_value_is_refused_as_one(kept: KeyStore, garbage: bytes) -> None:
    with pytest.raises((SealBroken, KeyLost)):
        await a_process(kept).open(garbage, PLACE)


async def test_a_destroyed_key_opens_nothing_any_more(kept: KeyStore) -> None:
    sealed = await sealed_words(a_process(kept))
    await kept._keys.delete_one({"_id": KEY})
    with pytest.raises(KeyLost):
        await a_process(kept).open(sealed, PLACE)
