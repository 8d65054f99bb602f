"""What many ask at one moment is read once, and everybody gets what is theirs, as it stands now."""

import asyncio
from dataclasses import replace

import pytest

from server.storage.booking import BookingStore
from server.storage.experts import ExpertStore
from server.storage.mongo import Mongo
from tests.domain.booking.builders import NOW, a_booking, an_expert, friday

HOURS = ("09:00", "10:00", "11:00")


@pytest.fixture
async def bookings(mongo: Mongo) -> BookingStore:
    store = BookingStore(mongo.data)
    await store.ensure_indexes()
    return store


async def test_each_of_many_workers_sees_only_their_own(bookings: BookingStore) -> None:
    made = [a_booking(friday(hour), worker=f"w-{number}") for number, hour in enumerate(HOURS)]
    for booking in made:
        await bookings.insert(booking)
    asked = [f"w-{number % 4}" for number in range(40)]
    answers = await asyncio.gather(*(bookings.of_worker(worker, NOW) for worker in asked))
    assert answers == [[made[number % 4]] if number % 4 < 3 else [] for number in range(40)]


async def test_each_asks_from_an_instant_of_their_own(bookings: BookingStore) -> None:
    booking = a_booking(friday("10:00"))
    await bookings.insert(booking)
    before, after = await asyncio.gather(bookings.of_worker("w-1", NOW), bookings.of_worker("w-1", friday("10:00")))
    assert (before, after) == ([booking], [])


async def test_everybody_who_asks_sees_at_least_the_cells_they_asked_for(bookings: BookingStore) -> None:
    first, second = a_booking(friday("10:00"), an_expert("e-1")), a_booking(friday("14:00"), an_expert("e-2"), "w-2")
    for booking in (first, second):
        await bookings.insert(booking)
    span = (friday("08:00"), friday("20:00"))
    of_one, of_other = await asyncio.gather(
        bookings.taken_cells(["e-1"], *span), bookings.taken_cells(["e-2"], friday("13:00"), friday("15:00"))
    )
    assert set(first.cells) <= set(of_one)
    assert set(second.cells) <= set(of_other)


async def test_a_change_of_the_pool_is_seen_by_whoever_asks_after_it(mongo: Mongo) -> None:
    pool, elsewhere = ExpertStore(mongo.data), ExpertStore(mongo.data)
    one = an_expert("e-1")
    await pool.keep([one])
    assert await asyncio.gather(*(pool.experts() for _ in range(8))) == [[one]] * 8
    moved = replace(one, place="三楼")
    await elsewhere.keep([moved])
    assert await pool.find("e-1") == moved
    assert await pool.experts() == [moved]
