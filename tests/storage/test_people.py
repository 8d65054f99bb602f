"""Followers: one row an openid, the newest event decides, and the deeds that open the reply window are found."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.conversation.messages import Followed, Tapped, Viewed
from server.domain.people.model import Follower, unfollowed
from server.domain.post.window import Act, Done, left
from server.domain.refusals import Taken
from server.storage.messages import MessageStore
from server.storage.mongo import Mongo
from server.storage.people import PeopleStore
from server.vault.seals import Seals
from tests.domain.booking.builders import NOW
from tests.storage.builders import OPENID, WORKER, an_entry

LIN = Follower(OPENID, WORKER, follows=True, event_at=0, seen_first=NOW)


@pytest.fixture
async def people(mongo: Mongo) -> PeopleStore:
    store = PeopleStore(mongo.data)
    await store.ensure_indexes()
    return store


@pytest.fixture
def messages(mongo: Mongo, seals: Seals) -> MessageStore:
    return MessageStore(mongo.data, seals)


async def test_a_follower_comes_back_as_it_was_kept(people: PeopleStore) -> None:
    await people.add(LIN)
    assert await people.find(OPENID) == LIN
    assert await people.find("o-nobody") is None


async def test_of_two_first_messages_one_meets_the_person(people: PeopleStore, mongo: Mongo) -> None:
    async def meet(number: int) -> str:
        try:
            await mongo.together(lambda: people.add(replace(LIN, worker=f"w-{number}")))
        except Taken:
            return "taken"
        return "met"

    told = await asyncio.gather(*(meet(number) for number in range(8)))
    assert sorted(told) == ["met"] + ["taken"] * 7


async def test_the_newest_event_decides_in_whatever_order_they_are_stored(people: PeopleStore) -> None:
    await people.add(LIN)
    await people.save(unfollowed(LIN, 200))
    await people.save(replace(LIN, event_at=100))
    found = await people.find(OPENID)
    assert found == replace(LIN, follows=False, event_at=200)


async def test_what_is_owed_is_noted_and_cleared(people: PeopleStore) -> None:
    await people.add(LIN)
    await people.owe(WORKER)
    assert await people.find(OPENID) == replace(LIN, owed=True)
    await people.save(replace(LIN, event_at=5))
    assert await people.find(OPENID) == replace(LIN, owed=True, event_at=5)
    await people.clear_owed(WORKER)
    assert await people.find(OPENID) == replace(LIN, event_at=5)


async def test_only_who_follows_is_counted(people: PeopleStore) -> None:
    await people.add(LIN)
    await people.add(replace(LIN, openid="o-gone", worker="w-2", follows=False))
    assert await people.count() == 1


async def test_nobody_is_reached_who_is_no_follower(people: PeopleStore) -> None:
    assert await people.reach("w-nobody", NOW) is None


async def test_the_deeds_that_open_the_window_are_found(people: PeopleStore, messages: MessageStore) -> None:
    await people.add(LIN)
    await messages.keep(an_entry("你好", at=NOW - timedelta(hours=3)))
    await messages.keep(an_entry(Viewed("https://x"), at=NOW - timedelta(hours=1)))
    await messages.keep(an_entry(Tapped("today"), at=NOW - timedelta(seconds=20)))
    await messages.keep(an_entry("你好", at=NOW, openid="o-lin2"))
    reach = await people.reach(WORKER, NOW)
    assert reach is not None
    assert reach.openid == OPENID
    assert set(reach.deeds) == {
        Done(Act.MESSAGE, NOW - timedelta(hours=3)),
        Done(Act.TAP, NOW - timedelta(seconds=20)),
    }


async def test_a_deed_whose_window_has_closed_opens_nothing(people: PeopleStore, messages: MessageStore) -> None:
    await people.add(LIN)
    await messages.keep(an_entry("你好", at=NOW - timedelta(hours=49)))
    await messages.keep(an_entry(Followed(), at=NOW - timedelta(minutes=2)))
    reach = await people.reach(WORKER, NOW)
    assert reach is not None
    assert left(reach.deeds, [], NOW) == 0


async def test_however_often_somebody_taps_their_last_words_keep_the_window_open(
    people: PeopleStore, messages: MessageStore
) -> None:
    await people.add(LIN)
    await messages.keep(an_entry("你好", at=NOW - timedelta(hours=30)))
    for minute in range(40):
        await messages.keep(an_entry(Tapped("today"), at=NOW - timedelta(minutes=60 - minute)))
    reach = await people.reach(WORKER, NOW)
    assert reach is not None
    assert left(reach.deeds, [], NOW) == 5
