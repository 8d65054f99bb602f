"""Help when the ground shakes: without the stores it leaves all the same, and nothing of it is lost or doubled."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from pymongo import MongoClient

from server.simulator import ids
from tests.servers import Servers, Stores
from tests.stories.city import City
from tests.stories.conftest import a_city
from tests.stories.cries import CRY
from tests.stories.duty import Document, Duty
from tests.stories.poster import Answer, Poster
from tests.stories.story import Person

LINES = ("12356", "110", "120")
PEOPLE = 20
HELP_SECONDS = 4.0
STORED_SECONDS = 30.0
ALERTED_SECONDS = 10.0
PHONE = "13800000001"
CANNOT_BE_WRITTEN = "The spool cannot be written."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def servers() -> AsyncIterator[Servers]:
    """Servers of this file's own, which it may hold and kill."""
    with Servers() as servers:
        await servers.ready()
        yield servers


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    stores = Stores(servers.mongod.url, servers.valkey.url)
    async with a_city(stores, tmp_path_factory.mktemp("shaken")) as city:
        await city.run("duty", "add", "李立", "--phone", PHONE, "--administrator")
        await city.run("duty", "on", "--round")
        yield city


@pytest.fixture(scope="module")
def client(servers: Servers) -> Iterator[MongoClient[Document]]:
    """A plain client, which knows of no key."""
    with MongoClient[Document](servers.mongod.url, tz_aware=True) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="module")
async def duty(city: City, client: MongoClient[Document]) -> AsyncIterator[Duty]:
    """The duty of this file's city; a fault of ours in any log fails the story, but for a disk that fails."""
    before = len(city.errors())
    yield Duty(city, client)
    assert [line for line in city.errors()[before:] if CANNOT_BE_WRITTEN not in line] == []


@pytest_asyncio.fixture(loop_scope="module")
async def poster(city: City) -> AsyncIterator[Poster]:
    async with Poster(city) as poster:
        yield poster


@asynccontextmanager
async def without_mongod(servers: Servers, how: str, seconds: float = 0.0) -> AsyncIterator[None]:
    """Let the database be killed or hold its breath meanwhile, and for so long at least."""
    ends = asyncio.get_running_loop().time() + seconds
    servers.mongod.hold() if how == "held" else servers.mongod.kill()
    try:
        yield
        await asyncio.sleep(ends - asyncio.get_running_loop().time())
    finally:
        servers.mongod.let_go() if how == "held" else servers.mongod.launch()
        await servers.mongod.ready()


@pytest.mark.parametrize(
    ("how", "seconds"),
    [
        pytest.param("killed", 0.0, id="killed"),
        pytest.param("held", 0.0, id="held"),
        pytest.param("held", 60.0, id="held for a minute", marks=pytest.mark.soak),
    ],
)
async def test_without_the_database_twenty_urgent_texts_get_the_lines_and_are_twenty_concerns_afterwards(
    how: str, seconds: float, duty: Duty, poster: Poster, servers: Servers
) -> None:
    people = await duty.followers(PEOPLE // 2)
    people += [Person(duty.city, ids.openid()) for _ in range(PEOPLE - len(people))]  # who never wrote before
    letters = [poster.text(person.openid, CRY) for person in people]
    async with without_mongod(servers, how, seconds):
        answers = await asyncio.gather(*(poster.bring(letter) for letter in letters))
        repeated = await poster.bring(letters[0])  # as the platform does where an answer was lost
        report = await ready(duty.city)
    assert all(is_help(answer) for answer in (*answers, repeated))
    assert report["spool"] == PEOPLE
    assert {"spool", "mongo"} <= set(report["degraded"])
    await the_spool_is_empty(duty.city)
    await each_has_one_concern(duty, people)
    again = await asyncio.gather(*(poster.bring(letter) for letter in letters))
    assert [answer.words for answer in again] == [answer.words for answer in answers], "what was told is what is kept"
    await each_has_one_concern(duty, people)
    assert "spool" not in (await ready(duty.city))["degraded"]


async def test_a_web_process_killed_right_after_its_answer_loses_nothing(
    duty: Duty, poster: Poster, servers: Servers
) -> None:
    people, web = await duty.followers(3), duty.city.webs[0]
    async with without_mongod(servers, "held"):
        answers = await asyncio.gather(*(poster.bring(poster.text(person.openid, CRY)) for person in people))
        web.kill()
    assert all(is_help(answer) for answer in answers)
    web.launch()
    await duty.city.ready()
    await the_spool_is_empty(duty.city)
    await each_has_one_concern(duty, people)


async def test_a_spool_that_cannot_be_written_is_told_by_the_doctor_and_help_leaves_all_the_same(
    duty: Duty, poster: Poster, servers: Servers
) -> None:
    person = await duty.a_follower()
    with a_disk_that_fails(Path(duty.city.environ["XINYI_DATA"]) / "spool"):
        assert "✗ spool " in await duty.city.doctor()
        async with without_mongod(servers, "held"):
            assert is_help(await poster.bring(poster.text(person.openid, CRY)))
    assert any(CANNOT_BE_WRITTEN in line for line in duty.city.errors())
    assert "✓ spool " in await duty.city.doctor()


async def test_without_redis_the_alert_leaves_at_ten_past_two(duty: Duty, servers: Servers) -> None:
    await duty.it_is_ten_past_two()
    person = await duty.a_follower()
    servers.valkey.kill()
    try:
        assert "12356" in await person.writes(CRY)
        number = (await duty.the_concern_of(person))["number"]

        async def is_called() -> bool:
            return bool(await duty.on_phones("sms", str(number)) and await duty.on_phones("group", str(number)))

        await duty.city.until(is_called, within=ALERTED_SECONDS)
    finally:
        servers.valkey.launch()
        await servers.valkey.ready()


def is_help(answer: Answer) -> bool:
    """Whether the lines came, and in time."""
    lines = all(f"\n{line}\n" in f"{answer.words}\n" for line in LINES)
    return answer.status == 200 and lines and answer.seconds <= HELP_SECONDS


async def ready(city: City) -> Document:
    """What `/health/ready` tells; it can answer a message, whatever is wrong."""
    status, text = await city.get(f"{city.web_urls[0]}/health/ready")
    assert status == 200
    report: Document = json.loads(text)
    return report


async def the_spool_is_empty(city: City) -> None:
    """Wait until whatever lay on the disk is stored."""

    async def is_empty() -> bool:
        return bool((await ready(city))["spool"] == 0)

    await city.until(is_empty, within=STORED_SECONDS)


async def each_has_one_concern(duty: Duty, people: list[Person]) -> None:
    """Every one of these people has one concern of one cry."""
    concerns = await duty.concerns_of(*people)
    workers = await duty.workers_of(*people)
    assert sorted(concern["worker"] for concern in concerns) == sorted(workers.values())
    assert len(concerns) == len(people)
    assert [concern["entries"] for concern in concerns] == [1] * len(people)
    assert [len(await duty.entries_of(concern)) for concern in concerns] == [1] * len(people)


@contextmanager
def a_disk_that_fails(spool: Path) -> Iterator[None]:
    """Let a file stand where the spool's folder should; nobody can write below it, not even root."""
    aside = spool.with_name("aside")
    if spool.exists():
        spool.rename(aside)
    spool.write_bytes(b"")
    try:
        yield
    finally:
        spool.unlink()
        if aside.exists():
            aside.rename(spool)
