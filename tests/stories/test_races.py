"""Races: whoever comes at the same moment, what each is told is what the database decided."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pymongo
import pytest
import pytest_asyncio

from server.simulator import ids
from server.simulator.envelope import Letter
from tests.servers import Stores
from tests.stories.city import City
from tests.stories.conftest import a_city
from tests.stories.crowd import (
    Client,
    Person,
    chooses_the_first,
    comes_to_confirm,
    comes_to_the_hours,
    someone_about_to_confirm,
)
from tests.stories.ledger import (
    BOOKED,
    FREED,
    GONE,
    Hour,
    Ledger,
    Lengths,
    Spell,
    as_told,
    hours_in,
    offers_in,
    overlaps_of,
)  # fmt: skip
from tests.stories.poster import Poster

WEBS = 2
CROWD, ROUNDS = 64, 10
PAIRS = 200
COPIES = 20
CLIENTS = 32

pytestmark = pytest.mark.usefixtures("story")
Database = pymongo.database.Database[dict[str, Any]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    """A city with two web processes; nobody needs a worker here."""
    async with a_city(stores, tmp_path_factory.mktemp("races"), webs=WEBS, workers=0) as city:
        yield city


@pytest_asyncio.fixture(loop_scope="module")
async def poster(city: City) -> AsyncIterator[Poster]:
    async with Poster(city) as poster:
        yield poster


@pytest.fixture
def data(city: City) -> Iterator[Database]:
    """The city's database through a plain client."""
    with pymongo.MongoClient[dict[str, Any]](city.environ["XINYI_MONGO_URL"], tz_aware=True) as client:
        yield client[city.environ["XINYI_MONGO_NAME"]]


@pytest.fixture(autouse=True)
def _nobody_has_an_hour(data: Database) -> None:
    data["bookings"].delete_many({})


# 64 for one hour


async def test_of_sixty_four_who_confirm_one_hour_at_once_one_has_it_ten_times_over(
    poster: Poster, data: Database
) -> None:
    people = await asyncio.gather(*(someone_about_to_confirm(poster) for _ in range(CROWD)))
    winners: dict[str, Hour] = {}
    for _ in range(ROUNDS):
        [hour] = {person.hour for person in people}
        answers = await asyncio.gather(*(poster.says(each.openid, "1", n % WEBS) for n, each in enumerate(people)))
        [winner] = [person for person, answer in zip(people, answers, strict=True) if answer.startswith(BOOKED)]
        others = [answer for answer in answers if not answer.startswith(BOOKED)]
        assert all(answer.startswith(GONE) for answer in others)
        assert all(len(offers_in(answer)) == 3 and hour not in offers_in(answer) for answer in others)
        winners[winner.openid] = hour
        people = [await someone_about_to_confirm(poster), *(each for each in people if each is not winner)]
        await asyncio.gather(*(chooses_the_first(poster, each) for each in people[1:]))
    await everybody_is_told_the_same_again(poster, data, people, winners)


async def everybody_is_told_the_same_again(
    poster: Poster, data: Database, losers: Sequence["Person"], winners: dict[str, Hour]
) -> None:
    """The database, `xinyi bookings` and 我的 say the same of winners and losers."""
    rows = json.loads(await poster.city.run("bookings", "--json"))
    assert [row["state"] for row in rows] == ["booked"] * len(winners)
    assert held(data) == set(winners.items())
    assert overlaps_of(list(data["bookings"].find())) == []
    for openid, hour in winners.items():
        assert list(hours_in(await poster.says(openid, "我的"))) == [hour]
    for person in losers[:8]:
        assert "还没有约好的时间" in await poster.says(person.openid, "我的")


# Confirming against leaving


async def test_confirming_and_leaving_at_once_never_contradict_each_other(poster: Poster, data: Database) -> None:
    lanes = list(data["experts"].find({"offered": True}).sort("_id"))
    rounds = [PAIRS // len(lanes) + (lane < PAIRS % len(lanes)) for lane in range(len(lanes))]
    told = await asyncio.gather(
        *(confirms_and_leaves(poster, data, lane, count) for lane, count in enumerate(rounds, start=1))
    )
    outcomes = [outcome for lane in told for outcome in lane]
    assert len(outcomes) == PAIRS
    assert set(outcomes) == {"booked", "left"}  # both came to be, or nothing raced


async def confirms_and_leaves(poster: Poster, data: Database, lane: int, count: int) -> list[str]:
    """Race 1 against 返回 so often with one person, who asks for the expert of this number; tell how each ended."""
    person, chance, outcomes = Person(ids.openid()), random.Random(lane), []
    for number in range(count):
        await comes_to_confirm(poster, person, expert=lane)
        confirmed, left = await at_once(poster, person, ("1", "返回"), chance, first=number % 2)
        mine = await poster.says(person.openid, "我的")
        booked = (person.openid, person.hour) in held(data)
        outcomes.append("booked" if booked else "left")
        assert (BOOKED in confirmed, BOOKED in left, "你约好的时间" in mine) == (booked,) * 3, (confirmed, left, mine)
        assert left.startswith("好的，先不约了") is not booked
        if booked:
            await poster.says(person.openid, "取消")
            assert (await poster.says(person.openid, "1")).startswith(FREED)
    return outcomes


async def at_once(
    poster: Poster, person: "Person", words: Sequence[str], chance: random.Random, first: int = 0
) -> list[str]:
    """Two messages of one person at once, to two processes; replies in the order of the words."""

    async def say(number: int) -> str:
        await asyncio.sleep(chance.choice((0.0, 0.0, 0.002, 0.006)) if number != first else 0.0)
        return await poster.says(person.openid, words[number], web=(number + first) % WEBS)

    return list(await asyncio.gather(*(say(number) for number in range(len(words)))))


async def test_a_message_that_lost_its_dialogue_gets_the_question_that_it_had_not_seen(
    poster: Poster, data: Database
) -> None:
    person = Person(ids.openid())
    for _ in range(5):
        await comes_to_the_hours(poster, person)
        # The first writer is held before it writes; the second one passes, and puts the question to confirm.
        with held_back(data, "insert", milliseconds=250):
            slow = asyncio.create_task(poster.says(person.openid, "1", web=0))
            await asyncio.sleep(0.1)
            quick = await poster.says(person.openid, "1", web=1)
        assert "确认预约" in quick
        assert "确认预约" in await slow
        assert held(data) == set()
        await poster.says(person.openid, "返回")


async def test_a_message_older_than_the_question_never_answers_it(poster: Poster, data: Database) -> None:
    people = [Person(ids.openid()) for _ in range(20)]
    for person in people:
        await comes_to_the_hours(poster, person)
        now = poster.now()
        letters = [poster.text(person.openid, "1", created) for created in (now + 3, now)]
        newer, older = await asyncio.gather(*(poster.bring(letter, web) for web, letter in enumerate(letters)))
        assert "确认预约" in older.words
        assert (held(data) != set()) is newer.words.startswith(BOOKED)
        data["bookings"].delete_many({})


# Repeats


@pytest.mark.parametrize("what", ["a word", "a follow", "a confirmation", "a cancelling", "words of danger"])
async def test_twenty_copies_at_once_have_one_effect_and_one_identical_answer(
    what: str, poster: Poster, data: Database
) -> None:
    letter = await a_letter(what, poster)
    before = data["messages"].count_documents({})
    answers = await asyncio.gather(*(poster.bring(letter, number % WEBS) for number in range(COPIES)))
    assert {answer.status for answer in answers} == {200}
    await poster.city.ask("/simulator/clock", {"advance_seconds": 5})
    answers.append(await poster.bring(letter))  # as the platform does when an answer was lost
    assert len({answer.clear for answer in answers}) == 1
    assert answers[0].fields["CreateTime"].isdecimal()
    assert data["messages"].count_documents({}) == before + 1
    assert data["followers"].count_documents({"_id": letter.openid}) == 1
    states = [row["state"] for row in data["bookings"].find({"worker": worker_of(letter.openid, data)})]
    assert states == {"a confirmation": ["booked"], "a cancelling": ["cancelled"]}.get(what, [])


async def a_letter(what: str, poster: Poster) -> Letter:
    """A letter that has this effect when it is brought."""
    person = Person(ids.openid())
    if what == "a follow":
        return poster.event(person.openid, "subscribe", EventKey="")
    if what == "a confirmation":
        await comes_to_confirm(poster, person)
    if what == "a cancelling":
        await comes_to_confirm(poster, person)
        for words in ("1", "取消"):
            await poster.says(person.openid, words)
    words = {"a word": "在吗", "words of danger": "我站在楼顶，马上就跳下去"}.get(what, "1")
    return poster.text(person.openid, words)


# Thousands of operations against a model


@pytest.mark.parametrize("operations", [5_000, pytest.param(100_000, marks=pytest.mark.soak)])
async def test_random_operations_never_overlap_and_everybody_was_told_the_truth(
    operations: int, poster: Poster, data: Database
) -> None:
    experts = list(data["experts"].find())
    ledger = Ledger({e["name"]: Lengths(e["minutes"], e["minutes"] + e["buffer"]) for e in experts})
    clients = [Client(poster, ledger, number) for number in range(CLIENTS)]
    each = operations // CLIENTS
    await asyncio.gather(*(client.lives(each + (n < operations % CLIENTS)) for n, client in enumerate(clients)))
    assert sum(client.operations for client in clients) >= operations
    assert ledger.contradictions() == []
    assert overlaps_of(list(data["bookings"].find())) == []
    names = {expert["_id"]: expert["name"] for expert in experts}
    rows = list(data["bookings"].find())
    told = sorted((hold.owner, hold.hour, hold.freed is None) for hold in ledger.holds)
    kept = sorted(
        (openid, as_told(row["start"], names[row["expert"]]), row["state"] == "booked")
        for openid, row in owned(rows, data)
    )
    assert told == kept
    assert len(told) > operations / 50  # they did more than talk
    assert len(ledger.gone) > 0  # and they met
    assert sum(client.turned_away for client in clients) < operations / 100


async def test_the_ledger_finds_what_does_not_fit_together() -> None:
    ledger = Ledger({"沈白露": Lengths(50, 60), "高秋分": Lengths(50, 60)})
    offer = "“职场心理”空的时间，回复数字：\n1 明天 11月27日 周五 10:30 沈白露（心理咨询师，面谈）"
    booked = "已预约：\n明天 11月27日 周五 10:{}–10:{}\n{}（心理咨询师，面谈）"
    first, second = booked.format("00", "50", "沈白露"), booked.format("30", "20", "沈白露")
    ledger.hear("a", first, Spell(1, 2))
    ledger.hear("b", offer, Spell(3, 4))
    ledger.hear("b", second, Spell(5, 6))
    ledger.hear("a", booked.format("10", "00", "高秋分"), Spell(7, 8))
    ledger.listed("b", "你还没有约好的时间。")
    ledger.hear("c", "这个时间刚被约走了，抱歉。", Spell(9, 10), Hour((11, 28), 600, "沈白露"))
    ledger.hear("c", "已取消：明天 11月27日 周五 10:00 沈白露（心理咨询师，面谈）。", Spell(11, 12))
    kinds = ("is shown", "never had it", "two people", "one person", "was offered", "nobody had it")
    found = ledger.contradictions()
    assert all(any(kind in each for each in found) for kind in kinds)
    assert len(found) == len(kinds)


# What the database has


def held(data: Database) -> set[tuple[str, Hour]]:
    """Who has which hour, as the database knows it."""
    names = {expert["_id"]: expert["name"] for expert in data["experts"].find({}, {"name": 1})}
    rows = list(data["bookings"].find({"state": "booked"}))
    return {(openid, as_told(row["start"], names[row["expert"]])) for openid, row in owned(rows, data)}


def owned(rows: Sequence[dict[str, Any]], data: Database) -> Iterator[tuple[str, dict[str, Any]]]:
    """These bookings, each with the openid of its worker."""
    openids = {row["worker"]: row["_id"] for row in data["followers"].find({}, {"worker": 1})}
    yield from ((openids[row["worker"]], row) for row in rows)


@contextmanager
def held_back(data: Database, command: str, milliseconds: int) -> Iterator[None]:
    """Let the next such command of a web process wait at the server before it is done."""
    admin = data.client.admin
    how = {"failCommands": [command], "appName": "xinyi-serve", "blockConnection": True, "blockTimeMS": milliseconds}
    admin.command({"configureFailPoint": "failCommand", "mode": {"times": 1}, "data": how})
    try:
        yield
    finally:
        admin.command({"configureFailPoint": "failCommand", "mode": "off"})


def worker_of(openid: str, data: Database) -> str:
    found = data["followers"].find_one({"_id": openid})
    assert found is not None
    return str(found["worker"])
