"""The tick: what is due is done, with Redis or without, each thing by one at a time, whatever another duty does."""

import asyncio
import io
import time
from collections import Counter
from collections.abc import Sequence

import pytest

from server import metrics
from server.domain.refusals import Unavailable
from server.jobs import tick as ticking
from server.jobs.tick import BATCH, MOST, SIDE_BY_SIDE, Tick
from server.jobs.timetable import Duty
from server.storage.mongo import Mongo
from server.vault.seals import Seals
from tests.domain.booking.builders import NOW
from tests.handclock import HandClock
from tests.jobs.ticks import Things, a_worker, at_work, finding, nowhere
from tests.servers import Servers
from tests.storage.builders import a_row
from tests.storage.office import Office, open_office
from tests.storage.queues import DROPPED_STREAMS, running, until

pytestmark = pytest.mark.filterwarnings(DROPPED_STREAMS)


# With a Redis, and without


@pytest.fixture
async def office(mongo: Mongo, seals: Seals) -> Office:
    return await open_office(mongo, seals)


def post(office: Office) -> Duty:
    return Duty("post", office.post.due, office.post.send)


async def test_without_a_redis_the_tick_sends_what_is_due(office: Office) -> None:
    await office.rows.add(a_row())
    async with at_work(nowhere(), post(office)):
        await until(lambda: bool(office.counted))
    assert len(office.wechat.got) == 1


async def test_with_a_redis_the_worker_sends_what_is_due(office: Office, redis_url: str) -> None:
    async with running(redis_url) as queue, a_worker(redis_url, post(office)):
        await until(lambda: queue.is_open)
        async with at_work(queue, post(office)) as tick:
            await office.rows.add(a_row())
            await until(lambda: bool(office.counted))
            assert not tick._working
    assert len(office.wechat.got) == 1


async def test_what_no_worker_takes_from_the_queue_is_done_by_the_tick(office: Office, redis_url: str) -> None:
    async with running(redis_url) as queue:
        await until(lambda: queue.is_open)
        started = time.monotonic()
        async with at_work(queue, post(office)):
            await office.rows.add(a_row())
            await until(lambda: bool(office.counted))
        assert time.monotonic() - started >= ticking.PATIENCE
    assert len(office.wechat.got) == 1


async def test_a_redis_that_goes_and_comes_back_loses_nothing(
    mongo: Mongo, seals: Seals, own_servers: Servers
) -> None:
    office = await open_office(mongo, seals)
    url = own_servers.valkey.url
    async with running(url) as queue, a_worker(url, post(office)), at_work(queue, post(office)):
        await until(lambda: queue.is_open)
        await office.rows.add(a_row("before"))
        await until(lambda: office.counted.total() == 1)
        own_servers.valkey.kill()
        await office.rows.add(a_row("without"))
        await until(lambda: office.counted.total() == 2)
        own_servers.valkey.launch()
        await until(lambda: queue.is_open)
        await office.rows.add(a_row("after"))
        await until(lambda: office.counted.total() == 3)
    assert len(office.wechat.got) == 3


async def test_beside_a_redis_that_stands_still_the_tick_goes_on(office: Office, own_servers: Servers) -> None:
    async with running(own_servers.valkey.url) as queue:
        await until(lambda: queue.is_open)
        own_servers.valkey.hold()
        await office.rows.add(a_row())
        async with at_work(queue, post(office)):
            await until(lambda: bool(office.counted), 2)
        own_servers.valkey.let_go()


# One duty and the others


@pytest.mark.parametrize("fault", [LookupError("broken"), Unavailable("held")])
async def test_a_duty_whose_search_fails_keeps_no_other_from_its_hour(fault: Exception, told: io.StringIO) -> None:
    things = Things("a")
    broken = Duty("broken", finding(fault), things.run)
    async with at_work(nowhere(), broken, things.duty()):
        await until(lambda: things.done == ["a"])
    assert '"name": "broken"' in told.getvalue()


async def test_a_thing_that_fails_keeps_no_other_from_being_done_and_is_tried_again() -> None:
    things = Things("bad", "good")
    things.failing = {"bad"}
    async with at_work(nowhere(), things.duty()):
        await until(lambda: things.done == ["good"])
        things.failing.clear()
        await until(lambda: things.done == ["good", "bad"])


async def test_duties_are_looked_for_in_the_order_of_the_timetable() -> None:
    order: list[str] = []

    def named(name: str) -> Duty:
        async def find(_most: int) -> Sequence[str]:
            order.append(name)
            return ()

        return Duty(name, find, Things().run)

    async with at_work(nowhere(), named("first"), named("second")):
        await until(lambda: len(order) >= 4)
    assert order[:4] == ["first", "second", "first", "second"]


async def test_a_tick_that_takes_all_its_time_lets_the_others_go_on() -> None:
    looks = 0

    async def find(_most: int) -> Sequence[str]:
        nonlocal looks
        looks += 1
        time.sleep(0.03)  # as long as a busy machine may need
        if looks > 50:
            tick.stop()
        return ()

    async with at_work(nowhere(), Duty("slow", find, Things().run)) as tick:
        for _ in range(5):
            await asyncio.sleep(0.01)
    assert looks < 20


async def test_a_clock_that_jumps_is_noticed_before_the_second_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticking, "EVERY", 30.0)
    things, clock = Things(), HandClock(NOW)
    tick = Tick((things.duty(),), nowhere(), clock)
    task = asyncio.create_task(tick.run())
    await until(lambda: len(things.asked) == 1)
    clock.ahead(hours=1)
    await until(lambda: len(things.asked) == 2)
    tick.stop()
    await asyncio.wait_for(task, 1)


# One at a time, not too many


async def test_what_is_being_done_is_not_begun_again() -> None:
    things = Things("a", "b")
    things.free.clear()
    async with at_work(nowhere(), things.duty()):
        await until(lambda: len(things.asked) > 5)
        assert things.at_once["a"] == 1
        things.free.set()
        await until(lambda: not things.due)
    assert things.done == ["a", "b"]


async def test_what_waits_behind_another_is_not_begun_again_when_that_is_done() -> None:
    things = Things("a", "b", "c")
    begun: Counter[str] = Counter()
    gates = {each: asyncio.Event() for each in "abcd"}

    async def run(ids: Sequence[str]) -> None:
        for each in ids:
            begun[each] += 1
            await gates[each].wait()
            things.due.remove(each)

    async with at_work(nowhere(), Duty("things", things.find, run)):
        for each in "abc":
            await until(lambda each=each: begun[each] > 0)  # type: ignore[misc]  # bound now
            gates[each].set()
            seen = len(things.asked)
            await until(lambda seen=seen: len(things.asked) > seen + 3)  # type: ignore[misc]  # bound now
    assert begun == {"a": 1, "b": 1, "c": 1}


async def test_without_a_queue_no_more_is_done_side_by_side_than_there_is_room() -> None:
    things = Things(*(f"{number:03}" for number in range(MOST + 50)))
    things.free.clear()
    async with at_work(nowhere(), things.duty()):
        await until(lambda: things.at_once.total() == SIDE_BY_SIDE)
        await asyncio.sleep(0.1)
        assert things.at_once.total() == SIDE_BY_SIDE
        things.free.set()
        await until(lambda: not things.due)
    assert things.most_at_once == SIDE_BY_SIDE
    assert len(things.done) == MOST + 50 == len(set(things.done))
    assert set(things.asked) == {MOST}
    assert MOST > SIDE_BY_SIDE * BATCH


async def test_a_tick_that_is_stopped_lets_what_is_under_way_end() -> None:
    things = Things("a")
    things.free.clear()
    tick = Tick((things.duty(),), nowhere())
    task = asyncio.create_task(tick.run())
    await until(lambda: things.at_once["a"] == 1)
    tick.stop()
    await asyncio.sleep(0.1)
    assert not task.done()
    things.free.set()
    await asyncio.wait_for(task, 1)
    assert things.done == ["a"]


async def test_how_long_the_oldest_thing_has_waited_can_be_seen() -> None:
    things = Things("a")
    things.failing = {"a"}
    lag = metrics.TICK_LAG._value
    async with at_work(nowhere(), things.duty()):
        await until(lambda: lag.get() > 0.2)
        things.failing.clear()
        await until(lambda: not things.due)
        await until(lambda: lag.get() < 0.1)
