"""Nights: people cry at random, workers are killed at random, staff take some; nobody is left without somebody."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import time, timedelta

import pytest
import pytest_asyncio
from pymongo import MongoClient

from server.domain.clock import at, day
from tests.servers import Stores
from tests.stories.city import City
from tests.stories.conftest import a_city
from tests.stories.duty import WORDS, Document, Duty, last_sentence, who_is_there
from tests.stories.story import Person

CRIES = ("我站在楼顶，马上就跳下去", "我想自杀", "他又打我了", "我要杀了他", "我今晚就去死", "我想跳楼")
STEPS = 14  # of a night; between them so many minutes pass
MINUTES = (1, 2, 5, 6, 11, 30)
CALM_SECONDS = 1.0  # waited at each step for what is due; a killed worker may leave it longer
LINE = {"王敏": "13800000001", "李立": "13800000002", "赵强": "13800000003"}
EVENING = time(22)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    """A city with two workers; its duty has telephones and no group."""
    environ = {"XINYI_DUTY_WEBHOOK": ""}
    async with a_city(stores, tmp_path_factory.mktemp("nights"), workers=2, environ=environ) as city:
        yield city


@pytest.fixture(scope="module")
def client(stores: Stores) -> Iterator[MongoClient[Document]]:
    """A plain client, which knows of no key."""
    with MongoClient[Document](stores.mongo, tz_aware=True) as client:
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def duty(city: City, client: MongoClient[Document]) -> Duty:
    """The duty, kept round the clock."""
    duty = Duty(city, client)
    await duty.is_set("on", "--round")
    return duty


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def staff(duty: Duty) -> list[Person]:
    """Everybody of the line, each with a telephone; the last is the administrator."""
    return [await duty.joins(name, "--phone", phone, *administers(name)) for name, phone in LINE.items()]


class Night:
    """One night of a city, by chance."""

    def __init__(self, duty: Duty, staff: list[Person], number: int) -> None:
        self._duty = duty
        self._staff = staff
        self._chance = random.Random(number)
        self._people: list[Person] = []

    async def goes_by(self) -> list[Document]:
        """Let the night go by; the concerns as they are in the morning, when everybody in line has had their time."""
        self._people = await self._duty.followers(6)
        now = await self._duty.now()
        tonight = at(day(now), EVENING)
        await self._duty.the_clock_reaches(tonight if tonight > now else tonight + timedelta(days=1))
        for _ in range(STEPS):
            await self._chance.choice((self._somebody_cries, self._somebody_cries, self._somebody_takes_one))()
            if self._chance.random() < 0.3:
                await self._a_worker_is_killed()
            await self._duty.goes_on(self._chance.choice(MINUTES))
            with suppress(AssertionError):
                await self._duty.city.until(self._duty.is_calm, within=CALM_SECONDS)
        for _ in range(len(LINE) + 1):
            await self._duty.passes(minutes=6)
        return await self._duty.concerns_of(*self._people)

    async def _somebody_cries(self) -> None:
        answer = await self._chance.choice(self._people).writes(self._chance.choice(CRIES))
        said = last_sentence(answer)
        assert said.splitlines()[-1] in ("12356", "110")
        assert any(said.startswith(who_is_there(kind).partition("\n")[0]) for kind in WORDS.presence)

    async def _somebody_takes_one(self) -> None:
        concerns = await self._duty.concerns_of(*self._people)
        waiting = [concern["number"] for concern in concerns if concern["state"] == "open"]
        if waiting:
            number = self._chance.choice(waiting)
            assert f"{number} 由你接了" in await self._chance.choice(self._staff).writes(f"接 {number}")

    async def _a_worker_is_killed(self) -> None:
        """At a moment by chance: while it looks, calls, or stores."""
        await asyncio.sleep(self._chance.random())
        worker = self._chance.choice(self._duty.city.workers)
        worker.kill()
        worker.launch()


@pytest.mark.parametrize("nights", [3, pytest.param(100, marks=pytest.mark.soak)])
async def test_no_night_leaves_a_concern_without_a_taker_or_an_exhausted_list_on_record(
    nights: int, city: City, duty: Duty, staff: list[Person]
) -> None:
    for number in range(nights):
        concerns = await Night(duty, staff, number).goes_by()
        assert concerns
        assert [each["number"] for each in concerns if not each["taker"] and not each["exhausted_at"]] == []
        await every_alert_came(duty, concerns)
        await duty.closes_everything(staff[-1])
    assert city.errors() == []


def administers(name: str) -> tuple[str, ...]:
    """What makes the last of the line an administrator."""
    return ("--administrator",) if name == list(LINE)[-1] else ()


async def every_alert_came(duty: Duty, concerns: list[Document]) -> None:
    """Every concern rang somewhere, and every call that is on record as taken by a phone came at least once."""
    names = {each["_id"]: each["name"] for each in duty.database["duty_people"].find()}
    received = await duty.on_phones("sms")
    for concern in concerns:
        number = str(concern["number"])
        calls = Counter(LINE[names[call["whom"]]] for call in concern["calls"] if "phone" in call["channels"])
        came = Counter(alert["to"][0] for alert in received if number in alert["words"])
        assert calls <= came
        assert came or concern["taker"], "nobody was called"
