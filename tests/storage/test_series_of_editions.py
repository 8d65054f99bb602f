"""A series over real stores: it plans one edition a day, each article once, however many clocks tick."""

import asyncio
from datetime import date, time, timedelta

import pytest

from server.domain.clock import at, day
from server.domain.publishing.edition import EditionState, Way
from server.domain.publishing.series import SeriesState
from server.domain.publishing.service import Publishing
from server.domain.refusals import Forbidden, NotFound, Taken, TooLate
from server.storage.editions import EditionStore
from server.storage.library import LibraryStore
from server.storage.mongo import Mongo
from tests.handclock import HandClock
from tests.storage.builders import an_article, imported
from tests.vault.chance import Chance

MONDAY = date(2026, 11, 23)
HALF_PAST_SEVEN = time(7, 30)
EVE = at(MONDAY - timedelta(days=1), time(12, 0))


class Desk:
    """An editors' desk over real stores, with a clock in the test's hand."""

    def __init__(self, mongo: Mongo) -> None:
        self.clock = HandClock(EVE)
        self.editions = EditionStore(mongo.data)
        self.library = LibraryStore(mongo.data)
        self.publishing = self.another_process(mongo)

    def another_process(self, mongo: Mongo, seed: int = 1) -> Publishing:
        return Publishing(self.editions, self.library, mongo.together, self.clock, Chance(seed), "https://x")

    async def has(self, count: int) -> None:
        pieces = [an_article(f"article-{number:02}", "亲职"[number % 2]) for number in range(count)]
        await self.library.write(imported(*pieces), EVE)

    async def tick(self) -> None:
        await self.publishing.run_series(await self.publishing.due_series(10))

    async def planned(self) -> list[tuple[date, str]]:
        return sorted((day(each.at), each.piece) for each in await self.editions.everything())

    async def state(self) -> SeriesState:
        (series,) = await self.editions.series()
        return series.state


@pytest.fixture
async def desk(mongo: Mongo) -> Desk:
    desk = Desk(mongo)
    await desk.editions.ensure_indexes()
    return desk


async def test_a_series_plans_tomorrows_edition_and_then_the_next_when_that_goes_out(desk: Desk) -> None:
    await desk.has(3)
    await desk.publishing.start_series("daily", HALF_PAST_SEVEN, Way.MASS)
    await desk.tick()
    await desk.tick()
    assert await desk.planned() == [(MONDAY, "article-00")]
    desk.clock.until(at(MONDAY, HALF_PAST_SEVEN))
    await desk.tick()
    assert await desk.planned() == [(MONDAY, "article-00"), (MONDAY + timedelta(days=1), "article-01")]


async def test_thirty_days_take_thirty_articles_once_each_and_then_the_series_is_dry(desk: Desk) -> None:
    await desk.has(30)
    await desk.publishing.start_series("daily", HALF_PAST_SEVEN, Way.MASS)
    for number in range(32):
        await desk.tick()
        desk.clock.until(at(MONDAY + timedelta(days=number), time(8, 0)))
    planned = await desk.planned()
    assert [on for on, _ in planned] == [MONDAY + timedelta(days=number) for number in range(30)]
    assert len({piece for _, piece in planned}) == 30
    assert await desk.state() is SeriesState.DRY
    await desk.tick()
    assert await desk.editions.count_due_series(desk.clock.now()) == 0


async def test_a_dry_series_goes_on_when_there_is_something_new(desk: Desk) -> None:
    await desk.publishing.start_series("daily", HALF_PAST_SEVEN, Way.MASS)
    await desk.tick()
    assert await desk.state() is SeriesState.DRY
    await desk.has(1)
    desk.clock.ahead(hours=1)
    await desk.tick()
    assert await desk.state() is SeriesState.RUNNING
    assert len(await desk.planned()) == 1


async def test_two_clocks_plan_one_edition(desk: Desk, mongo: Mongo) -> None:
    await desk.has(20)
    await desk.publishing.start_series("daily", HALF_PAST_SEVEN, Way.MASS)
    other = desk.another_process(mongo, seed=2)
    for number in range(6):
        due = await desk.publishing.due_series(10)
        await asyncio.gather(desk.publishing.run_series(due), other.run_series(due), other.run_series(due))
        desk.clock.until(at(MONDAY + timedelta(days=number), HALF_PAST_SEVEN))
    planned = await desk.planned()
    assert [on for on, _ in planned] == [MONDAY + timedelta(days=number) for number in range(6)]
    assert len({piece for _, piece in planned}) == 6


@pytest.mark.parametrize("way", Way)
async def test_a_series_started_again_plans_no_second_edition_for_a_day(desk: Desk, way: Way) -> None:
    await desk.has(5)
    for _ in range(2):
        await desk.publishing.start_series("daily", HALF_PAST_SEVEN, way)
        await desk.tick()
    days = [on for on, _ in await desk.planned()]
    assert days == [MONDAY, MONDAY + timedelta(days=1)]


async def test_a_day_planned_by_hand_is_left_to_that(desk: Desk) -> None:
    await desk.has(5)
    await desk.publishing.plan("article-04", at(MONDAY, time(18, 0)), Way.MASS, "editor")
    await desk.publishing.start_series("daily", HALF_PAST_SEVEN, Way.MASS)
    await desk.tick()
    assert [on for on, _ in await desk.planned()] == [MONDAY, MONDAY + timedelta(days=1)]


async def test_a_day_taken_at_the_same_moment_leaves_the_series_due(desk: Desk, mongo: Mongo) -> None:
    """The hand is quicker between the series' look and its plan: nothing is half done, the next tick goes on."""
    await desk.has(5)
    await desk.publishing.start_series("daily", HALF_PAST_SEVEN, Way.MASS)
    hands = [
        desk.publishing.run_series(["daily"]),
        *(desk.another_process(mongo, seed).plan("article-04", at(MONDAY, time(18)), Way.MASS, "e") for seed in (3, 4)),
    ]
    told = await asyncio.gather(*hands, return_exceptions=True)
    assert [each for each in told if isinstance(each, Exception) and not isinstance(each, Taken)] == []
    await desk.tick()
    days = [on for on, _ in await desk.planned()]
    assert len(days) == len(set(days))
    assert await desk.editions.count_due_series(desk.clock.now()) == 0


async def test_a_stopped_series_plans_nothing_more(desk: Desk) -> None:
    await desk.has(5)
    await desk.publishing.start_series("daily", HALF_PAST_SEVEN, Way.MASS)
    await desk.publishing.stop_series("daily")
    await desk.tick()
    assert await desk.planned() == []
    with pytest.raises(NotFound):
        await desk.publishing.stop_series("weekly")


async def test_a_series_says_two_weeks_ahead_that_it_runs_dry(desk: Desk) -> None:
    await desk.has(15)
    await desk.publishing.start_series("daily", HALF_PAST_SEVEN, Way.MASS)
    await desk.tick()
    (before,) = await desk.publishing.outlooks()
    desk.clock.until(at(MONDAY, HALF_PAST_SEVEN))
    await desk.tick()
    (after,) = await desk.publishing.outlooks()
    assert (before.left, before.runs_dry_soon) == (14, False)
    assert (after.left, after.runs_dry_soon) == (13, True)


async def test_what_cannot_go_out_is_not_planned(desk: Desk, mongo: Mongo) -> None:
    await desk.has(1)
    tomorrow = at(MONDAY, HALF_PAST_SEVEN)
    with pytest.raises(NotFound):
        await desk.publishing.plan("no-such-article", tomorrow, Way.MASS, "editor")
    with pytest.raises(TooLate):
        await desk.publishing.plan("article-00", EVE, Way.MASS, "editor")
    library, together = desk.library, mongo.together
    four_a_month = Publishing(
        desk.editions, library, together, desk.clock, Chance(), "https://x", frozenset({Way.REPLY})
    )
    with pytest.raises(Forbidden):
        await four_a_month.plan("article-00", tomorrow, Way.MASS, "editor")
    assert await desk.planned() == []


async def test_a_cancelled_day_is_free_again(desk: Desk) -> None:
    await desk.has(2)
    tomorrow = at(MONDAY, HALF_PAST_SEVEN)
    first = await desk.publishing.plan("article-00", tomorrow, Way.MASS, "editor")
    with pytest.raises(Taken):
        await desk.publishing.plan("article-01", tomorrow, Way.MASS, "editor")
    assert (await desk.publishing.cancel(first.id, "editor")).state is EditionState.CANCELLED
    await desk.publishing.plan("article-01", tomorrow, Way.MASS, "editor")
