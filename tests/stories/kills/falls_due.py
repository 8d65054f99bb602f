"""What falls due by itself in a city that is being wrecked: reminders, hours that begin, a series that goes on."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from server import settings
from server.app import opened
from server.domain.booking.model import Reminder
from server.domain.booking.reminders import AHEAD
from server.domain.care.call_backs import Tried
from server.domain.care.duty import DutyMode
from server.domain.care.model import GROUP, Outcome
from server.domain.care.rota import NewPerson
from server.domain.help.lines import ALWAYS
from server.domain.publishing.edition import Way
from tests.stories.cries import CRY
from tests.stories.kills.steps import OF_A_VOICE, Write, due_step
from tests.stories.kills.town import Town
from tests.stories.kills.turns import comes_to_the_last_question, cries
from tests.stories.kills.wrecker import Held, Name
from tests.stories.story import Person

ADMINISTRATOR = "李立"
SERIES = "wrecked"
NOON = time(12)


class FallsDue:
    """Lets each kind of due thing come up while one of its writes is held, and sees what became of all of them."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._people: list[Person] = []
        self._coming = {
            "a reminder": self._a_reminder,
            "an hour begins": self._an_hour_begins,
            "a series goes on": self._a_series_goes_on,
            "a concern": self._somebody_is_called,
            "the group": self._the_group_is_told,
            "a voice": self._a_voice_is_fetched,
        }

    async def somebody_keeps_the_duty(self) -> None:
        """Let there be one person on the roster, round the clock, with a telephone."""
        async with opened(settings.read(self._town.city.environ), "duty") as app:
            await app.care.rota.add(NewPerson(ADMINISTRATOR, "13800000001", administrator=True))
            await app.care.rota.on(DutyMode.ROUND, ALWAYS)

    async def comes_up(self, what: str, write: Write) -> None:
        """Let it fall due and be done, with this write of it held."""
        await self._coming[what](by_the_worker(due_step(what, write)), write)
        await self._town.wrecker.rest()

    async def _a_reminder(self, name: Name, write: Write) -> None:
        booking = await self._somebody_books()
        await self._town.wrecker.aim(name, write.command, collection=write.collection)
        await self._goes_to(booking["start"].replace(tzinfo=UTC) - AHEAD[Reminder.SOON])
        await self._until_booking(booking, lambda kept: Reminder.SOON in kept["told"])

    async def _an_hour_begins(self, name: Name, write: Write) -> None:
        booking = await self._somebody_books()
        await self._goes_to(booking["start"].replace(tzinfo=UTC) - AHEAD[Reminder.SOON])
        await self._until_booking(booking, lambda kept: Reminder.SOON in kept["told"])
        await self._town.wrecker.aim(name, write.command, collection=write.collection)
        await self._goes_to(booking["start"].replace(tzinfo=UTC))
        await self._until_booking(booking, lambda kept: kept["state"] == "begun")

    async def _a_series_goes_on(self, name: Name, write: Write) -> None:
        planned = await self._planned()
        if not planned:
            async with opened(settings.read(self._town.city.environ), "plan") as app:
                await app.publishing.start_series(SERIES, NOON, Way.REPLY)
            await self._town.until(lambda: self._has_more_than(0))
            planned = await self._planned()
        await self._town.wrecker.aim(name, write.command, collection=write.collection)
        await self._goes_to(max(each["at"] for each in planned).replace(tzinfo=UTC))
        await self._town.until(lambda: self._has_more_than(len(planned)))

    async def _somebody_is_called(self, name: Name, write: Write) -> None:
        await self._a_concern_comes_up(name, write, lambda call: call["whom"] != GROUP)

    async def _the_group_is_told(self, name: Name, write: Write) -> None:
        await self._a_concern_comes_up(name, write, lambda call: call["whom"] == GROUP)

    async def _a_concern_comes_up(self, name: Name, write: Write, rule: Callable[[dict[str, Any]], bool]) -> None:
        """Aim before somebody cries: what a cry calls for falls due at once."""
        [person] = await self._town.newcomers(1)
        await self._town.wrecker.aim(name, write.command, collection=write.collection)
        await cries(self._town, person)

        async def is_called() -> bool:
            concerns = await self._town.kept_of(person, "concerns")
            return any(rule(call) and call["channels"] for concern in concerns for call in concern["calls"])

        await self._town.until(is_called)

    async def _a_voice_is_fetched(self, name: Name, write: Write) -> None:
        [person] = await self._town.newcomers(1)
        await self._town.wrecker.aim(name, write.command, collection=write.collection)
        await self._town.wrecker.aim_at_calls(OF_A_VOICE)
        await self._town.speaks(person)

        async def is_kept() -> bool:
            return [voice["state"] for voice in await self._town.kept_of(person, "voices")] == ["kept"]

        await self._town.until(is_kept)

    async def everything_is_closed(self) -> None:
        """Let an administrator close every concern, so that nobody is called for them any more."""
        async with opened(settings.read(self._town.city.environ), "close") as app:
            by = await app.care.rota.person(ADMINISTRATOR)
            for call_back in await app.stores.concerns.call_backs():
                await app.care.desk.attempt(call_back.id, by, Tried.REACHED)
            for concern in await app.care.desk.list():
                await app.care.desk.close(concern.number, by, Outcome.REACHED)

    async def series_stops(self) -> None:
        """Let nothing more come of the series."""
        async with opened(settings.read(self._town.city.environ), "plan") as app:
            await app.publishing.stop_series(SERIES)

    # What must be so in the end

    async def reminders_were_told_once_and_hours_begun_once(self) -> None:
        """Every booking was reminded of and begun once, and no phone shows the same reminder twice."""
        booked = await self._town.bookings()
        for person in self._people:
            [booking] = booked[person.openid]
            assert booking["told"].count(Reminder.SOON) == 1
            states = [step["state"] for step in booking["history"]]
            assert states in (["booked"], ["booked", "begun"])
            told = Counter(text for text in await self._heard(person) if text.startswith("提醒你"))
            assert max(told.values(), default=0) <= len(booking["told"])

    async def alerts_came_at_least_once(self) -> None:
        """Somebody's phone rang for every concern, and the group was told of each; nobody was told a word."""
        received = (await self._town.city.ask("/simulator/sink"))["received"]
        for channel in ("group", "sms"):
            words = "\n".join(each["words"] for each in received if each["channel"] == channel)
            async for concern in self._town.wrecker.database["concerns"].find({}):
                assert f"回复 接 {concern['number']}" in words
                assert any(call["channels"] for call in concern["calls"])
        assert not any(CRY in each["body"] for each in received)

    async def _heard(self, person: Person) -> list[str]:
        return [*await person.received("custom"), *await person.received("reply")]

    async def the_series_planned_one_edition_a_day(self) -> None:
        """No day and no piece twice, no day left out."""
        planned = await self._planned()
        days = sorted(each["at"] for each in planned)
        assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(days))
        assert len({each["piece"] for each in planned}) == len(planned)

    # What it takes

    async def _somebody_books(self) -> dict[str, Any]:
        [person] = await self._town.newcomers(1)
        await comes_to_the_last_question(self._town, person)
        assert "已预约" in await self._town.writes(person, "1")
        self._people.append(person)
        [booking] = (await self._town.bookings())[person.openid]
        return booking

    async def _goes_to(self, wanted: datetime) -> None:
        left = (wanted - await self._town.now()).total_seconds()
        if left > 0:
            await self._town.city.ask("/simulator/clock", {"advance_seconds": left})

    async def _until_booking(self, booking: dict[str, Any], rule: Callable[[dict[str, Any]], bool]) -> None:
        async def is_so() -> bool:
            kept = await self._town.wrecker.database["bookings"].find_one({"_id": booking["_id"]})
            return kept is not None and rule(kept)

        await self._town.until(is_so)

    async def _has_more_than(self, count: int) -> bool:
        return len(await self._planned()) > count

    async def _planned(self) -> list[dict[str, Any]]:
        return [each async for each in self._town.wrecker.database["editions"].find({"series": SERIES})]


def by_the_worker(step: str) -> Name:
    """Name what the worker writes by this step."""

    async def name(held: Held) -> str:
        return step if held.role == "work" else ""

    return name
