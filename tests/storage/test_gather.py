"""Gathering: many asked for at once, each answered for itself, whatever becomes of the others."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from bson.errors import InvalidDocument
from pymongo.errors import AutoReconnect, DuplicateKeyError, OperationFailure, WriteError

from server.domain.refusals import Taken
from server.storage.gather import MOST, Gather, finder, inserter
from server.storage.mongo import Document, Mongo, session
from tests.servers import Servers
from tests.storage.failpoints import failing


@pytest.fixture
async def mongo(mongo_url: str, database: str) -> AsyncIterator[Mongo]:
    """A connection whose process has a name of its own, so that fail points strike nobody else."""
    opened = Mongo(mongo_url, database, uuid4().hex)
    yield opened
    await opened.close()


async def outcomes(gather: Gather[Any, Any], *items: Any) -> list[Any]:
    return await asyncio.gather(*(gather(item) for item in items), return_exceptions=True)


def rows(*ids: str) -> list[Document]:
    return [{"_id": each} for each in ids]


async def kept(mongo: Mongo) -> list[str]:
    return [row["_id"] async for row in mongo.data["things"].find().sort("_id")]


# What comes back


async def test_each_caller_gets_what_was_found_for_it(mongo: Mongo) -> None:
    await mongo.data["things"].insert_many([{"_id": "a", "n": 1}, {"_id": "b", "n": 2}])
    found = await outcomes(finder(mongo.data, "things"), "b", "missing", "a")
    assert found == [{"_id": "b", "n": 2}, None, {"_id": "a", "n": 1}]


async def test_two_who_ask_for_one_both_get_it(mongo: Mongo) -> None:
    await mongo.data["things"].insert_one({"_id": "a"})
    assert await outcomes(finder(mongo.data, "things"), "a", "a", "a") == rows("a", "a", "a")


async def test_what_was_inserted_is_there_when_its_caller_hears_of_it(mongo: Mongo) -> None:
    assert await outcomes(inserter(mongo.data, "things"), *rows("a", "b")) == [None, None]
    assert await kept(mongo) == ["a", "b"]


async def test_a_taken_key_reaches_its_own_caller_alone(mongo: Mongo) -> None:
    insert = inserter(mongo.data, "things")
    await insert({"_id": "b"})
    told = await outcomes(insert, *rows("a", "b", "c"))
    assert [type(each) for each in told] == [type(None), DuplicateKeyError, type(None)]
    assert await kept(mongo) == ["a", "b", "c"]


async def test_of_two_equal_keys_in_one_batch_the_first_is_kept(mongo: Mongo) -> None:
    first, second = {"_id": "a", "who": 1}, {"_id": "a", "who": 2}
    told = await outcomes(inserter(mongo.data, "things"), first, second)
    assert [type(each) for each in told] == [type(None), DuplicateKeyError]
    assert await mongo.data["things"].find_one() == first


async def test_five_hundred_at_once_are_all_answered_in_a_few_commands(mongo: Mongo) -> None:
    asked = []
    insert = inserter(mongo.data, "things")
    plain = insert._ask

    async def counting(items: Any) -> Any:
        asked.append(len(items))
        return await plain(items)

    insert._ask = counting
    ids = [f"{number:03}" for number in range(500)]
    assert await outcomes(insert, *rows(*ids)) == [None] * 500
    assert await kept(mongo) == ids
    assert asked == [MOST, MOST, MOST, 500 - 3 * MOST]
    find = finder(mongo.data, "things")
    assert await outcomes(find, *ids) == rows(*ids)


# What goes wrong


async def test_a_batch_that_fails_is_asked_again_one_by_one(mongo: Mongo) -> None:
    async with failing(mongo, ["insert"], 1, errorCode=8):
        assert await outcomes(inserter(mongo.data, "things"), *rows("a", "b", "c")) == [None] * 3
    assert await kept(mongo) == ["a", "b", "c"]


async def test_one_that_fails_again_by_itself_fails_for_its_own_caller(mongo: Mongo) -> None:
    async with failing(mongo, ["find"], 2, errorCode=2):
        told = await outcomes(finder(mongo.data, "things"), "a", "b", "c")
    assert isinstance(told[0], OperationFailure)
    assert told[1:] == [None, None]


async def test_a_document_the_server_refuses_fails_for_its_own_caller(mongo: Mongo) -> None:
    await mongo.data.create_collection("things", validator={"n": {"$type": "int"}})
    told = await outcomes(inserter(mongo.data, "things"), {"_id": "a", "n": 1}, {"_id": "b", "n": "x"})
    assert told[0] is None
    assert isinstance(told[1], WriteError)


async def test_a_document_that_cannot_even_be_written_fails_for_its_own_caller(mongo: Mongo) -> None:
    told = await asyncio.wait_for(
        outcomes(inserter(mongo.data, "things"), {"_id": "a"}, {"_id": "b", "what": object()}), 2
    )
    assert told[0] is None
    assert isinstance(told[1], InvalidDocument)


async def test_a_write_that_no_majority_confirmed_is_no_success(mongo: Mongo) -> None:
    error = {"code": 64, "codeName": "WriteConcernFailed", "errmsg": "waiting for replication timed out"}
    async with failing(mongo, ["insert"], 10, writeConcernError=error):
        told = await outcomes(inserter(mongo.data, "things"), *rows("a", "b"))
    assert all(isinstance(each, OperationFailure) for each in told)


async def test_a_cut_connection_is_told_and_not_asked_again(mongo: Mongo) -> None:
    async with failing(mongo, ["insert"], 1, closeConnection=True):
        told = await outcomes(inserter(mongo.data, "things"), *rows("a", "b"))
    assert [type(each) for each in told] == [AutoReconnect, AutoReconnect]


async def test_a_caller_that_has_gone_leaves_the_others_their_answers(mongo: Mongo) -> None:
    insert = inserter(mongo.data, "things")
    waiting = [asyncio.ensure_future(insert(row)) for row in rows("a", "b", "c")]
    await asyncio.sleep(0)
    waiting[1].cancel()
    assert await waiting[0] is None
    assert await waiting[2] is None


async def test_one_that_nobody_waits_for_any_more_is_not_asked_for(mongo: Mongo) -> None:
    insert = inserter(mongo.data, "things")
    gone, stays = insert({"_id": "gone"}), insert({"_id": "stays"})
    gone.cancel()
    await stays
    assert await kept(mongo) == ["stays"]


# Transactions, and a server that stands still


async def test_what_is_gathered_inside_a_transaction_does_not_join_it(mongo: Mongo) -> None:
    insert, find = inserter(mongo.data, "things"), finder(mongo.data, "things")

    plain, seen = insert._ask, []

    async def looking(documents: Any) -> Any:
        seen.append(session())
        return await plain(documents)

    insert._ask = looking

    async def deed() -> None:
        await mongo.data["others"].insert_one({"_id": "undone"}, session=session())
        await insert({"_id": "gathered"})
        assert await find("gathered") == {"_id": "gathered"}
        raise Taken("taken")

    with pytest.raises(Taken):
        await mongo.together(deed)
    assert await kept(mongo) == ["gathered"]
    assert await mongo.data["others"].find_one() is None
    assert seen == [None]


async def test_a_server_that_stands_still_keeps_no_caller_and_answers_again_afterwards(own_servers: Servers) -> None:
    mongo = Mongo(own_servers.mongod.url, "held", "test")
    find, insert = finder(mongo.data, "things"), inserter(mongo.data, "things")
    await find("warm")
    own_servers.mongod.hold()
    started = time.monotonic()
    for gather, item in ((find, "a"), (insert, {"_id": "held"})):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(gather(item), 0.2)  # type: ignore[operator]  # one of two kinds
    assert time.monotonic() - started < 1
    own_servers.mongod.let_go()
    assert await asyncio.wait_for(find("a"), 5) is None
    await asyncio.wait_for(insert({"_id": "after"}), 5)
    await mongo.close()
