"""What the store of bookings promises, on a real MongoDB: one winner an hour, and cells that are free at once."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from server.domain.booking.model import Booking, BookingState, HourTaken, OwnOverlap, Reminder, cancelled
from server.domain.booking.reminders import fall_due
from server.storage.booking import BookingStore
from server.storage.experts import ExpertStore
from server.storage.mongo import Mongo
from tests.domain.booking.builders import NOW, a_booking, an_expert, friday


@pytest.fixture
async def mongo(mongo_url: str, database: str) -> AsyncIterator[Mongo]:
    opened = Mongo(mongo_url, database, "test")
    yield opened
    await opened.close()


@pytest.fixture
async def bookings(mongo: Mongo) -> BookingStore:
    store = BookingStore(mongo.data)
    await store.ensure_indexes()
    return store


async def tried(bookings: BookingStore, booking: Booking) -> str:
    """Insert it; return what came of it."""
    try:
        await bookings.insert(booking)
    except (HourTaken, OwnOverlap) as refusal:
        return refusal.code
    return "booked"


async def test_a_booking_comes_back_as_it_was_kept(bookings: BookingStore) -> None:
    booking = a_booking(friday("10:00"))
    await bookings.insert(booking)
    assert await bookings.find(booking.id) == booking
    assert await bookings.find("b-unknown") is None


async def test_of_sixty_four_who_want_one_hour_one_has_it(bookings: BookingStore) -> None:
    for hour in ("09:00", "10:00", "11:00"):
        wishes = [a_booking(friday(hour), worker=f"w-{number}") for number in range(64)]
        outcomes = await asyncio.gather(*(tried(bookings, wish) for wish in wishes))
        assert sorted(set(outcomes)) == ["booked", "hour-taken"]
        assert outcomes.count("booked") == 1


async def test_of_sixty_four_transactions_for_one_hour_one_has_it(bookings: BookingStore, mongo: Mongo) -> None:
    async def in_a_transaction(number: int) -> str:
        wish = a_booking(friday("10:00"), worker=f"w-{number}")
        try:
            await mongo.together(lambda: bookings.insert(wish), within=10)
        except HourTaken as refusal:
            return refusal.code
        return "booked"

    outcomes = await asyncio.gather(*(in_a_transaction(number) for number in range(64)))
    assert sorted(outcomes) == ["booked"] + ["hour-taken"] * 63


async def test_a_worker_cannot_be_in_two_places_at_once(bookings: BookingStore) -> None:
    assert await tried(bookings, a_booking(friday("10:00"), an_expert("e-1"))) == "booked"
    assert await tried(bookings, a_booking(friday("10:40"), an_expert("e-2"))) == "own-overlap"
    assert await tried(bookings, a_booking(friday("10:50"), an_expert("e-2"))) == "booked"


async def test_the_same_cause_once_more_is_ones_own(bookings: BookingStore) -> None:
    await bookings.insert(a_booking(friday("10:00")))
    again = replace(a_booking(friday("12:00")), id=a_booking(friday("10:00")).id)
    assert await tried(bookings, again) == "own-overlap"


async def test_the_cells_of_a_cancelled_booking_are_free_at_once(bookings: BookingStore) -> None:
    booking = a_booking(friday("10:00"))
    await bookings.insert(booking)
    assert await bookings.save(cancelled(booking, NOW, "w-1"))
    assert await tried(bookings, a_booking(friday("10:00"), worker="w-2")) == "booked"
    assert await bookings.of_worker("w-1", NOW) == []


async def test_an_hour_that_has_begun_keeps_its_cells(bookings: BookingStore) -> None:
    booking = a_booking(friday("10:00"))
    await bookings.insert(booking)
    assert await bookings.save(fall_due(booking, friday("10:00"), "tick").booking)
    assert await tried(bookings, a_booking(friday("10:50"), worker="w-2")) == "hour-taken"
    assert await tried(bookings, a_booking(friday("11:00"), worker="w-2")) == "booked"


async def test_a_change_made_on_an_old_reading_is_refused(bookings: BookingStore) -> None:
    read = a_booking(friday("10:00"))
    await bookings.insert(read)
    assert await bookings.save(cancelled(read, NOW, "w-1"))
    assert not await bookings.save(fall_due(read, friday("09:00"), "tick").booking)
    kept = await bookings.find(read.id)
    assert kept is not None
    assert (kept.state, kept.version, kept.due) == (BookingState.CANCELLED, 1, None)


async def test_taken_cells_are_those_of_the_experts_asked_for(bookings: BookingStore) -> None:
    first, second = a_booking(friday("10:00"), an_expert("e-1")), a_booking(friday("12:00"), an_expert("e-2"))
    await bookings.insert(first)
    await bookings.insert(second)
    span = (NOW, NOW + timedelta(days=14))
    assert await bookings.taken_cells(["e-1"], *span) == set(first.cells)
    assert await bookings.taken_cells(["e-1", "e-2"], *span) == {*first.cells, *second.cells}
    assert await bookings.taken_cells(["e-1"], friday("10:01"), friday("20:00")) == set()


async def test_what_is_due_is_found_soonest_first_until_it_is_settled(bookings: BookingStore) -> None:
    late, soon = a_booking(friday("11:00")), a_booking(friday("09:00"), worker="w-2")
    for booking in (late, soon):
        await bookings.insert(booking)
    assert await bookings.due(NOW, 10) == []
    day_before = friday("12:00") - timedelta(days=1)
    assert await bookings.due(day_before, 10) == [soon.id, late.id]
    assert await bookings.due(day_before, 1) == [soon.id]
    assert await bookings.count_due(day_before) == 2
    assert await bookings.save(fall_due(soon, day_before, "tick").booking)
    assert await bookings.due(day_before, 10) == [late.id]


async def test_those_not_told_are_counted(bookings: BookingStore) -> None:
    booking = a_booking(friday("10:00"))
    await bookings.insert(booking)
    begun = fall_due(booking, friday("10:00"), "tick").booking
    await bookings.save(replace(begun, not_told=(Reminder.SOON,)))
    assert await bookings.count_not_told(friday("00:00")) == 1
    assert await bookings.count_not_told(friday("10:01")) == 0


async def test_everything_is_listed_in_the_order_of_booking(bookings: BookingStore) -> None:
    for number in (3, 1, 2):
        await bookings.insert(replace(a_booking(friday("09:00") + timedelta(hours=number)), id=f"b-{number}"))
    assert [booking.id async for booking in bookings.everything()] == ["b-1", "b-2", "b-3"]


async def test_hours_of_any_length_never_overlap_whoever_races(bookings: BookingStore) -> None:
    chance = random.Random(20261127)
    experts = [
        an_expert(f"e-{minutes}", minutes=minutes, buffer=buffer) for minutes, buffer in ((50, 10), (60, 0), (90, 20))
    ]

    def a_wish(number: int) -> Booking:
        start = friday("08:00") + timedelta(minutes=10 * chance.randrange(60))
        booking = a_booking(start, chance.choice(experts), f"w-{chance.randrange(12)}")
        return replace(booking, id=f"b-{number:04}")

    async def a_client(numbers: range) -> None:
        for number in numbers:
            wish = a_wish(number)
            if await tried(bookings, wish) == "booked" and chance.random() < 0.3:
                await bookings.save(cancelled(wish, NOW, wish.worker))

    await asyncio.gather(*(a_client(range(first, first + 20)) for first in range(0, 640, 20)))
    kept = [each async for each in bookings.everything() if each.state is BookingState.BOOKED]
    buffers = {expert.id: expert.buffer for expert in experts}
    assert len(kept) > 10
    for one, other in combinations(sorted(kept, key=lambda each: each.start), 2):
        gap = other.start - (one.start + timedelta(minutes=one.minutes))
        assert one.worker != other.worker or gap >= timedelta(0)
        assert one.expert != other.expert or gap >= timedelta(minutes=buffers[one.expert])


async def test_experts_come_back_and_those_left_out_are_no_longer_offered(mongo: Mongo) -> None:
    pool = ExpertStore(mongo.data)
    one, two = an_expert("e-1"), an_expert("e-2")
    await pool.keep([one, two])
    assert await pool.experts() == [one, two]
    await pool.keep([replace(two, place="三楼")])
    assert await pool.experts() == [replace(one, offered=False), replace(two, place="三楼")]
    assert await pool.find("e-1") == replace(one, offered=False)
    assert await pool.find("e-3") is None


async def test_instants_come_back_in_utc(bookings: BookingStore) -> None:
    await bookings.insert(a_booking(datetime(2026, 11, 27, 2, tzinfo=UTC)))
    (booking,) = await bookings.of_worker("w-1", NOW)
    assert booking.start.tzinfo is not None
    assert booking.start.utcoffset() == timedelta(0)
