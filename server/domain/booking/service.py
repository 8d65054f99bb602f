"""What one can do with hours: see what is free, book, cancel, and be reminded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.domain.booking import reminders, words
from server.domain.booking.availability import RULES, Rules, Scene, is_offered
from server.domain.booking.model import (
    Booking,
    BookingState,
    Expert,
    Reminder,
    Slot,
    Step,
    cancelled,
    cells_of,
)
from server.domain.booking.ports import Agenda, Notice, Notices, Pool, Tally
from server.domain.calendar import Holidays
from server.domain.clock import Clock
from server.domain.refusals import NotFound, TooLate, WrongState
from server.domain.together import Together

TICK = "tick"  # who acts when nobody does


@dataclass(frozen=True, slots=True)
class Order:
    """One worker's wish for one slot; `id` is the booking's, made of its cause, so that twice is once."""

    id: str
    worker: str
    slot: Slot


@dataclass(frozen=True, slots=True)
class BookingService:
    """Bookings from the wish to the hour itself. `book` and `cancel` join a running transaction."""

    pool: Pool
    agenda: Agenda
    notices: Notices
    together: Together
    clock: Clock
    holidays: Holidays
    tally: Tally
    rules: Rules = RULES

    async def scene(self, worker: str) -> Scene:
        """Return what this worker's booking looks at now: the pool, what is taken in it, and the worker's own."""
        now = self.clock.now()
        experts = await self.pool.experts()
        offered = [expert.id for expert in experts if expert.offered]
        taken = await self.agenda.taken_cells(offered, now, now + self.rules.horizon)
        own = await self.agenda.of_worker(worker, now)
        return Scene(worker, tuple(experts), frozenset(taken), tuple(own), self.holidays)

    async def bare_scene(self, worker: str) -> Scene:
        """Return the pool alone, as if nothing in it were taken: enough for a wish that `book` decides about."""
        return Scene(worker, tuple(await self.pool.experts()), frozenset(), (), self.holidays)

    async def of_worker(self, worker: str) -> Sequence[Booking]:
        """Return the worker's open bookings whose hour has not begun, soonest first."""
        return await self.agenda.of_worker(worker, self.clock.now())

    async def book(self, order: Order) -> Booking:
        """Book the slot; the database decides who has it.

        Raises `NotFound` for an expert not in the pool, `TooLate` for a start the expert does not offer now (too
        soon, too far, off the pattern), `HourTaken` when another worker has it, `OwnOverlap` for two of one's own
        at once.
        """
        now = self.clock.now()
        expert = await self.pool.find(order.slot.expert)
        if expert is None or not expert.offered:
            raise NotFound("没有找到这位老师，请回复“预约”重新选。")
        if not is_offered(expert, order.slot.start, self.holidays, now, self.rules):
            raise TooLate("这个时间现在约不了，请回复“预约”看看别的时间。")
        booking = new_booking(order, expert, now)
        await self.agenda.insert(booking)
        return booking

    async def cancel(self, worker: str, booking_id: str) -> Booking:
        """Cancel one's own booking until its hour begins, and take back reminders not yet sent.

        Raises `NotFound` for another's booking, `TooLate` once the hour has begun, `WrongState` if it is not open
        or moved on meanwhile.
        """
        booking = await self.agenda.find(booking_id)
        if booking is None or booking.worker != worker:
            raise NotFound("没有找到这个预约，回复“我的”可以看到你约好的时间。")
        free_again = cancelled(booking, self.clock.now(), worker)
        if not await self.agenda.save(free_again):
            raise WrongState("这个预约刚刚有了变动，请回复“我的”再看一眼。")
        await self.notices.withdraw([reminders.key(booking.id, each) for each in booking.told])
        return free_again

    async def due(self, most: int) -> list[str]:
        """Return ids of bookings for which something must happen now."""
        return await self.agenda.due(self.clock.now(), most)

    async def look(self, ids: Sequence[str]) -> list[str]:
        """Do what has fallen due for these bookings; return the keys of the notices left with the post."""
        keys = [await self._look(booking_id) for booking_id in ids]
        return [key for key in keys if key]

    async def _look(self, booking_id: str) -> str:
        now = self.clock.now()

        async def deed() -> tuple[str, tuple[Reminder, ...]]:
            booking = await self.agenda.find(booking_id)
            if booking is None:
                return "", ()
            fallen = reminders.fall_due(booking, now, TICK)
            if fallen.has_begun:
                begun = replace(fallen.booking, not_told=await self._not_told(booking))
                return "", begun.not_told if await self.agenda.save(begun) else ()
            if fallen.booking == booking or not await self.agenda.save(fallen.booking) or fallen.remind is None:
                return "", ()
            return await self._leave(fallen.booking, fallen.remind), ()

        key, not_told = await self.together(deed)
        for reminder in not_told:
            self.tally(reminder)
        return key

    async def _not_told(self, booking: Booking) -> tuple[Reminder, ...]:
        keys = {reminder: reminders.key(booking.id, reminder) for reminder in reminders.expected(booking)}
        sent = await self.notices.sent(list(keys.values()))
        return tuple(reminder for reminder, key in keys.items() if key not in sent)

    async def _leave(self, booking: Booking, reminder: Reminder) -> str:
        expert = await self.pool.find(booking.expert)
        notice = Notice(
            key=reminders.key(booking.id, reminder),
            worker=booking.worker,
            text=words.reminder(booking, expert),
            due=reminders.send_at(reminder, self.clock.now()),
            expires=reminders.useful_until(booking, reminder),
        )
        await self.notices.leave(notice)
        return notice.key


def new_booking(order: Order, expert: Expert, now: datetime) -> Booking:
    """Return a new booking that holds its cells and is due when the worker must first be reminded."""
    booking = Booking(
        id=order.id,
        worker=order.worker,
        expert=expert.id,
        start=order.slot.start,
        minutes=expert.minutes,
        state=BookingState.BOOKED,
        cells=cells_of(order.slot, order.worker, expert.minutes, expert.buffer),
        due=None,
        history=(Step(BookingState.BOOKED, now, order.worker),),
    )
    return replace(booking, due=reminders.next_due(booking))
