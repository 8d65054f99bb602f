"""Once: a process is held at each step and killed with -9, and everything is there exactly once all the same.

Two towns are wrecked at the same time, for most of it is waiting: in one of them the mornings, in the other the rest.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, fields
from datetime import UTC, timedelta
from pathlib import Path
from typing import get_args

import pytest
import pytest_asyncio

from server.domain.booking.model import STEPS as BOOKING_STEPS
from server.domain.booking.model import BookingState
from server.domain.clock import wall
from server.domain.conversation.model import Deed
from server.domain.post.model import STEPS as POST_STEPS
from server.domain.post.model import RowState
from server.domain.publishing.edition import Prepared, Sending, Way
from tests.servers import Servers, Stores
from tests.stories.conftest import a_city
from tests.stories.kills import steps
from tests.stories.kills.falls_due import FallsDue
from tests.stories.kills.mornings import AHEAD, Mornings, content_with
from tests.stories.kills.steps import DUE, ENDS, LIFE, POST, PRESS_CALLS, TO_ONE_PERSON, TOLD, WRITES, Rota, Write
from tests.stories.kills.town import Town
from tests.stories.kills.turns import TURNS, comes_to_the_last_question
from tests.stories.kills.wrecker import Held, Name, Wrecker
from tests.stories.story import Person

SENDALL = "/cgi-bin/message/mass/sendall"
TOO_LATE = timedelta(hours=2, minutes=1)
CROWD = 3  # people who do the same at the same time
GONE_SECONDS = 5.0  # transactionLifetimeLimitSeconds is 3, and the server looks every second
WRITTEN_BESIDE = {"editions", "series", "library", "pieces", "versions", "experts", "tokens", "duty", "duty_people"}
"""Collections that are written to outside of a turn; editions are wrecked in a story of their own."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is done: so many followers, so many articles; and whether every blow there is falls at every step."""

    followers: int
    articles: int
    full: bool


SHORT = Scale(followers=40, articles=40, full=False)
LONG = Scale(followers=2_000, articles=400, full=True)
SCALES = [pytest.param(SHORT, id="short"), pytest.param(LONG, id="long", marks=pytest.mark.soak)]


@asynccontextmanager
async def a_town(scale: Scale, folder: Path) -> AsyncIterator[Town]:
    """A city on servers of its own, its people, and somebody who kills."""
    folder.mkdir()
    environ = {"XINYI_CONTENT": str(content_with(folder, scale.articles))}
    with Servers() as servers:
        await servers.ready()
        stores = Stores(servers.mongod.url, servers.valkey.url)
        async with a_city(stores, folder, environ=environ) as city:
            await city.ask("/simulator/account", {"retry_seconds": 5.0}, method="PUT")
            rota = Rota([*LIFE, *ENDS, *(write.step for write in WRITES), *POST, *DUE], full=scale.full)
            wrecker = Wrecker(city, servers, rota)
            town = await Town.wrecked_by(wrecker, city, scale.followers)
            await Mornings(town).clear()
            await FallsDue(town).somebody_keeps_the_duty()
            yield town
            await town.close()
            await wrecker.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=SCALES)
async def towns(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[list[Town]]:
    """Two towns."""
    folder = tmp_path_factory.mktemp("kills")
    async with AsyncExitStack() as stack:
        both = (stack.enter_async_context(a_town(request.param, folder / name)) for name in ("upper", "lower"))
        yield list(await asyncio.gather(*both))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mornings(towns: list[Town]) -> AsyncIterator["asyncio.Task[None]"]:
    """The story of the mornings, which goes on in the upper town while the others are told in the lower one."""
    telling = asyncio.create_task(every_morning(towns[0]))
    yield telling
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)


@pytest_asyncio.fixture(loop_scope="module")
async def town(towns: list[Town], mornings: "asyncio.Task[None]") -> Town:
    """The lower town."""
    return towns[1]


async def test_the_steps_cover_every_state_every_field_and_every_write() -> None:
    assert set(steps.transitions()) <= {*LIFE, *ENDS}
    assert {field.name for field in fields(Prepared)} == set(steps.PREPARED)
    assert {field.name for field in fields(Sending)} == set(steps.SENDING)
    assert {*steps.PREPARED.values(), *steps.SENDING.values()} <= set(LIFE)
    assert {deed.__name__ for deed in get_args(Deed)} == set(steps.DEEDS)
    assert {write for writes in steps.DEEDS.values() for write in writes} <= set(WRITES)
    assert {state for states in BOOKING_STEPS.values() for state in states} == {
        BookingState.BEGUN,
        BookingState.CANCELLED,
    }  # the one falls due, the other is a turn's
    by_itself = {state for state in RowState if POST_STEPS.get(state)} - {RowState.UNKNOWN}
    assert by_itself <= set(steps.POST_NEXT)


# Hours: what a message writes


async def test_an_hour_is_booked_once_or_not_at_all_whoever_is_killed_at_whichever_write_of_a_turn(town: Town) -> None:
    await has_an_article_of_the_day(town)
    town.wrecker.passes_leases = False
    for write, turn in TURNS.items():
        while town.wrecker.rota.missing([write.step]):
            crowd = await town.newcomers(CROWD)
            await asyncio.gather(*(turn.before(town, person) for person in crowd))
            await town.wrecker.aim(in_a_turn(write), write.command, collection=write.collection)
            await asyncio.gather(*(turn.itself(town, person) for person in crowd))
            await town.wrecker.rest()
    town.wrecker.passes_leases = True
    await town.is_whole()
    assert await town.written() <= {write.collection for write in WRITES} | WRITTEN_BESIDE
    assert set(town.ledger.jobs) <= set(await town.wrecker.database["mass_events"].distinct("_id"))
    gone = await town.wrecker.database["followers"].distinct("_id", {"follows": False})
    assert set(town.ledger.gone) <= set(gone)
    await agree_about_their_hours(town)
    await have_the_help_they_asked_for(town)
    await FallsDue(town).everything_is_closed()


async def has_an_article_of_the_day(town: Town) -> None:
    """Let an article be there for whoever asks for today's."""
    mornings = Mornings(town)
    [planned] = await mornings.plan([Way.REPLY])
    mornings.follow(planned)
    await mornings.goes_to(planned.hour)
    await mornings.until_it_is("sent")


def in_a_turn(write: Write) -> Name:
    """Name what a web process writes; what others write to the same collection is let pass."""

    async def name(held: Held) -> str:
        return write.step if held.role == "serve" else ""

    return name


async def agree_about_their_hours(town: Town) -> None:
    """The database, the command, the phones and the answer to 我的 tell the same of everybody's hours."""
    listed = {row["id"]: row["state"] for row in json.loads(await town.city.run("bookings", "--json"))}
    booked = await town.bookings()
    assert {each["_id"]: each["state"] for bookings in booked.values() for each in bookings} == listed
    assert {"booked", "cancelled"} <= set(listed.values())
    for person in town.came:
        own = booked.get(person.openid, [])
        assert len(own) <= 1, "one wish became two bookings"
        heard = "\n".join(await person.received("reply"))
        assert own or "已预约" not in heard, "the phone shows an hour that nobody keeps"
        assert not own or own[0]["state"] == "cancelled" or "已取消" not in heard
        starts = [each["start"].replace(tzinfo=UTC) for each in own if each["state"] == "booked"]
        mine = await town.writes(person, "我的")
        assert all(f"{wall(start):%H:%M}" in mine for start in starts)
        assert bool(starts) != ("还没有约好的时间" in mine)


async def have_the_help_they_asked_for(town: Town) -> None:
    """Who cried has one concern with every cry once; who left a number or spoke has that kept once."""
    cried, spoke, left = town.ledger.cries, town.ledger.spoken, town.ledger.numbers_left
    assert all((cried, spoke, left))
    for person in town.came:
        concerns = await town.kept_of(person, "concerns")
        entries = await town.kept_of(person, "concern_entries")
        assert len(concerns) == bool(cried[person.openid])
        assert [concern["entries"] for concern in concerns] == [len(entries)] * len(concerns)
        assert len(entries) == cried[person.openid], "a cry is acknowledged, whatever happens"
        assert len(await town.kept_of(person, "voices")) <= spoke[person.openid]
        answered = "\n".join(await person.received("reply"))
        assert len(await town.kept_of(person, "call_backs")) == left[person.openid] * ("记下了" in answered)


async def test_what_a_killed_web_process_had_begun_is_gone_within_five_seconds(town: Town) -> None:
    [person] = await town.newcomers(1)
    await comes_to_the_last_question(town, person)
    await town.wrecker.hold_one_commit()
    confirming = asyncio.create_task(town.writes(person, "1"))
    await town.city.until(town.wrecker.holds_a_commit)
    web, killed_at = town.city.webs[0], asyncio.get_running_loop().time()
    web.kill()
    web.launch()
    while await has_open_transactions(town):
        assert asyncio.get_running_loop().time() < killed_at + GONE_SECONDS
        await asyncio.sleep(0.05)
    # WeChat's own repeats have booked the hour; if this machine was too slow for them all, the person's next word.
    assert "已预约" in (await confirming or await town.writes(person, "1"))
    await town.is_whole()
    assert len((await town.bookings())[person.openid]) == 1


async def has_open_transactions(town: Town) -> bool:
    """Whether any transaction is open on the server."""
    status = await town.wrecker.database.command("serverStatus")
    return bool(status["transactions"]["currentOpen"])


# The post: what is sent to one person


async def test_what_is_sent_to_one_person_is_sent_at_most_once_whoever_is_killed(town: Town) -> None:
    await has_an_article_of_the_day(town)
    people: list[Person] = []
    while town.wrecker.rota.missing(POST):
        people += await town.newcomers(1)
        person = people[-1]
        await town.until_nothing_waits_for(person)
        await town.wrecker.aim(in_the_post(town, person), "findAndModify", "update", collection="post")
        await town.wrecker.aim_at_calls(TO_ONE_PERSON)
        await town.writes(person, "今日")
        await town.until_nothing_waits_for(person)
        await town.wrecker.rest()
    await town.is_whole()
    for person in people:
        states, received = await town.rows_of(person), await person.received("custom")
        assert set(states) <= {"sent", "unknown", "expired"}  # expired: its window shut before anybody called for it
        assert states["sent"] <= len(received) <= states["sent"] + states["unknown"]
        assert len(set(received)) == len(received)


def in_the_post(town: Town, person: Person) -> Name:
    """Name what the worker stores of the row that is for this person."""

    async def name(held: Held) -> str:
        row = await town.waiting_for(person)
        return steps.POST_NEXT[steps.row_standing(row)] if row and held.role == "work" else ""

    return name


# Editions that end otherwise


async def test_an_edition_that_ends_otherwise_ends_once_and_is_with_nobody(town: Town) -> None:
    mornings, titles = Mornings(town), []
    while missing := town.wrecker.rota.missing(ENDS):
        ways = [Way.REPLY if end == "planned→sent" else Way.MASS for end in missing]
        for end, planned in zip(missing, await mornings.plan(ways), strict=True):
            mornings.follow(planned)
            await ends_so(town, mornings, end)
            await town.wrecker.rest()
            history = (await mornings.look())["history"]
            assert "→".join(step["state"] for step in history[-2:]) == end
            titles.append(planned.title)
    await town.is_whole()
    for person in town.people:
        assert await mornings.arrived(person, titles) == []


async def ends_so(town: Town, mornings: Mornings, end: str) -> None:
    """Let the edition that is followed come to this end, and somebody be killed at the step to it."""
    state, last = end.split("→")
    hour = mornings.followed.hour
    if end in ("preparing→cancelled", "preparing→missed"):
        await mornings.fails("/cgi-bin/material/add_material", kind="errcode", errcode=-1)
    if state == "ready" or end in ("preparing→cancelled", "preparing→missed"):
        await mornings.goes_to(hour - AHEAD)
        await mornings.until_it_is(state)
    mornings.instead = {steps.STANDS.get(end, steps.STANDS[state]): end}
    if end == "planned→failed":
        await mornings.withdraws()
    if end == "preparing→failed":
        await mornings.fails("/cgi-bin/draft/add", kind="errcode", errcode=45166, times=None)
    if end == "sending→failed":
        await town.city.ask("/simulator/outcomes", {"status": "err(20001)"})
    await town.wrecker.aim(mornings.step_of, "update", collection="editions")
    if last == "cancelled":
        await mornings.cancels()
    await mornings.goes_to(hour + TOO_LATE if last == "missed" else hour - AHEAD)
    await mornings.until_it_is(last)


# What falls due by itself


async def test_what_falls_due_is_done_once_whoever_is_killed_at_whichever_write(town: Town) -> None:
    due = FallsDue(town)
    for what, writes in steps.FALLS_DUE.items():
        for write in writes:
            while town.wrecker.rota.missing([steps.due_step(what, write)]):
                await due.comes_up(what, write)
    while town.wrecker.rota.missing([steps.OF_A_VOICE]):
        await due.comes_up("a voice", steps.FETCHED[0])
    await due.series_stops()
    await town.is_whole()
    await due.reminders_were_told_once_and_hours_begun_once()
    await due.the_series_planned_one_edition_a_day()
    await due.alerts_came_at_least_once()
    await due.everything_is_closed()


# Mornings


async def test_every_edition_is_with_every_follower_once_whoever_is_killed_at_whichever_step(
    mornings: "asyncio.Task[None]",
) -> None:
    await mornings


async def every_morning(town: Town) -> None:
    """Let editions go out until every step of their life has borne its blows; each is with everybody once."""
    wrecker, mornings, sent = town.wrecker, Mornings(town), []
    while missing := wrecker.rota.missing(LIFE):
        [planned] = await mornings.plan([Way.MASS])
        mornings.follow(planned)
        await lets_answers_be_lost(town, mornings, missing)
        await wrecker.aim(mornings.step_of, "findAndModify", "update", collection="editions")
        # The event can settle an edition only where the call itself was heard to be accepted.
        await wrecker.aim_at_calls(*(path for path in PRESS_CALLS if path != SENDALL or TOLD not in missing))
        await mornings.goes_to(planned.hour - AHEAD)
        await mornings.until_it_is("sent")
        await wrecker.rest()
        sent.append(planned.title)
    await town.is_whole()
    for person in town.people:
        assert await mornings.arrived(person, sent) == sent


async def lets_answers_be_lost(town: Town, mornings: Mornings, missing: list[str]) -> None:
    """Let happen what leads to the steps that a life in which all goes well does not take."""
    for look, make in steps.LOOKS.items():
        if look in missing and make not in missing:
            await mornings.fails(make, kind="drop-after")
    if TOLD not in missing:
        await town.city.ask("/simulator/deliveries", {"kind": "never", "event": "MASSSENDJOBFINISH"})


async def test_an_answer_lost_and_an_event_late_bring_the_article_once(
    towns: list[Town], mornings: "asyncio.Task[None]"
) -> None:
    await mornings
    town, more = towns[0], Mornings(towns[0])
    [planned] = await more.plan([Way.MASS])
    more.follow(planned)
    await more.fails(SENDALL, kind="drop-after")
    await more.fails(SENDALL, kind="errcode", errcode=45066)
    await town.city.ask("/simulator/deliveries", {"kind": "late", "event": "MASSSENDJOBFINISH", "seconds": 7200})
    before = len(await town.calls(SENDALL))
    await more.goes_to(planned.hour - AHEAD)
    edition = await more.until_it_is("sent")
    assert edition["history"][-1]["by"] == "pipeline"
    calls = (await town.calls(SENDALL))[before:]
    assert [call["errcode"] for call in calls] == [0, 45066, 45065]
    assert {json.loads(call["body"])["clientmsgid"] for call in calls} == {planned.id}
    await town.passes(hours=3)
    await town.is_whole()
    for person in town.people:
        assert await more.arrived(person, [planned.title]) == [planned.title]
