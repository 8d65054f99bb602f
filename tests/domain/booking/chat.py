"""A worker at the phone who speaks the booking dialogue through, with a pool of three."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from server.domain.booking.availability import Scene, is_offered, is_taken
from server.domain.booking.model import Booking, BookingState, Expert, ExpertKind, Pattern, Slot, Step
from server.domain.booking.model import move as moved
from server.domain.booking.service import Order, new_booking
from server.domain.calendar import Holidays
from server.domain.conversation import booking_talk as talk
from tests.domain.booking.builders import KNOWN, MORNING, NOW, a_booking, a_scene, a_week, an_expert

LONGEST = 600
MORNINGS = Pattern(a_week(thu=MORNING, fri=MORNING, mon=MORNING))


def a_pool() -> tuple[Expert, ...]:
    return (
        an_expert("e-bailu", Pattern(a_week(fri=MORNING)), themes=("职场心理", "个人成长")),
        an_expert(
            "e-lixia", Pattern(a_week(fri=MORNING)), name="何立夏", themes=("亲子教育",), way="电话", place="打给您"
        ),
        an_expert(
            "e-guyu", Pattern(a_week(sat=MORNING)), name="周谷雨", themes=("职场心理",), kind=ExpertKind.VOLUNTEER
        ),
    )


@dataclass
class Chat:
    """One worker at the phone; what the talk wishes comes true at once, or is told as lost if it cannot be had."""

    pool: tuple[Expert, ...] = field(default_factory=a_pool)
    now: datetime = NOW
    bookings: list[Booking] = field(default_factory=list)
    holidays: Holidays = KNOWN
    open: talk.Talk | None = None
    said: str = ""
    wish: talk.Book | talk.Cancel | None = None

    @property
    def scene(self) -> Scene:
        open_ones = [booking for booking in self.bookings if booking.state is BookingState.BOOKED]
        own = [booking for booking in open_ones if booking.worker == "w-1" and booking.start > self.now]
        taken = [booking for booking in open_ones if booking.worker != "w-1"]
        return a_scene(*self.pool, taken=taken, own=own, holidays=self.holidays)

    def says(self, words: str) -> str | None:
        match words:
            case "预约":
                return self._heard(talk.open_booking(self.scene, self.now))
            case "取消":
                return self._heard(talk.open_cancelling(self.scene, self.now))
            case "我的":
                return talk.mine(self.scene, self.now)
        return self._heard(talk.step(self.open, words, self.scene, self.now)) if self.open else None

    def says_all(self, *words: str) -> str:
        return [self.says(each) or "" for each in words][-1]

    def waits(self, **time: float) -> None:
        self.now += timedelta(**time)

    def takes(self, start: datetime, expert: str = "e-bailu", worker: str = "w-2") -> None:
        """Somebody books this hour behind the scene."""
        of = next(each for each in self.pool if each.id == expert)
        self.bookings.append(a_booking(start, of, worker, self.now))

    def _heard(self, turn: talk.TalkTurn | None) -> str | None:
        if turn is None:
            return None
        if isinstance(turn.wish, talk.Book) and self.open and not self._can_have(turn.wish.slot):
            turn = talk.lost(self.open, self.scene, self.now)
        self.open, self.wish, self.said = turn.talk, turn.wish, turn.text
        assert len(turn.text) <= LONGEST
        self._grant()
        return turn.text

    def _can_have(self, slot: Slot) -> bool:
        """Tell what the service and the database decide about a wish."""
        expert = self.scene.expert(slot.expert)
        return (
            expert is not None
            and is_offered(expert, slot.start, self.holidays, self.now)
            and not is_taken(self.scene, expert, slot)
        )

    def _grant(self) -> None:
        match self.wish:
            case talk.Book(slot):
                expert = next(each for each in self.pool if each.id == slot.expert)
                order = Order(f"b-{len(self.bookings)}", "w-1", slot)
                self.bookings.append(new_booking(order, expert, self.now))
            case talk.Cancel(booking):
                step = Step(BookingState.CANCELLED, self.now, "w-1")
                self.bookings = [moved(each, step) if each.id == booking else each for each in self.bookings]
