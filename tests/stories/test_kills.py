"""Once: a process is held at each step and killed with -9, and everything is there exactly once all the same."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import fields
from datetime import timedelta
from typing import get_args

import pytest
import pytest_asyncio

from server.domain.conversation.model import Deed
from server.domain.post.model import STEPS as POST_STEPS
from server.domain.post.model import RowState
from server.domain.publishing.edition import Prepared, Sending, Way
from tests.servers import Servers, Stores
from tests.stories.conftest import a_city
from tests.stories.kills import Scale, Town, content_with, title
from tests.stories.steps import (
    DEEDS,
    ENDS,
    FIELDS,
    LIFE,
    LOOKS,
    POST,
    POST_NEXT,
    PRESS_CALLS,
    SENDING_FIELDS,
    TOLD,
    WRITES,
    Rota,
    transitions,
)
from tests.stories.wrecker import Wrecker

SHORT = Scale(followers=40, articles=30, full=False)
LONG = Scale(followers=2_000, articles=300, full=True)
SENDALL = "/cgi-bin/message/mass/sendall"
WAYS = {"planned→sent": Way.REPLY}
STANDS = {
    "planned": "planned",
    "preparing": "cover noted",
    "preparing→failed": "draft noted",
    "ready": "ready",
    "sending": TOLD,
}
"""Where an edition stands when it takes a step to another end than being sent."""
AHEAD = timedelta(minutes=30)
TOO_LATE = timedelta(hours=2, minutes=1)


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=[SHORT, pytest.param(LONG, marks=pytest.mark.soak)], ids=["", "soak"]
)
async def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A city on servers of its own, its people, and somebody who kills."""
    scale: Scale = request.param
    folder = tmp_path_factory.mktemp("kills")
    environ = {"XINYI_CONTENT": str(content_with(folder, scale.articles))}
    with Servers() as servers:
        await servers.ready()
        stores = Stores(servers.mongod.url, servers.valkey.url)
        async with a_city(stores, folder, environ=environ) as city:
            rota = Rota([*LIFE, *ENDS, *(write.step for write in WRITES), *POST], full=scale.full)
            wrecker = Wrecker(city, servers, rota)
            await city.ask("/simulator/account", {"retry_seconds": 5.0}, method="PUT")
            town = Town(city, wrecker, await Town.people_of(city, scale.followers))
            await town.stop_the_series()
            yield town
            await town.close()
            await wrecker.close()


async def test_the_steps_cover_every_state_every_field_and_every_write() -> None:
    assert set(transitions()) <= {*LIFE, *ENDS}
    assert {field.name for field in fields(Prepared)} == set(FIELDS)
    assert {field.name for field in fields(Sending)} == set(SENDING_FIELDS)
    assert {*FIELDS.values(), *SENDING_FIELDS.values()} <= set(LIFE)
    assert {deed.__name__ for deed in get_args(Deed)} == set(DEEDS)
    assert {write for writes in DEEDS.values() for write in writes} <= set(WRITES)
    assert {state for state in RowState if POST_STEPS.get(state)} - {RowState.UNKNOWN} <= set(POST_NEXT)


@pytest.mark.xdist_group("kills of the morning")
async def test_every_edition_is_with_every_follower_once_whoever_is_killed_at_whichever_step(town: Town) -> None:
    wrecker, sent = town.wrecker, []
    while missing := wrecker.rota.missing(LIFE):
        [planned] = await town.plan([Way.MASS])
        town.turns_to(planned)
        await lets_answers_be_lost(town, missing)
        await wrecker.aim(town.step_of, "findAndModify", "update", collection="editions")
        await wrecker.aim_at_calls(*(path for path in PRESS_CALLS if path != SENDALL or TOLD not in missing))
        await town.goes_to(planned.hour - AHEAD)
        await town.until_it_is("sent")
        await wrecker.rest()
        sent.append(title(planned.number))
    await town.is_whole()
    for person in town.people:
        assert await town.articles_of(person) == sent


async def lets_answers_be_lost(town: Town, missing: list[str]) -> None:
    """Let happen what leads to the steps that a life in which all goes well does not take."""
    for look, make in LOOKS.items():
        if look in missing and make not in missing:
            await town.fails(make, kind="drop-after")
    if TOLD not in missing:
        await town.city.ask("/simulator/deliveries", {"kind": "never", "event": "MASSSENDJOBFINISH"})


@pytest.mark.xdist_group("kills of the morning")
async def test_an_answer_lost_and_an_event_late_bring_the_article_once(town: Town) -> None:
    [planned] = await town.plan([Way.MASS])
    town.turns_to(planned)
    await town.fails(SENDALL, kind="drop-after")
    await town.fails(SENDALL, kind="errcode", errcode=45066)
    await town.city.ask("/simulator/deliveries", {"kind": "late", "event": "MASSSENDJOBFINISH", "seconds": 7200})
    before = len(await town.calls(SENDALL))
    await town.goes_to(planned.hour - AHEAD)
    edition = await town.until_it_is("sent")
    calls = (await town.calls(SENDALL))[before:]
    assert [call["errcode"] for call in calls] == [0, 45066, 45065]
    assert len({json.loads(call["body"])["clientmsgid"] for call in calls}) == 1
    assert edition["history"][-1]["by"] == "pipeline"
    await town.passes(hours=3)
    await town.is_whole()
    for person in town.people:
        assert (await town.articles_of(person)).count(title(planned.number)) == 1


@pytest.mark.xdist_group("kills of the ends")
async def test_an_edition_that_ends_otherwise_ends_once_and_is_with_nobody(town: Town) -> None:
    while missing := town.wrecker.rota.missing(ENDS):
        for end, planned in zip(missing, await town.plan([WAYS.get(end, Way.MASS) for end in missing]), strict=True):
            town.turns_to(planned)
            await ends_so(town, end)
            await town.wrecker.rest()
            assert [step["state"] for step in (await town.look())["history"]][-2:] == end.split("→")
    await town.is_whole()
    for person in town.people:
        assert await town.articles_of(person) == []


async def ends_so(town: Town, end: str) -> None:
    """Let the edition that is followed come to this end, and somebody be killed at the step to it."""
    state, last = end.split("→")
    hour = town.planned.hour
    await comes_to(town, state)
    town.instead = {STANDS.get(end, STANDS[state]): end}
    await town.wrecker.aim(town.step_of, "update", collection="editions")
    if end == "planned→failed":
        await town.withdraws(town.planned)
    if end == "preparing→failed":
        await town.fails("/cgi-bin/draft/add", kind="errcode", errcode=45166, times=None)
    if end == "sending→failed":
        await town.city.ask("/simulator/outcomes", {"status": "err(20001)"})
    if last == "cancelled":
        await town.cancels(town.planned)
    else:
        await town.goes_to(hour + TOO_LATE if last == "missed" else hour)
    await town.until_it_is(last)


async def comes_to(town: Town, state: str) -> None:
    """Let the edition that is followed come to this state and rest there."""
    if state == "preparing":
        await town.fails("/cgi-bin/material/add_material", kind="errcode", errcode=-1)
    if state in ("preparing", "ready"):
        await town.goes_to(town.planned.hour - AHEAD)
        await town.until_it_is(state)


@pytest.mark.xdist_group("kills of the hour")
async def test_an_hour_is_booked_once_or_not_at_all_whoever_is_killed_at_whichever_write_of_a_turn(town: Town) -> None:
    town.wrecker.passes_leases = False
    crowds = town.crowds(3)
    for write, deed in TURNS.items():
        while town.wrecker.rota.missing([write.step]):
            crowd = next(crowds)
            await asyncio.gather(*(deed.before(town, person) for person in crowd))
            await town.wrecker.aim(town.of_the_web(write), write.command, collection=write.collection)
            await asyncio.gather(*(deed.itself(town, person) for person in crowd))
            await town.wrecker.rest()
    town.wrecker.passes_leases = True
    await town.is_whole()
    assert await town.written() <= {write.collection for write in WRITES} | WRITTEN_BESIDE
    await agree_about_their_hours(town)


async def agree_about_their_hours(town: Town) -> None:
    """The database, the command, the phones and the answer to 我的 tell the same of everybody's hours."""
    listed = {row["id"]: row for row in json.loads(await town.city.run("bookings", "--json"))}
    booked = await town.bookings()
    assert {booking["_id"] for bookings in booked.values() for booking in bookings} == set(listed)
    for person in town.people:
        open_ones = [each for each in booked[person.openid] if each["state"] == "booked"]
        confirmed = [words for words in await person.received("reply") if words.startswith("已预约")]
        cancelled = [words for words in await person.received("reply") if words.startswith("已取消")]
        assert len(booked[person.openid]) <= 1, "one wish became two bookings"
        assert len(confirmed) <= len(booked[person.openid]), "the phone shows an hour that nobody has kept"
        assert len(open_ones) <= len(booked[person.openid]) - len(cancelled)
        mine = await person.writes("我的")
        hours = {f"{wall(each['start'].replace(tzinfo=UTC)):%H:%M}" for each in open_ones}
        assert all(hour in mine for hour in hours) if hours else "还没有约好的时间" in mine


@pytest.mark.xdist_group("kills of the hour")
async def test_what_a_killed_web_process_had_begun_is_gone_within_five_seconds(town: Town) -> None:
    [person] = next(town.crowds(1))
    await to_the_last_question(town, person)
    server = town.wrecker.database.client.admin
    data = {"failCommands": ["commitTransaction"], "blockConnection": True, "blockTimeMS": 60_000}
    await server.command({"configureFailPoint": "failCommand", "mode": {"times": 1}, "data": data})
    confirming = asyncio.create_task(town.writes(person, "1"))
    await town.city.until(lambda: begun(server))
    await town.wrecker.kill_web()
    since = asyncio.get_running_loop().time()


@pytest.mark.xdist_group("kills of the hour")
async def test_what_is_sent_to_one_person_is_sent_at_most_once_whoever_is_killed(town: Town) -> None:
    await town.wrecker.rest()
    for person in itertools.cycle(town.people):
        if not town.wrecker.rota.missing(POST):
            break
        await town.wrecker.aim(town.of_the_post, "findAndModify", "update", collection="post")
        await town.wrecker.aim_at_calls(TO_ONE_PERSON)
        await town.writes(person, "今日")
        await town.wrecker.rest()
