"""Help leaves whatever the store does: stored where it can be, else out of memory and out of the spool, once."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import cache
from typing import Any

import pymongo
import pytest

from server.app import App, opened
from server.domain.care.duty import NO_HOURS, NOT_KEPT, DutyMode
from server.domain.care.model import Concern, ConcernState, Entry
from server.domain.care.rota import NewPerson
from server.domain.care.talk import Support, SupportStep, choices
from server.domain.conversation.messages import Content, Heard, Voice
from server.domain.conversation.model import Reply
from server.domain.conversation.service import HELP_SECONDS
from server.domain.help import replies
from server.domain.help.replies import Situation, turn_of
from server.domain.help.screening import Grade, Kind
from server.domain.help.words import Card, PresenceKind
from server.domain.post.saying import Words
from server.domain.refusals import Unavailable
from server.settings import Settings
from server.storage.mongo import Document
from server.storage.shelf import reading
from tests.domain.scenes import CRY
from tests.storage.builders import OPENID, heard_at
from tests.storage.failpoints import failing
from tests.storage.test_seals_at_rest import forms, readable

HANGS = {"blockConnection": True, "blockTimeMS": 4_500}
BREAKS = {"closeConnection": True}
Ailment = tuple[list[str], dict[str, Any]]
READS, WRITES = ["find", "aggregate"], ["insert"]
AILING = pytest.mark.parametrize(
    "ailment",
    [(WRITES, HANGS), (READS, HANGS), (WRITES, BREAKS), (READS, BREAKS)],
    ids=["writes hang", "reads hang", "writes break", "reads break"],
)
PHONE, LEFT = "13800000001", "13911112222"
STAFF = "o-wang"
made_once = cache(reading.read_screening)


@dataclass(frozen=True)
class Union:
    """A union's service over real stores, and the people who write to it."""

    app: App

    def letter(self, content: Content | str = CRY, openid: str = OPENID, mark: str = "m") -> Heard:
        """A message that arrives now."""
        return heard_at(self.app.clock.now(), content, openid, mark)

    async def hears(self, content: Content | str = CRY, openid: str = OPENID, mark: str = "m") -> Reply:
        """What such a message is answered."""
        return await self.app.conversation.hear(self.letter(content, openid, mark))

    async def says(self, words: str, openid: str = OPENID, mark: str = "m") -> str:
        """The words of that answer."""
        return text_of(await self.hears(words, openid, mark))

    @property
    def waiting(self) -> int:
        """How many turns wait in the spool."""
        return self.app.workshops.spool.waiting()

    async def replays(self) -> None:
        """What waits in the spool is stored, where that can be done."""
        await self.app.workshops.spool.replay(self.app.conversation.recall)

    async def kept(self, key: str) -> int:
        """How many messages of this key are kept."""
        return await self.app.stores.mongo.data["messages"].count_documents({"_id": key})

    async def worker(self, openid: str = OPENID) -> str:
        """Who this is to us."""
        follower = await self.app.stores.people.find(openid)
        assert follower is not None
        return follower.worker

    async def concern(self, openid: str = OPENID) -> Concern | None:
        """The open concern of this person."""
        return await self.app.stores.concerns.of_worker(await self.worker(openid))

    async def entries(self, openid: str = OPENID) -> Sequence[Entry]:
        """What the concern of this person holds."""
        concern = await self.concern(openid)
        return await self.app.stores.concerns.entries(concern.id, 50) if concern else ()

    async def support(self, openid: str = OPENID) -> Support | None:
        """The guided talk with this person."""
        dialogue = await self.app.stores.dialogues.find(await self.worker(openid))
        return dialogue.support if dialogue else None

    async def rows(self, collection: str) -> list[Document]:
        """Every row of a collection."""
        return await self.app.stores.mongo.data[collection].find().to_list(None)

    def ails(self, ailment: Ailment = (WRITES, BREAKS)) -> AbstractAsyncContextManager[None]:
        """A store that does not do these commands while this lasts."""
        commands, how = ailment
        return failing(self.app.stores.mongo, commands, 100_000, **how)


def text_of(reply: Reply) -> str:
    assert isinstance(reply.saying, Words)
    return reply.saying.text


@pytest.fixture
async def union(set_up: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Union]:
    monkeypatch.setattr(reading, "read_screening", made_once)  # seconds long, and the same for every test
    async with opened(set_up, "test") as app:
        await app.stores.ensure_indexes()
        app.workshops.bookshelf.house()
        yield Union(app)


# The store answers


async def test_with_the_store_well_all_is_stored_at_once_and_nothing_waits(union: Union) -> None:
    heard = union.letter()
    reply = await union.app.conversation.hear(heard)
    assert {"12356", "110", "120"} <= set(text_of(reply).splitlines())
    assert await union.kept(heard.key) == 1
    assert await union.app.stores.messages.reply_to(heard) == reply
    (entry,) = await union.entries()
    assert (entry.words, entry.grade, entry.kind) == (CRY, Grade.URGENT, Kind.OWN)
    support = await union.support()
    assert support is not None
    assert (support.step, support.shown, support.card) == (SupportStep.OFFERED, 1, Card.OWN)
    assert union.waiting == 0


async def test_twenty_repeats_at_once_are_one_cry_and_one_answer(union: Union) -> None:
    heard = union.letter()
    told = await asyncio.gather(*(union.app.conversation.hear(heard) for _ in range(20)))
    assert len({text_of(reply) for reply in told}) == 1
    assert len(await union.entries()) == 1
    assert await union.kept(heard.key) == 1
    assert union.waiting == 0


async def test_the_wishes_of_the_talk_are_stored(union: Union) -> None:
    await union.app.care.rota.add(NewPerson("王敏", PHONE))
    await union.app.care.rota.on(DutyMode.ROUND, NO_HOURS)
    await union.app.workshops.bookshelf.refresh()
    assert "请回电" in await union.says(CRY, mark="1")
    await union.says("请回电", mark="2")
    await union.says(f"打 {PHONE}", mark="3")
    concern = await union.concern()
    assert concern is not None
    (wish,) = await union.app.stores.concerns.call_backs(concern.id)
    assert wish.phone == PHONE
    await union.says("是误会", mark="4")
    cleared = await union.concern()
    assert cleared is not None
    assert cleared.cleared_at is not None
    assert cleared.state is not ConcernState.CLOSED, "whoever was called still is"


async def test_a_voice_without_words_is_kept_to_be_fetched_and_one_with_words_is_not(union: Union) -> None:
    await union.hears(Voice("media-1", "amr"), mark="1")
    await union.hears(Voice("media-2", "amr", recognised=CRY), mark="2")
    assert [row["media"] for row in await union.rows("voices")] == ["media-1"]
    (entry,) = await union.entries()
    assert entry.words == CRY


async def test_nothing_of_a_cry_and_its_talk_lies_readable_in_the_store_or_the_spool(
    union: Union, set_up: Settings, mongo_url: str
) -> None:
    await union.app.care.rota.add(NewPerson("王敏", PHONE))
    await union.app.care.rota.on(DutyMode.ROUND, NO_HOURS)
    await union.app.workshops.bookshelf.refresh()
    said = (CRY, "请回电", f"打 {LEFT}", "打不通")
    told = [await union.says(words, mark=str(number)) for number, words in enumerate(said)]
    secrets = [CRY, PHONE, LEFT, *(line for text in told for line in text.splitlines() if len(line) > 12)]
    with pymongo.MongoClient[Document](mongo_url) as plain:
        assert readable(plain, set_up.mongo_name, secrets) == set()
    async with union.ails():
        await union.hears(mark="spooled")
    (file,) = (set_up.data / "spool").iterdir()
    assert not any(form in file.read_bytes() for form in (OPENID.encode(), *forms(CRY)))


# The store does not


@AILING
async def test_help_leaves_out_of_memory_in_three_seconds_and_its_turn_waits(union: Union, ailment: Ailment) -> None:
    heard = union.letter()
    async with union.ails(ailment):
        started = time.monotonic()
        reply = await union.app.conversation.hear(heard)
        assert time.monotonic() - started < HELP_SECONDS + 0.5
        assert union.waiting == 1
    shelf, nobody = union.app.workshops.shelf, PresenceKind.NOBODY_HERE
    situation = Situation(shelf.lines, heard.arrived, nobody, None, choices(NOT_KEPT))
    assert text_of(reply) == replies.card(shelf.help_words, Card.OWN, situation, turn_of(heard.key))
    assert await union.kept(heard.key) == 0


@AILING
async def test_an_ordinary_message_is_asked_for_again_and_nothing_of_it_waits(union: Union, ailment: Ailment) -> None:
    heard = union.letter("今天的午饭很好吃")
    async with union.ails(ailment):
        started = time.monotonic()
        with pytest.raises(Unavailable):
            await union.app.conversation.hear(heard)
        assert time.monotonic() - started < 4
    assert union.waiting == 0
    assert await union.kept(heard.key) == 0


async def test_what_waits_is_stored_once_with_the_reply_that_was_given(union: Union) -> None:
    heard = union.letter()
    async with union.ails():
        given = await union.app.conversation.hear(heard)
        await union.replays()
        assert union.waiting == 1, "the store is still away"
    for _ in range(2):
        await union.replays()
        await union.app.conversation.recall(heard, given)
        assert union.waiting == 0
        assert await union.kept(heard.key) == 1
        assert await union.app.stores.messages.reply_to(heard) == given
        (entry,) = await union.entries()
        assert (entry.words, entry.at) == (CRY, given.at)
        support = await union.support()
        assert support is not None
        assert support.shown == 1
    assert await union.app.conversation.hear(heard) == given, "whoever asks again hears the same"


async def test_a_repeat_that_was_stored_before_the_spool_is_replayed_is_the_only_one(union: Union) -> None:
    heard = union.letter()
    async with union.ails():
        await union.app.conversation.hear(heard)
        await union.app.conversation.hear(heard)
        assert union.waiting == 1
    again = await union.app.conversation.hear(heard)
    await union.replays()
    assert union.waiting == 0
    assert len(await union.entries()) == 1
    assert await union.app.stores.messages.reply_to(heard) == again


async def test_a_turn_whose_end_nobody_knows_is_stored_once_all_the_same(union: Union) -> None:
    heard = union.letter()
    async with union.ails((["commitTransaction"], HANGS)):
        assert "12356" in text_of(await union.app.conversation.hear(heard))
        assert union.waiting == 1
    await asyncio.sleep(2)  # the commit that hung may come through after all
    await union.replays()
    assert union.waiting == 0
    assert await union.kept(heard.key) == 1
    assert len(await union.entries()) == 1


async def test_a_talk_goes_on_after_a_cry_that_waited(union: Union) -> None:
    async with union.ails():
        await union.hears(mark="1")
    await union.replays()
    await union.says("打不通", mark="2")
    support = await union.support()
    assert support is not None
    assert support.tried[0] == "12356"


async def test_help_leaves_though_the_spool_cannot_be_written(union: Union, set_up: Settings) -> None:
    set_up.data.mkdir(parents=True, exist_ok=True)
    (set_up.data / "spool").write_text("a file stands where the folder should")
    async with union.ails():
        assert "12356" in text_of(await union.hears())


# Duty staff write in the same chat


async def test_who_writes_the_code_is_on_duty_once_and_takes_and_sees_what_there_is(union: Union) -> None:
    _, code = await union.app.care.rota.add(NewPerson("王敏", ""))
    arrival = union.letter(f"在岗 {code}", STAFF, "1")
    told = await union.app.conversation.hear(arrival)
    assert text_of(told).startswith("王敏，你在岗了")
    assert await union.app.conversation.hear(arrival) == told, "a used code is no refusal to who used it"
    (person,) = await union.app.stores.duty.people()
    assert person.worker == await union.worker(STAFF)
    await union.hears()
    concern = await union.concern()
    assert concern is not None
    take = union.letter(f"接 {concern.number}", STAFF, "2")
    taken = [await union.app.conversation.hear(take) for _ in range(3)]
    assert {text_of(reply).splitlines()[0] for reply in taken} == {
        f"{concern.number} 由你接了，紧急，本人有危险，共 1 条。"
    }
    after = await union.concern()
    assert after is not None
    assert (after.state, after.taker) == (ConcernState.TAKEN, person.id)
    look = union.letter(f"看 {concern.number}", STAFF, "3")
    assert CRY in text_of(await union.app.conversation.hear(look))
    looked = len(await union.rows("audit"))
    assert CRY in text_of(await union.app.conversation.hear(look))
    assert len(await union.rows("audit")) == looked > 0, "one look is on record once"


async def test_what_duty_staff_wrote_while_the_store_was_away_keeps_the_reply_that_was_given(union: Union) -> None:
    _, code = await union.app.care.rota.add(NewPerson("王敏", ""))
    await union.says(f"在岗 {code}", STAFF, "1")
    heard = union.letter(f"记 1001 {CRY}", STAFF, "2")
    async with union.ails():
        given = await union.app.conversation.hear(heard)
    await union.replays()
    assert await union.app.stores.messages.reply_to(heard) == given


async def test_twenty_repeats_of_a_note_at_once_are_one_note(union: Union) -> None:
    _, code = await union.app.care.rota.add(NewPerson("王敏", ""))
    await union.says(f"在岗 {code}", STAFF, "1")
    await union.hears()
    concern = await union.concern()
    assert concern is not None
    await union.says(f"接 {concern.number}", STAFF, "2")
    note = union.letter(f"记 {concern.number} 打过电话，在家", STAFF, "3")
    told = await asyncio.gather(*(union.app.conversation.hear(note) for _ in range(20)))
    assert {text_of(reply) for reply in told} == {f"记下了，{concern.number}。"}
    assert len(await union.app.stores.concerns.notes(concern.id, 50)) == 1


async def test_the_same_words_from_anybody_else_are_ordinary_words(union: Union) -> None:
    _, code = await union.app.care.rota.add(NewPerson("王敏", ""))
    await union.says(f"在岗 {code}", STAFF, "1")
    await union.hears()
    concern = await union.concern()
    assert concern is not None
    fallback = union.app.workshops.shelf.welcome.fallback
    for number, words in enumerate((f"接 {concern.number}", f"看 {concern.number}", "求助", "在岗", "在岗 abcd-efgh")):
        assert await union.says(words, "o-anybody", f"x{number}") in fallback, words
    assert "你在岗了" not in await union.says(f"在岗 {code}", "o-anybody", "used"), "a code is used once"
    assert await union.concern() == concern
    (person,) = await union.app.stores.duty.people()
    assert person.worker == await union.worker(STAFF)


async def test_whoever_has_taken_the_concern_is_told_of_truly(union: Union) -> None:
    _, code = await union.app.care.rota.add(NewPerson("王敏", ""))
    await union.says(f"在岗 {code}", STAFF, "1")
    await union.hears(mark="1")
    concern = await union.concern()
    assert concern is not None
    presence = union.app.workshops.shelf.help_words.presence
    taken = presence[PresenceKind.TAKEN].splitlines()[0]
    assert taken not in await union.says(CRY, mark="2")
    await union.says(f"接 {concern.number}", STAFF, "2")
    assert taken in await union.says(CRY, mark="3")
