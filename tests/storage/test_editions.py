"""Editions and their events: one mass edition a day, one holder at a time, every change guarded by what was read."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from pymongo.errors import DuplicateKeyError

from server.domain.clock import at, day
from server.domain.publishing.edition import LEASE, Edition, EditionState, Sending, Step, Way, move
from server.domain.publishing.ports import MassEvent
from server.domain.publishing.service import Publishing
from server.domain.refusals import Taken, WrongState
from server.storage.editions import EditionStore
from server.storage.library import LibraryStore
from server.storage.mongo import Mongo
from tests.domain.booking.builders import NOW
from tests.handclock import HandClock
from tests.storage.builders import an_edition
from tests.vault.chance import Chance

GOOD = MassEvent("77", good=True, status="send success", total=10, filtered=9, sent=8, failed=1)
SENDING = Sending("ed-1", NOW, NOW, message="77", confirmed=True)


@pytest.fixture
async def editions(mongo: Mongo) -> EditionStore:
    store = EditionStore(mongo.data)
    await store.ensure_indexes()
    return store


@pytest.fixture
def publishing(mongo: Mongo, editions: EditionStore) -> Publishing:
    library = LibraryStore(mongo.data)
    return Publishing(editions, library, mongo.together, HandClock(NOW), Chance(), "https://x")


async def tried(editions: EditionStore, edition: Edition) -> bool:
    try:
        await editions.add(edition)
    except Taken:
        return False
    return True


def in_state(state: EditionState, id_: str = "ed-1", **changes: object) -> Edition:
    return replace(an_edition(id_), state=state, **changes)  # type: ignore[arg-type]  # fields by name


# One a day


async def test_an_edition_comes_back_as_it_was_kept(editions: EditionStore) -> None:
    edition = an_edition(sending=SENDING)
    await editions.add(edition)
    assert await editions.find("ed-1") == edition
    assert await editions.find("ed-2") is None


async def test_of_twenty_mass_editions_planned_for_one_day_one_is_kept(editions: EditionStore) -> None:
    midnight = at(day(NOW) + timedelta(days=1), NOW.time().min)
    wishes = [an_edition(f"ed-{number}", midnight + timedelta(minutes=70 * number)) for number in range(20)]
    assert sum(await asyncio.gather(*(tried(editions, wish) for wish in wishes))) == 1
    assert await tried(editions, an_edition("ed-next", midnight + timedelta(days=1)))
    assert await tried(editions, an_edition("ed-reply", midnight, way=Way.REPLY))


@pytest.mark.parametrize("state", [EditionState.FAILED, EditionState.MISSED, EditionState.CANCELLED])
async def test_an_edition_that_never_went_out_frees_its_day(editions: EditionStore, state: EditionState) -> None:
    await editions.add(an_edition())
    assert not await tried(editions, an_edition("ed-2"))
    await editions.save(replace(an_edition(), state=state, due=None), release=True)
    assert await tried(editions, an_edition("ed-2"))


@pytest.mark.parametrize("state", [EditionState.SENDING, EditionState.SENT])
async def test_an_edition_that_went_out_keeps_its_day(editions: EditionStore, state: EditionState) -> None:
    await editions.add(in_state(state, due=None))
    assert not await tried(editions, an_edition("ed-2"))
    assert day(an_edition().at) in await editions.taken_days(NOW, "daily")


async def test_the_days_of_a_series_are_taken_for_it_whatever_its_way(editions: EditionStore) -> None:
    await editions.add(an_edition(way=Way.REPLY, series="daily"))
    assert await editions.taken_days(NOW, "daily") == {day(an_edition().at)}
    assert await editions.taken_days(NOW, "weekly") == set()


# One holder


async def test_of_twenty_who_claim_an_edition_one_has_it(editions: EditionStore) -> None:
    await editions.add(an_edition())
    told = await asyncio.gather(*(editions.claim("ed-1", NOW) for _ in range(20)))
    assert sum(edition is not None for edition in told) == 1
    assert await editions.due(NOW, 10) == []
    assert await editions.count_due(NOW) == 1


async def test_an_edition_in_hand_is_due_again_when_its_lease_has_run_out(editions: EditionStore) -> None:
    await editions.add(an_edition())
    await editions.claim("ed-1", NOW)
    assert await editions.due(NOW + LEASE - timedelta(milliseconds=1), 10) == []
    assert await editions.due(NOW + LEASE, 10) == ["ed-1"]
    assert await editions.claim("ed-1", NOW + LEASE) is not None


async def test_a_holder_whose_lease_was_taken_over_stores_nothing(editions: EditionStore) -> None:
    await editions.add(an_edition())
    first = await editions.claim("ed-1", NOW)
    second = await editions.claim("ed-1", NOW + LEASE)
    assert first is not None
    assert second is not None
    assert await editions.save(replace(first, version=1), release=True) is None
    assert await editions.save(replace(second, version=2), release=True) is not None
    found = await editions.find("ed-1")
    assert found is not None
    assert found.version == 2


async def test_a_saved_edition_goes_on_from_the_revision_it_got(editions: EditionStore) -> None:
    await editions.add(an_edition())
    held = await editions.claim("ed-1", NOW)
    assert held is not None
    once = await editions.save(held, release=False)
    assert once == replace(held, revision=held.revision + 1)
    assert await editions.due(NOW, 10) == []
    assert await editions.save(once, release=True) is not None
    assert await editions.due(NOW, 10) == ["ed-1"]
    assert await editions.save(once, release=True) is None


async def test_an_edition_cancelled_meanwhile_cannot_be_gone_on_with(
    editions: EditionStore, publishing: Publishing
) -> None:
    await editions.add(an_edition())
    held = await editions.claim("ed-1", NOW)
    assert held is not None
    assert (await publishing.cancel("ed-1", "editor")).state is EditionState.CANCELLED
    assert await editions.save(held, release=True) is None
    assert await editions.due(NOW + LEASE, 10) == []
    with pytest.raises(WrongState):
        await publishing.cancel("ed-1", "editor")


async def test_what_is_over_is_never_due(editions: EditionStore) -> None:
    over = [state for state in EditionState if state.value in {"sent", "failed", "missed", "cancelled"}]
    for number, state in enumerate(over):
        await editions.add(in_state(state, f"ed-{number}", way=Way.REPLY))
    assert await editions.due(NOW, 10) == []
    assert await editions.count_due(NOW) == 0


# Events


async def test_an_event_that_comes_first_is_kept_and_told_once_more_is_one(editions: EditionStore) -> None:
    await editions.keep_event(GOOD)
    await editions.keep_event(GOOD)
    assert await editions.kept_event("77") == GOOD
    assert await editions.kept_event("78") is None


async def test_an_event_ends_the_edition_it_speaks_of(editions: EditionStore, publishing: Publishing) -> None:
    await editions.add(in_state(EditionState.SENDING, sending=SENDING))
    await publishing.finished(GOOD)
    found = await editions.find("ed-1")
    assert found is not None
    assert (found.state, found.due) == (EditionState.SENT, None)
    assert found.counts is not None
    assert found.counts.sent == 8
    await publishing.finished(GOOD)
    assert await editions.find("ed-1") == found


async def test_an_event_ends_an_edition_that_a_process_is_asking_about(
    editions: EditionStore, publishing: Publishing
) -> None:
    await editions.add(in_state(EditionState.SENDING, sending=SENDING))
    asking = await editions.claim("ed-1", NOW)
    assert asking is not None
    await publishing.finished(replace(GOOD, good=False, status="err(20001)"))
    failed = move(asking, Step(EditionState.SENT, NOW, "pipeline"), None)
    assert await editions.save(failed, release=True) is None
    found = await editions.find("ed-1")
    assert found is not None
    assert found.state is EditionState.FAILED
    assert found.history[-1].note == "err(20001)"


async def test_an_event_and_a_claim_at_once_lose_neither(editions: EditionStore, publishing: Publishing) -> None:
    for number in range(10):
        edition = in_state(EditionState.SENDING, f"ed-{number}", sending=replace(SENDING, message=f"m{number}"))
        await editions.add(replace(edition, at=NOW + timedelta(days=number)))
        event = replace(GOOD, message=f"m{number}")
        await asyncio.gather(publishing.finished(event), editions.claim(f"ed-{number}", NOW))
        found = await editions.find(f"ed-{number}")
        assert found is not None
        assert found.state is EditionState.SENT


async def test_no_two_editions_have_one_message(editions: EditionStore) -> None:
    await editions.add(in_state(EditionState.SENDING, sending=SENDING))
    unanswered = replace(SENDING, message="")
    nobody_answered = in_state(EditionState.SENDING, "ed-2", at=NOW + timedelta(days=2), sending=unanswered)
    await editions.add(nobody_answered)
    await editions.add(replace(nobody_answered, id="ed-3", at=NOW + timedelta(days=3)))
    with pytest.raises(DuplicateKeyError):
        await editions.save(replace(nobody_answered, sending=SENDING), release=True)
    found = await editions.by_message("77")
    assert found is not None
    assert found.id == "ed-1"
    assert await editions.by_message("78") is None


# What is shown


async def test_the_newest_edition_whose_hour_has_come_is_the_latest_unless_it_was_cancelled(
    editions: EditionStore,
) -> None:
    for number, state in enumerate([EditionState.SENT, EditionState.MISSED, EditionState.CANCELLED]):
        await editions.add(replace(in_state(state, f"ed-{number}"), at=NOW - timedelta(days=3 - number), due=None))
    await editions.add(an_edition("ed-ahead"))
    assert [edition.id for edition in await editions.latest(NOW, 5)] == ["ed-1", "ed-0"]
    assert [edition.id for edition in await editions.everything()] == ["ed-ahead", "ed-2", "ed-1", "ed-0"]
    missed = await editions.in_state(EditionState.MISSED, NOW - timedelta(days=7))
    assert [edition.id for edition in missed] == ["ed-1"]
