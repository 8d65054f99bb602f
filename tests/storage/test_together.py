"""Together: all of it or nothing, again on a passing fault, and never longer than the caller may wait."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from pymongo.errors import DuplicateKeyError, OperationFailure

from server.domain.refusals import Taken, Unavailable
from server.storage.mongo import Mongo, session
from tests.servers import Servers
from tests.storage.failpoints import failing

TRANSIENT = {"errorCode": 112, "errorLabels": ["TransientTransactionError"]}
UNKNOWN_COMMIT = {"errorCode": 50, "errorLabels": ["UnknownTransactionCommitResult"]}


@pytest.fixture
async def mongo(mongo_url: str, database: str) -> AsyncIterator[Mongo]:
    """A connection whose process has a name of its own, so that fail points strike nobody else."""
    opened = Mongo(mongo_url, database, uuid4().hex)
    await opened.data["things"].insert_one({"_id": "counter", "count": 0})
    yield opened
    await opened.close()


async def count(mongo: Mongo) -> int:
    found = await mongo.data["things"].find_one({"_id": "counter"})
    assert found is not None
    return int(found["count"])


async def add_one(mongo: Mongo) -> None:
    await mongo.data["things"].update_one({"_id": "counter"}, {"$inc": {"count": 1}}, session=session())


async def keep(mongo: Mongo, thing: str) -> None:
    await mongo.data["things"].insert_one({"_id": thing}, session=session())


async def settled(mongo: Mongo) -> None:
    """Return when nothing is under way any more."""
    while mongo._running:
        await asyncio.sleep(0.01)


async def things(mongo: Mongo) -> set[Any]:
    return {row["_id"] async for row in mongo.data["things"].find()} - {"counter"}


async def test_what_is_done_together_is_there_together_and_the_deeds_word_comes_back(mongo: Mongo) -> None:
    async def deed() -> str:
        await keep(mongo, "a")
        assert await things(mongo) == set()
        await keep(mongo, "b")
        return "done"

    assert await mongo.together(deed) == "done"
    assert await things(mongo) == {"a", "b"}


async def test_a_refusal_undoes_everything_and_reaches_the_caller(mongo: Mongo) -> None:
    async def deed() -> None:
        await keep(mongo, "a")
        await add_one(mongo)
        raise Taken("taken")

    with pytest.raises(Taken):
        await mongo.together(deed)
    assert await things(mongo) == set()
    assert await count(mongo) == 0


async def test_a_taken_key_undoes_everything(mongo: Mongo) -> None:
    async def deed() -> None:
        await keep(mongo, "a")
        await keep(mongo, "counter")

    with pytest.raises(DuplicateKeyError):
        await mongo.together(deed)
    assert await things(mongo) == set()


async def test_a_deed_within_a_deed_is_part_of_it(mongo: Mongo) -> None:
    async def inner() -> None:
        await keep(mongo, "inner")

    async def outer() -> None:
        opened = session()
        await mongo.together(inner)
        assert session() is opened
        raise Taken("taken")

    with pytest.raises(Taken):
        await mongo.together(outer)
    assert await things(mongo) == set()


@pytest.mark.parametrize("command", ["insert", "commitTransaction"])
async def test_a_passing_fault_is_tried_again(mongo: Mongo, command: str) -> None:
    tries = 0

    async def deed() -> None:
        nonlocal tries
        tries += 1
        await keep(mongo, "a")
        await add_one(mongo)

    async with failing(mongo, [command], 2, **TRANSIENT):
        await mongo.together(deed)
    assert tries == 3
    assert await things(mongo) == {"a"}
    assert await count(mongo) == 1


async def test_a_commit_of_which_nothing_is_known_is_committed_again_not_done_again(mongo: Mongo) -> None:
    tries = 0

    async def deed() -> None:
        nonlocal tries
        tries += 1
        await add_one(mongo)

    async with failing(mongo, ["commitTransaction"], 3, **UNKNOWN_COMMIT):
        await mongo.together(deed)
    assert tries == 1
    assert await count(mongo) == 1


async def test_a_connection_cut_at_the_commit_does_it_once(mongo: Mongo) -> None:
    async with failing(mongo, ["commitTransaction"], 1, closeConnection=True):
        await mongo.together(lambda: add_one(mongo))
    assert await count(mongo) == 1


@pytest.mark.parametrize(("command", "how"), [("update", TRANSIENT), ("commitTransaction", UNKNOWN_COMMIT)])
async def test_a_fault_that_does_not_pass_is_told_as_unavailable_in_time(
    mongo: Mongo, command: str, how: dict[str, Any]
) -> None:
    started = time.monotonic()
    async with failing(mongo, [command], 100_000, **how):
        with pytest.raises(Unavailable):
            await mongo.together(lambda: add_one(mongo), within=0.5)
    assert time.monotonic() - started < 0.8
    await settled(mongo)
    async with contextlib.AsyncExitStack() as taken:
        for _ in range(4):  # so that the next caller is not handed the session that was left
            opened = await taken.enter_async_context(await mongo.client.start_session())
            await mongo.data["things"].find_one({}, session=opened)
        await mongo.together(lambda: add_one(mongo), within=2.0)  # the server by itself would take three seconds
    assert await count(mongo) == 1


async def test_a_fault_of_ours_is_passed_on_at_once(mongo: Mongo) -> None:
    async def deed() -> None:
        await keep(mongo, "a")
        await mongo.data["things"].update_one({"_id": "a"}, {"$nonsense": 1}, session=session())

    with pytest.raises(OperationFailure):
        await mongo.together(deed)
    assert await things(mongo) == set()


async def test_forty_deeds_on_one_document_all_get_through_or_are_refused_cleanly(mongo: Mongo) -> None:
    async def one() -> int:
        try:
            await mongo.together(lambda: add_one(mongo))
        except Unavailable:
            return 0
        return 1

    done = sum(await asyncio.gather(*(one() for _ in range(40))))
    assert await count(mongo) == done
    assert done >= 10


async def test_nothing_started_after_a_deed_is_part_of_it(mongo: Mongo) -> None:
    async def look() -> bool:
        return session() is None

    await mongo.together(lambda: add_one(mongo))
    assert session() is None
    assert await asyncio.create_task(look())
    with pytest.raises(Taken):
        await mongo.together(_refused)
    assert session() is None


async def _refused() -> None:
    raise Taken("taken")


async def test_two_deeds_side_by_side_have_a_session_each(mongo: Mongo) -> None:
    met = asyncio.Barrier(2)
    seen = set()

    async def deed() -> None:
        await met.wait()
        seen.add(id(session()))
        await met.wait()

    await asyncio.gather(mongo.together(deed), mongo.together(deed))
    assert len(seen) == 2


async def test_a_deed_whose_caller_has_gone_goes_no_further(mongo: Mongo) -> None:
    began = asyncio.Event()

    async def deed() -> None:
        began.set()
        await keep(mongo, "a")
        await keep(mongo, "b")

    async with failing(mongo, ["insert"], 1, blockConnection=True, blockTimeMS=300):
        caller = asyncio.create_task(mongo.together(deed))
        await began.wait()
        await asyncio.sleep(0.05)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        assert mongo._running
        await settled(mongo)
    assert await things(mongo) == set()


async def test_no_write_is_made_outside_its_transaction_when_its_caller_has_gone(own_servers: Servers) -> None:
    """Threads of the driver go on with what their caller gave up; a server that wakes up just then takes it all."""
    for number in range(4):
        mongo = Mongo(own_servers.mongod.url, f"held-{number}", "test")
        await mongo.data["things"].insert_one({"_id": "counter", "count": 0})
        own_servers.mongod.hold()
        callers = [asyncio.create_task(mongo.together(partial(_two, mongo, each), within=0.3)) for each in range(60)]
        await asyncio.sleep(0.295)
        own_servers.mongod.let_go()
        await asyncio.gather(*callers, return_exceptions=True)
        await settled(mongo)
        together = (await count(mongo), len(await things(mongo)))
        await mongo.close()
        assert together[0] == together[1]


async def _two(mongo: Mongo, number: int) -> None:
    await add_one(mongo)
    await keep(mongo, str(number))


async def test_on_a_server_that_stands_still_the_caller_is_let_go_in_time(own_servers: Servers) -> None:
    mongo = Mongo(own_servers.mongod.url, "held", "test")
    await mongo.data["things"].insert_one({"_id": "counter", "count": 0})
    own_servers.mongod.hold()
    started = time.monotonic()
    callers = (mongo.together(lambda: add_one(mongo)) for _ in range(20))
    outcomes = await asyncio.gather(*callers, return_exceptions=True)
    waited = time.monotonic() - started
    own_servers.mongod.let_go()
    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 20
    assert waited <= 3.7
    await mongo.together(lambda: add_one(mongo), within=10)
    assert await count(mongo) == 1
    await mongo.close()
