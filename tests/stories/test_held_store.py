"""A store that holds its breath or is gone: nothing is acknowledged that is not kept, and help leaves all the same."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import time, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from server.domain.clock import at, day
from server.simulator import ids
from server.simulator.envelope import Letter
from tests.servers import Process, Servers, Stores
from tests.stories.city import City
from tests.stories.conftest import a_city
from tests.stories.cries import CRY
from tests.stories.poster import Poster
from tests.stories.story import Person, Story

LINES = ("12356", "110", "120")
ANSWERED_SECONDS = 4.5
HELP_SECONDS = 4.0
ORDINARY = ("在吗", "预约", "今日", "1", "我的")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def servers() -> AsyncIterator[Servers]:
    """Servers of this file's own, which it may hold and kill."""
    with Servers() as servers:
        await servers.ready()
        yield servers


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    stores = Stores(servers.mongod.url, servers.valkey.url)
    async with a_city(stores, tmp_path_factory.mktemp("held")) as city:
        yield city


@pytest_asyncio.fixture(loop_scope="module")
async def poster(city: City) -> AsyncIterator[Poster]:
    async with Poster(city) as poster:
        yield poster


@pytest.mark.parametrize("how", ["held", "killed"])
async def test_without_the_database_nothing_is_acknowledged_and_help_leaves_all_the_same(
    how: str, story: Story, poster: Poster, servers: Servers
) -> None:
    people = await story.followers(6)
    await people[1].writes("预约")
    mongod, letters = servers.mongod, [poster.text(p.openid, w) for p, w in zip(people[1:], ORDINARY, strict=True)]
    strangers = [people[0].openid, ids.openid(), ids.openid()]
    take_away(mongod, how)
    try:
        answers, cries = await asyncio.gather(
            asyncio.gather(*(poster.bring(letter) for letter in letters)),
            asyncio.gather(*(poster.bring(poster.text(openid, CRY)) for openid in strangers)),
        )
        assert await is_degraded(story.city, "spool", "mongo")
    finally:
        await bring_back(mongod, how)
    for answer in answers:
        assert (answer.status, answer.body) == (503, b"")
        assert answer.seconds < ANSWERED_SECONDS
    for answer in cries:
        assert answer.status == 200
        assert all(f"\n{line}\n" in answer.words for line in LINES)
        assert answer.seconds < HELP_SECONDS
    await everything_is_well_again(story, poster, people)
    await what_was_not_acknowledged_is_taken_when_it_comes_again(poster, letters)


async def what_was_not_acknowledged_is_taken_when_it_comes_again(poster: Poster, letters: list[Letter]) -> None:
    """WeChat repeats: each letter is answered now, and once."""
    firsts = [await poster.bring(letter) for letter in letters]
    again = [await poster.bring(letter) for letter in letters]
    assert [answer.status for answer in firsts] == [200] * len(letters)
    assert [answer.clear for answer in firsts] == [answer.clear for answer in again]


async def test_words_that_follow_each_other_are_not_lost_while_the_database_holds_its_breath(
    story: Story, servers: Servers
) -> None:
    person = await story.a_follower()
    servers.mongod.hold()
    asking = asyncio.create_task(person.writes("帮助"))
    await asyncio.sleep(2.0)
    servers.mongod.let_go()
    assert "预约" in await asking
    assert len(await person.received("reply")) == 2  # the welcome, and this


async def test_without_redis_everything_is_answered_and_the_morning_goes_out(
    story: Story, poster: Poster, servers: Servers
) -> None:
    people = await story.followers(5)
    servers.valkey.kill()
    try:
        answers = [await poster.bring(poster.text(person.openid, "帮助")) for person in people]
        assert [answer.status for answer in answers] == [200] * len(people)
        assert max(answer.seconds for answer in answers) < 1.0
        assert (await books(people[0])).startswith("已预约")
        await story.city.until(lambda: is_degraded(story.city, "redis"), within=5.0)
        await the_next_morning_comes(story)
        await story.city.until(lambda: have(people, 1))
        await a_reply_with_more_to_say_arrives(people[1], story)
    finally:
        servers.valkey.launch()
        await servers.valkey.ready()
    await the_next_morning_comes(story)
    await story.city.until(lambda: have(people, 2))
    assert await have(people, 2)


async def the_next_morning_comes(story: Story) -> None:
    """Half past seven of the next day, and half an hour before it, when it is prepared."""
    morning = at(day(await story.now()) + timedelta(days=1), time(7, 30))
    await story.the_clock_reaches(morning - timedelta(minutes=29))
    await story.the_clock_reaches(morning + timedelta(minutes=1))


async def a_reply_with_more_to_say_arrives(person: Person, story: Story) -> None:
    """What a reply has to say besides comes by customer-service message, once."""
    before = len(await person.received("custom"))
    await person.writes("今日")

    async def has_come() -> bool:
        return len(await person.received("custom")) > before

    await story.city.until(has_come)
    await story.passes(seconds=3)
    assert len(await person.received("custom")) == before + 1


async def have(people: list[Person], count: int) -> bool:
    """Whether everybody has so many of the mornings' articles, none of them twice."""
    inboxes = [await person.received("mass") for person in people]
    return all(len(inbox) == len(set(inbox)) == count for inbox in inboxes)


async def everything_is_well_again(story: Story, poster: Poster, people: list[Person]) -> None:
    """The service answers as ever, by itself and soon, and goes on without one fault more."""

    async def is_answered() -> bool:
        return (await poster.bring(poster.text(people[0].openid, "帮助"))).status == 200

    await story.city.until(is_answered, within=15.0)
    await story.passes(seconds=1)
    logs = [door.log for door in (*story.city.webs, *story.city.workers)]
    told = [warnings(log) for log in logs]
    await asyncio.sleep(2.5)
    assert [warnings(log) for log in logs] == told


def warnings(log: Path) -> int:
    """How many lines of a log tell of trouble."""
    return sum('"warning"' in line or '"error"' in line for line in log.read_text().splitlines())


def take_away(server: Process, how: str) -> None:
    if how == "held":
        server.hold()
    else:
        server.kill()


async def bring_back(server: Process, how: str) -> None:
    if how == "held":
        server.let_go()
    else:
        server.launch()
    await server.ready()


async def is_degraded(city: City, *what: str) -> bool:
    """Whether the web process says that it can answer, and that just this is wrong."""
    status, text = await city.get(f"{city.web_urls[0]}/health/ready")
    return status == 200 and json.loads(text)["degraded"] == list(what)


async def books(person: Person) -> str:
    """Book by taking the first offer each time."""
    return [await person.writes(words) for words in ("预约", "1", "1", "1")][-1]
