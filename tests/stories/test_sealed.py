"""Sealed: whoever reads the stores and the logs without our keys reads none of the words that were sent."""

import asyncio
import base64
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import bson
import pymongo
import pytest
import pytest_asyncio
import redis

from server.vault.keys import KEY_BYTES, Keyring, Master
from server.vault.seals import Seals
from tests.servers import Servers, Stores
from tests.stories.city import City
from tests.stories.conftest import a_city
from tests.stories.cries import CRY, LEFT_PHONE
from tests.stories.duty import Duty
from tests.stories.story import Person, Story
from tests.stories.traces import Found, Remains, forms, newest

MARK = "老槐树下的绿皮火车"  # stands in every sentence, so that whoever finds a part of one finds this
SENTENCES = 200
BOOKING = ("预约", "1", "换", "返回", "预约", "1", "1", "1", "我的", "取消", "2", "今日", "文章", "热线", "帮助")
OF_REPLIES = (
    "预约", "已预约", "回复数字", "你约好的时间", "沈白露", "全国统一心理援助热线", "我不想活了", "会伤到你", "请回电",
)  # fmt: skip
CRIERS = 20
NUMBERS = ("13800138002", LEFT_PHONE)  # of somebody on duty, and one that was left to be called back
STANDING_CONTENT = {"pieces", "versions", "experts", "library"}


@dataclass(frozen=True)
class Town:
    """What was played in, what it leaves behind, every sentence that was sent, those that were cried, every alert."""

    city: City
    remains: Remains
    sentences: list[str]
    cries: list[str]
    alerts: list[dict[str, Any]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A city on servers of its own in which two hundred sentences were sent, among them some that went wrong."""
    folder = tmp_path_factory.mktemp("sealed")
    with Servers() as servers:
        await servers.ready()
        stores = Stores(servers.mongod.url, servers.valkey.url)
        with pymongo.MongoClient[dict[str, Any]](servers.mongod.url) as client:
            async with a_city(stores, folder) as city:
                remains = Remains(servers, (folder,), client, newest(client))
                duty = Duty(city, client)
                cries = await cry_and_are_heard(duty, remains)
                sentences = await play(city, remains)
                yield Town(city, remains, sentences, cries, await duty.on_phones())


async def cry_and_are_heard(duty: Duty, remains: Remains) -> list[str]:
    """Let people cry, one of them while nothing can be written, and staff answer; return all that was cried."""
    staff = await duty.joins("赵强", "--phone", NUMBERS[0], "--administrator")
    await duty.is_set("on", "--round")
    people = await duty.followers(CRIERS)
    cries = [f"{CRY}，{MARK}第{number}个晚上" for number in range(SENTENCES)]

    async def cry(person: Person, told: list[str]) -> None:
        for sentence in told:
            assert "12356" in await person.writes(sentence)

    await asyncio.gather(*(cry(person, cries[number::CRIERS]) for number, person in enumerate(people)))
    assert "只写数字" in await people[0].writes("请回电")
    await people[0].writes(NUMBERS[1])
    with failing_writes(remains):
        cries.append(f"{CRY}，没有一处写得进，{MARK}")
        assert "12356" in await people[0].writes(cries[-1])
        assert list((duty.city.folder / "data" / "spool").glob("*.turn")), "it waits on the disk"
        assert remains.search(MARK, among=("file",)) == set()
    await duty.passes(seconds=3)
    number = (await duty.the_concern_of(people[0]))["number"]
    for words in (f"接 {number}", f"看 {number}", f"记 {number} 他说起{MARK}", f"回 {number} 我也见过{MARK}", "求助"):
        assert await staff.writes(words)
    await duty.passes(minutes=6)
    return cries


async def play(city: City, remains: Remains) -> list[str]:
    """Let people talk, and let one sentence be lost to a fault of the store; return all that was said."""
    story = Story(city)
    people = await story.followers(8)
    sentences = await talk(people)
    with failing_writes(remains):
        sentences.append(f"写不进去的那一句，{MARK}")
        await people[0].writes(sentences[-1])
    await story.passes(seconds=3)
    return sentences


async def talk(people: list[Person]) -> list[str]:
    """Send a sentence of each kind in turn, and between them all that has to do with booking; return the sentences."""
    kinds, sentences = cycle(KINDS), [f"{MARK}第{number}夜" for number in range(SENTENCES)]
    jobs = [[] for _ in people]
    for number, sentence in enumerate(sentences):
        jobs[number % len(people)].append(next(kinds)(people[number % len(people)], sentence))

    async def in_turn(person: Person, told: list[Any]) -> None:
        for number, each in enumerate(told):
            await each
            await person.writes(BOOKING[number % len(BOOKING)])

    await asyncio.gather(*(in_turn(person, told) for person, told in zip(people, jobs, strict=True)))
    return sentences


async def _writes(person: Person, sentence: str) -> None:
    await person.writes(sentence)


async def _is_answered_by_the_library(person: Person, sentence: str) -> None:
    assert await person.writes(f"昨晚又睡不着，{sentence}")


async def _cries_for_help(person: Person, sentence: str) -> None:
    assert "12356" in await person.writes(f"我不想活了。{sentence}")


async def _speaks(person: Person, sentence: str) -> None:
    assert await person.sends("voice", Recognition=sentence)


async def _taps(person: Person, sentence: str) -> None:
    await person.does("CLICK", sentence)


async def _scans(person: Person, sentence: str) -> None:
    event = {"event": "scancode_waitmsg", "key": sentence[-4:-1]}  # two of one key and second would be one event
    await person.city.ask(f"{person.path}/events", {**event, "ScanCodeInfo": {"ScanResult": sentence}})


async def _comes_by_a_code(person: Person, sentence: str) -> None:
    await person.does("SCAN", sentence)


async def _views(person: Person, sentence: str) -> None:
    await person.does("VIEW", f"https://example.com/{sentence}")


async def _shares(person: Person, sentence: str) -> None:
    await person.sends("link", Title=sentence, Description=sentence)


async def _sends_a_place(person: Person, sentence: str) -> None:
    await person.sends("location", Label=sentence)


async def _sends_what_nobody_knows(person: Person, sentence: str) -> None:
    await person.sends("hologram", Content=sentence)


KINDS = (
    _writes, _is_answered_by_the_library, _writes, _cries_for_help, _writes, _speaks, _writes, _taps, _writes,
    _scans, _comes_by_a_code, _writes, _views, _shares, _sends_a_place, _sends_what_nobody_knows,
)  # fmt: skip


@contextmanager
def failing_writes(remains: Remains) -> Iterator[None]:
    """Let every insert of the web process fail, with a fault that may carry what was to be written."""
    data = {"failCommands": ["insert"], "appName": "xinyi-serve", "errorCode": 121}
    remains.client.admin.command({"configureFailPoint": "failCommand", "mode": "alwaysOn", "data": data})
    try:
        yield
    finally:
        remains.client.admin.command({"configureFailPoint": "failCommand", "mode": "off"})


async def test_none_of_two_hundred_sentences_lies_open_anywhere(town: Town) -> None:
    assert len(town.sentences) > SENTENCES
    assert len(town.cries) > SENTENCES
    assert all(MARK in sentence for sentence in (*town.sentences, *town.cries))
    rows = town.remains.client[town.city.environ["XINYI_MONGO_NAME"]]["messages"]
    assert rows.count_documents({}) > 2 * SENTENCES
    assert town.remains.search(MARK) == set()


async def test_nor_do_booking_words_and_the_words_of_replies(town: Town) -> None:
    remains = town.remains
    assert remains.search(*OF_REPLIES, among=("oplog", "redis", "file")) == set()
    places = {found.place.rpartition(".")[2] for found in remains.search(*OF_REPLIES, among=("mongo",))}
    assert places <= STANDING_CONTENT | {"oplog.rs"}


async def test_nor_do_the_numbers_of_who_is_on_duty_and_of_who_waits_for_a_call(town: Town) -> None:
    assert town.remains.search(*NUMBERS) == set()


async def test_nor_does_any_alert_tell_a_word_or_who_it_is(town: Town) -> None:
    bodies = "".join(alert["body"] for alert in town.alerts).encode()
    assert {"group", "sms"} <= {alert["channel"] for alert in town.alerts}
    assert b"12356" not in bodies
    assert not any(form in bodies for word in (MARK, CRY, NUMBERS[1]) for form in forms(word).values())
    name = town.city.environ["XINYI_MONGO_NAME"]
    followers = town.remains.client[name]["followers"].find()
    assert not any(who.encode() in bodies for each in followers for who in (each["_id"], each["worker"]))


async def test_nor_does_any_line_of_audit(town: Town) -> None:
    lines = list(town.remains.client[town.city.environ["XINYI_MONGO_NAME"]]["audit"].find())
    assert {"concern.take", "concern.show", "concern.note", "concern.write"} <= {line["what"] for line in lines}
    assert all(str(value).isascii() for line in lines for value in line.values())


async def test_nor_does_any_page_of_numbers_tell_them(town: Town) -> None:
    doors = (*town.city.webs, *town.city.workers)
    pages = [(await town.city.get(door.metrics_url))[1] for door in doors]
    assert all("xinyi" in page for page in pages)
    assert not any(form in page.encode() for page in pages for form in forms(MARK).values())


async def test_what_was_sent_is_there_for_whoever_has_the_keys(town: Town) -> None:
    name = town.city.environ["XINYI_MONGO_NAME"]
    rows = town.remains.client[name]["messages"].find({"kind": {"$in": ["text", "voice", "tapped", "unknown"]}})
    seals = Seals(Keyring(master(town), Wrapped(town.remains.client[f"{name}_keys"]["keys"])), bytes)
    clear = b"".join([await seals.open(row["sealed"], row["_id"]) for row in rows])
    kept = [sentence for sentence in town.sentences if sentence.encode() in clear]
    assert len(kept) >= SENTENCES * 0.7  # the rest are of kinds not read here, or went wrong


async def test_every_cry_is_there_with_its_concern_apart_from_the_chat(town: Town) -> None:
    name = town.city.environ["XINYI_MONGO_NAME"]
    seals = Seals(Keyring(master(town), Wrapped(town.remains.client[f"{name}_keys"]["keys"])), bytes)
    rows = list(town.remains.client[name]["concern_entries"].find())
    kept = {(await seals.open(row["sealed"], f"entry:{row['_id']}")).decode() for row in rows}
    assert set(town.cries) <= kept
    keys = {key["_id"] for key in town.remains.client[f"{name}_keys"]["keys"].find()}
    assert any(key.startswith("care-") for key in keys)


async def test_the_database_of_keys_holds_none_that_is_not_wrapped(town: Town) -> None:
    keys = town.remains.client[f"{town.city.environ['XINYI_MONGO_NAME']}_keys"]["keys"]
    ring = master(town)
    opened = [ring.unwrap(row["_id"], row["wrapped"]) for row in keys.find()]
    assert opened
    assert all(len(key) == KEY_BYTES for key in opened)
    environ = town.city.environ
    secrets = [base64.b64decode(environ["XINYI_MASTER_KEY"])]
    secrets += [environ[f"XINYI_OA_{name}"].encode() for name in ("SECRET", "TOKEN", "AES_KEY")]
    assert [place for key in (*opened, *secrets) for place in town.remains.holds(key)] == []


async def test_a_sentence_that_lies_open_is_found_wherever_it_lies(town: Town) -> None:
    client, folder = town.remains.client, town.city.folder
    words = forms(MARK)
    client["planted"]["rows"].insert_one({"deep": [{"words": MARK}]})
    looks_sealed = bson.Binary(b"\1" + base64.b64encode(b"x" + MARK.encode()))
    client["planted"]["looks_sealed"].insert_one({"words": looks_sealed})
    with redis.Redis.from_url(town.remains.servers.valkey.url) as valkey:
        valkey.set("planted", MARK * 40)
        valkey.xadd("planted-stream", {"words": words["\\u"]})
    (folder / "planted.log").write_bytes(words["utf-16-le"])
    places = {found.place: found.form for found in town.remains.search(MARK)}
    assert places["planted.rows"] == "utf-8"
    assert places["planted.looks_sealed"] == "base64+1"
    assert Found("local.oplog.rs", "utf-8") in town.remains.search(MARK)
    assert places["redis b'planted'"] == "utf-8"
    assert places["redis b'planted-stream'"] == "\\u"
    assert places["file planted.log"] == "utf-16-le"
    assert any(place.endswith(".aof") for place in places)


def master(town: Town) -> Master:
    return Master(base64.b64decode(town.city.environ["XINYI_MASTER_KEY"]), None, bytes)


@dataclass(frozen=True)
class Wrapped:
    """The wrapped keys, read through a plain client."""

    keys: Any

    async def find(self, name: str) -> bytes | None:
        row = self.keys.find_one({"_id": name})
        return bytes(row["wrapped"]) if row else None

    async def add(self, name: str, _wrapped: bytes) -> bytes:
        raise AssertionError(f"{name} was not there")
