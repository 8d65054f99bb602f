"""The stores that tests stand on are real, apart from each other, and mended after harm."""

import asyncio
import socket
import sys

import pymongo
import pytest
from redis.asyncio import Redis

from server.embedded import Mongod, free_port
from tests.conftest import OffThisMachine
from tests.servers import Process, Servers, is_running


async def test_a_killed_mongod_keeps_what_it_acknowledged(own_servers: Servers):
    with pymongo.MongoClient(own_servers.mongod.url) as client:
        kept = client.get_database("a", write_concern=pymongo.WriteConcern("majority", j=True)).kept
        kept.insert_one({"_id": "one"})
        own_servers.mongod.kill()
        own_servers.mongod.launch()
        await own_servers.mongod.ready()
        assert kept.find_one() == {"_id": "one"}


async def test_a_mongod_on_another_port_takes_up_its_data(tmp_path):
    for expected in (0, 1):
        process = Process(Mongod(tmp_path / "mongo", free_port()), tmp_path / "log")
        process.launch()
        try:
            await process.ready()
            with pymongo.MongoClient(process.url) as client:
                assert client.a.kept.count_documents({}) == expected
                client.a.kept.insert_one({})
        finally:
            process.end()


async def test_a_killed_valkey_keeps_what_it_wrote(own_servers: Servers):
    async with Redis.from_url(own_servers.valkey.url) as client:
        await client.set("kept", "yes")
    await asyncio.sleep(1.2)  # its file is brought to the disk every second
    own_servers.valkey.kill()
    own_servers.valkey.launch()
    await own_servers.valkey.ready()
    async with Redis.from_url(own_servers.valkey.url) as client:
        assert await client.get("kept") == b"yes"


async def test_a_held_mongod_answers_nobody_until_it_is_let_go(own_servers: Servers):
    with pymongo.MongoClient(own_servers.mongod.url, timeoutMS=500) as client:
        client.admin.command("ping")
        own_servers.mongod.hold()
        with pytest.raises(pymongo.errors.PyMongoError):
            client.admin.command("ping")
        own_servers.mongod.let_go()
        client.admin.command("ping")


async def test_tests_have_databases_of_their_own(mongo_url, database, redis_url):
    with pymongo.MongoClient(mongo_url) as client:
        assert client.get_database(database).list_collection_names() == []
        client.get_database(database).one.insert_one({})
    async with Redis.from_url(redis_url) as client:
        assert await client.dbsize() == 0
        await client.set("one", "1")


async def test_a_server_ends_with_the_process_that_started_it():
    starts_and_tells = (
        "import subprocess, time\n"
        "from server.embedded import bound_to_parent\n"
        "print(subprocess.Popen(bound_to_parent(['sleep', '60'])).pid, flush=True)\n"
        "time.sleep(60)"
    )
    starter = await asyncio.create_subprocess_exec(
        sys.executable, "-c", starts_and_tells, stdout=asyncio.subprocess.PIPE
    )
    assert starter.stdout is not None
    pid = int(await starter.stdout.readline())
    await asyncio.sleep(0.3)
    assert is_running(pid)
    starter.kill()
    await starter.wait()
    await asyncio.sleep(0.3)
    assert not is_running(pid)


def test_a_test_cannot_leave_this_machine():
    with socket.socket() as outside, pytest.raises(OffThisMachine):
        outside.connect(("192.0.2.1", 80))
