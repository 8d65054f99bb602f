"""Voices: fetched once, sealed, gone after 72 hours."""

from datetime import timedelta

import pytest

from server.domain.care.voices import KEPT_FOR, TRIES, Voice, VoiceService, VoiceState
from server.domain.post.faults import Busy, Declined, Fault, Unclear
from server.domain.refusals import NotFound
from server.storage.mongo import Mongo
from server.storage.voices import VoiceStore
from server.vault.seals import Seals
from tests.domain.booking.builders import NOW
from tests.handclock import HandClock

SOUND = b"#!AMR\n" + bytes(range(256))


class Platform:
    """Stands where WeChat does: has the sound, or fails as it is told."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.asked: list[str] = []

    async def voice(self, media_id: str) -> bytes:
        self.asked.append(media_id)
        if self.faults:
            raise self.faults.pop()
        return SOUND


@pytest.fixture
async def store(mongo: Mongo, seals: Seals) -> VoiceStore:
    store = VoiceStore(mongo.data, seals)
    await store.ensure_indexes()
    return store


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def service(store: VoiceStore, platform: Platform, clock: HandClock) -> VoiceService:
    return VoiceService(store, platform, clock)


def a_voice(id_: str = "cause") -> Voice:
    return Voice(id_, "w-1", "media-1", "amr", NOW, due=NOW)


async def test_a_voice_is_fetched_once_and_lies_sealed(service: VoiceService, platform: Platform, mongo: Mongo) -> None:
    await service.add(a_voice())
    await service.add(a_voice())
    assert await service.due(10) == ["cause"]
    await service.look(["cause", "cause"])
    assert platform.asked == ["media-1"]
    voice, sound = await service.sound("cause")
    assert (voice.state, sound) == (VoiceState.KEPT, SOUND)
    raw = await mongo.data["voices"].find_one({"_id": "cause"})
    assert raw is not None
    assert SOUND[6:60] not in bytes(raw["sound"])


async def test_after_seventy_two_hours_nothing_of_it_is_left(
    service: VoiceService, clock: HandClock, mongo: Mongo
) -> None:
    await service.add(a_voice())
    await service.look(["cause"])
    clock.until(clock.now() + KEPT_FOR - timedelta(seconds=1))
    assert await service.due(10) == []
    clock.until(clock.now() + timedelta(seconds=1))
    with pytest.raises(NotFound):
        await service.sound("cause")
    await service.look(await service.due(10))
    raw = await mongo.data["voices"].find_one({"_id": "cause"})
    assert raw is not None
    assert raw["state"] == VoiceState.ERASED
    assert "sound" not in raw


async def test_what_did_not_come_is_asked_for_again_until_it_is_too_often(
    service: VoiceService, platform: Platform, clock: HandClock
) -> None:
    await service.add(a_voice())
    platform.faults = [Unclear(), Busy(seconds=30)]
    for _ in range(3):
        await service.look(await service.due(10))
        clock.until(clock.now() + timedelta(minutes=3))
    assert (await service.sound("cause"))[1] == SOUND
    await service.add(a_voice("never"))
    platform.faults = [Unclear() for _ in range(TRIES)]
    for _ in range(TRIES + 3):
        await service.look(await service.due(10))
        clock.until(clock.now() + timedelta(minutes=3))
    assert len([each for each in platform.asked if each]) == 3 + TRIES
    with pytest.raises(NotFound):
        await service.sound("never")


async def test_what_the_platform_has_no_longer_is_lost(service: VoiceService, platform: Platform) -> None:
    await service.add(a_voice())
    platform.faults = [Declined(40007)]
    await service.look(["cause"])
    assert await service.due(10) == []
    with pytest.raises(NotFound):
        await service.sound("cause")


async def test_one_who_died_with_it_in_his_hands_leaves_it_to_the_next(
    service: VoiceService, store: VoiceStore, clock: HandClock
) -> None:
    await service.add(a_voice())
    held = await store.claim("cause", clock.now(), clock.now() + timedelta(seconds=60))
    assert held is not None
    assert await service.due(10) == []
    assert await store.count_due(clock.now()) == 1, "what is worked on is not settled"
    clock.until(clock.now() + timedelta(seconds=61))
    assert await store.count_due(clock.now()) == 1
    await service.look(await service.due(10))
    assert await store.count_due(clock.now()) == 0
    assert not await store.settle(held, None), "the first holder comes too late"
    assert (await service.sound("cause"))[1] == SOUND
