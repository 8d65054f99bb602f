"""What people wrote, and what they were told, lies nowhere readable: no collection, no key, not even the oplog."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import bson
import pymongo
import pytest

from server.domain.post.saying import Words
from server.storage.messages import MessageStore
from server.storage.mongo import Mongo
from server.storage.post import PostStore
from server.storage.tokens import TokenStore
from server.vault.seals import Seals
from server.wechat.token import Token
from tests.domain.booking.builders import NOW
from tests.storage.builders import a_row, an_entry

SENTENCES = [f"第{number}句：昨晚又没睡着，心里堵得慌" for number in range(40)]
ANSWERS = [f"第{number}答：我在听，您慢慢说" for number in range(40)]


def forms(sentence: str) -> Iterator[bytes]:
    """The forms in which a sentence could be read: as it is, escaped, and Base64 wherever it begins."""
    raw = sentence.encode()
    yield raw
    yield sentence.encode("utf-16-le")
    yield json.dumps(sentence)[1:-1].encode()
    for shift in range(3):
        yield base64.b64encode(bytes(shift) + raw)[4:-4]


def readable(client: pymongo.MongoClient[dict[str, Any]], name: str, sentences: list[str]) -> set[str]:
    """The sentences that a plain client finds in these databases or their part of the oplog."""
    found = set()
    for raw in everything(client, name):
        found |= {sentence for sentence in sentences if any(form in raw for form in forms(sentence))}
    return found


def everything(client: pymongo.MongoClient[dict[str, Any]], name: str) -> Iterator[bytes]:
    raw = bson.codec_options.CodecOptions(document_class=bson.raw_bson.RawBSONDocument)
    for database in (name, f"{name}_keys"):
        for collection in client[database].list_collection_names():
            yield from (row.raw for row in client[database].get_collection(collection, raw).find())
    oplog = client["local"].get_collection("oplog.rs", raw)
    ours = {"$regex": f"^{name}"}
    yield from (row.raw for row in oplog.find({"$or": [{"ns": ours}, {"o.applyOps.ns": ours}]}))


@pytest.fixture
def plain(mongo_url: str) -> Iterator[pymongo.MongoClient[dict[str, Any]]]:
    with pymongo.MongoClient[dict[str, Any]](mongo_url) as client:
        yield client


async def test_nothing_that_was_said_can_be_read_by_a_plain_client(
    mongo: Mongo, seals: Seals, database: str, plain: pymongo.MongoClient[dict[str, Any]]
) -> None:
    messages, post = MessageStore(mongo.data, seals), PostStore(mongo.data, seals)
    for number, (sentence, answer) in enumerate(zip(SENTENCES, ANSWERS, strict=True)):
        entry = an_entry(sentence, Words(answer), mark=f"m{number}")
        await (messages.keep(entry) if number % 2 else mongo.together(lambda entry=entry: messages.add(entry)))
        await post.add(a_row(f"row-{number}", Words(answer)))
    tokens = TokenStore(mongo.data, seals, Token)
    await tokens.claim("wx1", "me", NOW, NOW)
    await tokens.save("wx1", "me", Token("76_a-token-of-the-account", NOW))
    assert readable(plain, database, [*SENTENCES, *ANSWERS, "76_a-token-of-the-account"]) == set()


async def test_the_same_search_finds_a_sentence_that_lies_open(
    mongo: Mongo, database: str, plain: pymongo.MongoClient[dict[str, Any]]
) -> None:
    open_ones = SENTENCES[:4]
    lying = [
        open_ones[0],
        json.dumps(open_ones[1]),
        base64.b64encode(b"ab" + open_ones[2].encode()).decode(),
        open_ones[3].encode("utf-16-le"),
    ]
    await mongo.data["notes"].insert_many([{"_id": number, "note": note} for number, note in enumerate(lying)])
    await mongo.data["notes"].drop()
    assert readable(plain, database, SENTENCES) == set(open_ones)
