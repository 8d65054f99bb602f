"""What was heard and answered: kept once, given back as it was said, and readable to nobody."""

import asyncio
from datetime import UTC, datetime

import pytest

from server.domain.conversation.messages import Followed, Unknown
from server.domain.conversation.ports import AlreadyTold
from server.domain.post.saying import Card, Picture, Saying, Words
from server.domain.refusals import Unavailable
from server.storage.keys import KeyStore
from server.storage.messages import MessageStore
from server.storage.mongo import Mongo
from server.vault.keys import KeyLost, Keyring, Master
from server.vault.seals import SealBroken, Seals
from tests.servers import Servers
from tests.storage.builders import an_entry
from tests.vault.chance import Chance

CARD = Card("睡前十分钟", "把今天放下", "https://x/cover.jpg", "https://x/read/sleep")


@pytest.fixture
async def messages(mongo: Mongo, seals: Seals) -> MessageStore:
    store = MessageStore(mongo.data, seals)
    await store.ensure_indexes()
    return store


@pytest.mark.parametrize("reply", [Words("我在听。"), CARD, Picture("media-1"), None])
async def test_a_message_told_again_gets_the_reply_it_got(messages: MessageStore, reply: Saying | None) -> None:
    entry = an_entry(reply=reply)
    await messages.keep(entry)
    assert await messages.reply_to(entry.heard) == entry.reply


async def test_a_message_never_heard_has_no_reply(messages: MessageStore) -> None:
    assert await messages.reply_to(an_entry().heard) is None


async def test_a_message_is_kept_once(messages: MessageStore) -> None:
    await messages.keep(an_entry(reply=Words("一")))
    for keep in (messages.keep, messages.add):
        with pytest.raises(AlreadyTold):
            await keep(an_entry(reply=Words("二")))
    assert await messages.reply_to(an_entry().heard) == an_entry(reply=Words("一")).reply


async def test_twenty_repeats_at_once_are_kept_once_and_told_one_reply(messages: MessageStore, mongo: Mongo) -> None:
    async def tell(number: int) -> bool:
        entry = an_entry(reply=Words(f"答复 {number}"))
        try:
            if number % 2:
                await messages.keep(entry)
            else:
                await mongo.together(lambda: messages.add(entry))
        except AlreadyTold:
            return False
        return True

    told = await asyncio.gather(*(tell(number) for number in range(20)))
    assert sum(told) == 1
    assert await messages.reply_to(an_entry().heard) == an_entry(reply=Words(f"答复 {told.index(True)}")).reply


async def test_a_message_whose_turn_was_undone_was_not_kept(messages: MessageStore, mongo: Mongo) -> None:
    async def deed() -> None:
        await messages.add(an_entry())
        raise LookupError

    with pytest.raises(LookupError):
        await mongo.together(deed)
    assert await messages.reply_to(an_entry().heard) is None


async def test_a_row_tells_what_rules_need_and_no_words(messages: MessageStore, mongo: Mongo) -> None:
    entry = an_entry("我今天很难过", reply=Words("我在听。"))
    await messages.keep(entry)
    row = await mongo.data["messages"].find_one()
    assert row is not None
    sealed = row.pop("sealed")
    assert row == {
        "_id": entry.heard.key,
        "v": 1,
        "worker": "w-1",
        "at": entry.reply.at,
        "kind": "text",
        "act": "message",
        "cause": entry.cause,
    }
    for words in ("我今天很难过", "我在听。"):
        assert words.encode() not in sealed


@pytest.mark.parametrize(("content", "act"), [(Followed(), "follow"), (Unknown("odd", "<xml/>"), None)])
async def test_what_opens_no_window_says_so(
    messages: MessageStore, mongo: Mongo, content: Followed | Unknown, act: str | None
) -> None:
    await messages.keep(an_entry(content))
    row = await mongo.data["messages"].find_one()
    assert row is not None
    assert row["act"] == act


async def test_a_sealed_row_moved_to_another_message_does_not_open(messages: MessageStore, mongo: Mongo) -> None:
    await messages.keep(an_entry(mark="one"))
    await messages.keep(an_entry(mark="two"))
    one, two = an_entry(mark="one").heard, an_entry(mark="two").heard
    row = await mongo.data["messages"].find_one({"_id": one.key})
    assert row is not None
    await mongo.data["messages"].update_one({"_id": two.key}, {"$set": {"sealed": row["sealed"]}})
    with pytest.raises(SealBroken):
        await messages.reply_to(two)


async def test_each_month_has_a_key_of_its_own(messages: MessageStore, mongo: Mongo) -> None:
    for month in (10, 11):
        at = datetime(2026, month, 15, tzinfo=UTC)
        await messages.keep(an_entry(at=at))
    assert {row["_id"] async for row in mongo.keys["keys"].find()} == {"chat-2026-10", "chat-2026-11"}


async def test_when_a_months_key_is_destroyed_its_words_are_gone(
    messages: MessageStore, mongo: Mongo, seals: Seals
) -> None:
    entry = an_entry()
    await messages.keep(entry)
    await mongo.keys["keys"].delete_many({})
    seals._keyring._open.clear()  # another process, or this one started anew
    with pytest.raises(KeyLost):
        await messages.reply_to(entry.heard)


async def test_a_reply_is_not_given_back_before_the_majority_has_it(
    own_servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.storage.messages.QUERY_MS", 300)
    mongo = Mongo(own_servers.mongod.url, "slow", "test")
    chance = Chance()
    messages = MessageStore(mongo.data, Seals(Keyring(Master(bytes(32), None, chance), KeyStore(mongo.keys)), chance))
    await messages.keep(an_entry(mark="before"))
    hold: dict[str, object] = {"configureFailPoint": "pauseJournalFlusherBeforeFlush"}
    await mongo.client.admin.command({**hold, "mode": "alwaysOn"})
    first = asyncio.create_task(messages.keep(an_entry()))
    while await mongo.data["messages"].count_documents({}) < 2:
        await asyncio.sleep(0.01)
    with pytest.raises(Unavailable):
        await messages.reply_to(an_entry().heard)
    await mongo.client.admin.command({**hold, "mode": "off"})
    await first
    assert await messages.reply_to(an_entry().heard) == an_entry().reply
    await mongo.close()
