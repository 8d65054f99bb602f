"""The life of a booking through its service, on real stores: booked, reminded, cancelled, begun."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from server.domain.booking.model import Booking, BookingState, Expert, HourTaken, Reminder, Slot
from server.domain.booking.service import BookingService, Order
from server.domain.post.model import RowState
from server.domain.refusals import NotFound, Refusal, TooLate, WrongState
from server.storage.booking import BookingStore
from server.storage.experts import ExpertStore
from server.storage.keys import KeyStore
from server.storage.mongo import Mongo
from server.storage.notices import NoticeStore
from server.storage.post import PostStore
from server.vault.keys import Keyring, Master
from server.vault.seals import Seals
from tests.domain.booking.builders import KNOWN, NOW, an_expert, friday

BAILU = an_expert()
TEN = Slot(friday("10:00"), BAILU.id)


@dataclass
class Desk:
    """A service at work, the clock in the test's hand, and what was counted as not told."""

    service: BookingService
    mongo: Mongo
    clock: "HeldClock"
    not_told: list[Reminder] = field(default_factory=list)

    async def book(self, slot: Slot = TEN, worker: str = "w-1") -> Booking:
        order = Order(f"b-{worker}-{slot.start:%d%H%M}", worker, slot)
        return await self.mongo.together(lambda: self.service.book(order))

    async def cancel(self, booking: Booking, worker: str = "w-1") -> Booking:
        return await self.mongo.together(lambda: self.service.cancel(worker, booking.id))

    async def tick(self, instant: datetime) -> list[str]:
        self.clock.instant = instant
        return await self.service.look(await self.service.due(100))

    async def kept(self, booking: Booking) -> Booking:
        found = await self.service.agenda.find(booking.id)
        assert found is not None
        return found

    async def rows(self) -> dict[str, str]:
        return {row["_id"]: row["state"] async for row in self.mongo.data["post"].find({})}

    async def carry(self, key: str) -> None:
        """The post sent this row."""
        await self.mongo.data["post"].update_one({"_id": key}, {"$set": {"state": str(RowState.SENT)}})


@dataclass
class HeldClock:
    instant: datetime = NOW

    def now(self) -> datetime:
        return self.instant


@pytest.fixture
async def desk(mongo_url: str, database: str) -> AsyncIterator[Desk]:
    mongo, clock, not_told = Mongo(mongo_url, database, "test"), HeldClock(), list[Reminder]()
    master = Master(bytes(range(32)), None, secrets.token_bytes)
    post = PostStore(mongo.data, Seals(Keyring(master, KeyStore(mongo.keys)), secrets.token_bytes))
    bookings, pool = BookingStore(mongo.data), ExpertStore(mongo.data)
    await asyncio.gather(bookings.ensure_indexes(), post.ensure_indexes())
    await pool.keep([BAILU])
    service = BookingService(
        pool, bookings, NoticeStore(mongo.data, post), mongo.together, clock, KNOWN, not_told.append
    )
    yield Desk(service, mongo, clock, not_told)
    await mongo.close()


async def test_an_hour_is_booked_and_gone_for_everyone_else(desk: Desk) -> None:
    booking = await desk.book()
    assert await desk.service.of_worker("w-1") == [booking]
    assert booking.slot == TEN
    with pytest.raises(HourTaken):
        await desk.book(worker="w-2")
    scene = await desk.service.scene("w-2")
    assert set(booking.cells) <= scene.taken
    assert scene.own == ()


@pytest.mark.parametrize(
    ("slot", "refusal"),
    [
        (Slot(friday("10:00"), "e-nobody"), NotFound),
        (Slot(friday("10:10"), BAILU.id), TooLate),
        (Slot(friday("10:00") + timedelta(days=14), BAILU.id), TooLate),
        (Slot(friday("10:00") - timedelta(days=7), BAILU.id), TooLate),
    ],
)
async def test_only_what_an_expert_offers_can_be_booked(desk: Desk, slot: Slot, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        await desk.book(slot)


async def test_less_than_twelve_hours_ahead_is_too_late(desk: Desk) -> None:
    desk.clock.instant = friday("10:00") - timedelta(hours=12) + timedelta(seconds=1)
    with pytest.raises(TooLate):
        await desk.book()


async def test_the_reminders_are_left_with_the_post_at_their_hours(desk: Desk) -> None:
    booking = await desk.book()
    assert await desk.tick(friday("09:59") - timedelta(days=1)) == []
    assert await desk.tick(friday("10:00") - timedelta(days=1)) == [f"{booking.id}:day-before"]
    assert await desk.tick(friday("07:59")) == []
    assert await desk.tick(friday("08:00")) == [f"{booking.id}:soon"]
    assert list(await desk.rows()) == [f"{booking.id}:day-before", f"{booking.id}:soon"]


async def test_eight_ticks_at_once_leave_one_reminder(desk: Desk) -> None:
    booking = await desk.book()
    desk.clock.instant = friday("08:00")
    ids = await desk.service.due(10)
    left = await asyncio.gather(*(desk.service.look(ids) for _ in range(8)))
    assert [key for keys in left for key in keys] == [f"{booking.id}:soon"]
    assert (await desk.kept(booking)).version == 1


async def test_a_reminder_that_did_not_go_out_is_counted_when_the_hour_begins(desk: Desk) -> None:
    booking = await desk.book()
    await desk.tick(friday("10:00") - timedelta(days=1))
    await desk.carry(f"{booking.id}:day-before")
    await desk.tick(friday("08:00"))
    await desk.tick(friday("10:00"))
    begun = await desk.kept(booking)
    assert (begun.state, begun.due, begun.not_told) == (BookingState.BEGUN, None, (Reminder.SOON,))
    assert desk.not_told == [Reminder.SOON]
    assert await desk.service.due(10) == []


async def test_a_cancelled_booking_takes_its_reminder_back_and_frees_the_hour(desk: Desk) -> None:
    booking = await desk.book()
    await desk.tick(friday("10:00") - timedelta(hours=23))
    assert (await desk.cancel(booking)).state is BookingState.CANCELLED
    assert await desk.rows() == {f"{booking.id}:day-before": "expired"}
    assert await desk.tick(friday("08:00")) == []
    desk.clock.instant = friday("10:00") - timedelta(hours=12)
    assert (await desk.book(worker="w-2")).slot == TEN


async def test_only_ones_own_booking_can_be_cancelled_and_only_until_it_begins(desk: Desk) -> None:
    booking = await desk.book()
    with pytest.raises(NotFound):
        await desk.cancel(booking, "w-2")
    desk.clock.instant = friday("10:00")
    with pytest.raises(TooLate):
        await desk.cancel(booking)
    desk.clock.instant = NOW
    await desk.cancel(booking)
    with pytest.raises(WrongState):
        await desk.cancel(booking)


async def test_an_expert_who_left_the_pool_keeps_the_bookings_made(desk: Desk) -> None:
    booking = await desk.book()
    pool = desk.service.pool
    assert isinstance(pool, ExpertStore)
    await pool.keep(list[Expert]())
    scene = await desk.service.scene("w-1")
    assert scene.expert(booking.expert) is not None
    assert scene.own == (booking,)
    with pytest.raises(NotFound):
        await desk.book(Slot(friday("11:00"), BAILU.id), "w-2")
    assert await desk.tick(friday("08:00")) == [f"{booking.id}:soon"]
