"""The open question: one row a worker, changed only by who read it last."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.booking.model import Slot
from server.domain.care.talk import Support, SupportStep
from server.domain.conversation.model import Dialogue
from server.domain.conversation.ports import MovedOn
from server.domain.conversation.talk import Step, Talk
from server.domain.help.words import Card
from server.storage.dialogues import DialogueStore
from server.storage.mongo import Mongo
from tests.domain.booking.builders import NOW, friday

SLOT = Slot(friday("10:00"), "e-bailu")
TALK = Talk(Step.CONFIRM, NOW, ("e-bailu",), (SLOT,), theme="a1b2c3d4", chosen=SLOT)
SUPPORTS = [
    Support(SupportStep.OFFERED, NOW, shown=1),
    Support(SupportStep.NUMBER, NOW, tried=("110", "12338"), shown=4, card=Card.VIOLENCE),
    Support(SupportStep.CLOSED, NOW, shown=7, card=Card.ASKING),
]
FIRST = Dialogue("w-1", 1, TALK, asked=100)


@pytest.fixture
def dialogues(mongo: Mongo) -> DialogueStore:
    return DialogueStore(mongo.data)


@pytest.mark.parametrize(
    "talk", [TALK, Talk(Step.THEME, NOW, ("a", "*")), Talk(Step.FREED, NOW, chosen=SLOT, booking="bk-1"), None]
)
async def test_a_dialogue_comes_back_as_it_was_kept(dialogues: DialogueStore, talk: Talk | None) -> None:
    dialogue = replace(FIRST, talk=talk)
    await dialogues.save(dialogue, read=0)
    assert await dialogues.find("w-1") == dialogue
    assert await dialogues.find("w-2") is None


@pytest.mark.parametrize("talk", [TALK, None])
@pytest.mark.parametrize("support", SUPPORTS, ids=[support.step for support in SUPPORTS])
async def test_the_guided_talk_comes_back_beside_the_open_question(
    dialogues: DialogueStore, talk: Talk | None, support: Support
) -> None:
    dialogue = replace(FIRST, talk=talk, support=support)
    await dialogues.save(dialogue, read=0)
    assert await dialogues.find("w-1") == dialogue


async def test_a_dialogue_kept_before_there_were_guided_talks_is_read_as_one_without(
    dialogues: DialogueStore, mongo: Mongo
) -> None:
    await dialogues.save(FIRST, read=0)
    await mongo.data["dialogues"].update_one({"_id": "w-1"}, {"$unset": {"support": ""}})
    assert await dialogues.find("w-1") == FIRST


async def test_who_read_the_newest_version_may_change_it(dialogues: DialogueStore) -> None:
    await dialogues.save(FIRST, read=0)
    closed = replace(FIRST, version=2, talk=None, asked=200)
    await dialogues.save(closed, read=1)
    assert await dialogues.find("w-1") == closed


@pytest.mark.parametrize("read", [0, 1, 3])
async def test_who_read_another_version_is_told_that_it_moved_on(dialogues: DialogueStore, read: int) -> None:
    await dialogues.save(FIRST, read=0)
    second = replace(FIRST, version=2)
    await dialogues.save(second, read=1)
    with pytest.raises(MovedOn):
        await dialogues.save(replace(FIRST, version=read + 1, talk=None), read=read)
    assert await dialogues.find("w-1") == second


@pytest.mark.parametrize("read", [0, 1])
async def test_of_two_answers_at_once_one_moves_the_question(
    dialogues: DialogueStore, mongo: Mongo, read: int
) -> None:
    if read:
        await dialogues.save(FIRST, read=0)

    async def answer(number: int) -> bool:
        changed = Dialogue("w-1", read + 1, replace(TALK, asked_at=NOW + timedelta(seconds=number)), number)
        try:
            await mongo.together(lambda: dialogues.save(changed, read))
        except MovedOn:
            return False
        return True

    told = await asyncio.gather(*(answer(number) for number in range(12)))
    assert sum(told) == 1
    found = await dialogues.find("w-1")
    assert found is not None
    assert (found.version, found.asked) == (read + 1, told.index(True))


async def test_a_dialogue_of_an_undone_turn_was_not_saved(dialogues: DialogueStore, mongo: Mongo) -> None:
    async def deed() -> None:
        await dialogues.save(FIRST, read=0)
        raise LookupError

    with pytest.raises(LookupError):
        await mongo.together(deed)
    assert await dialogues.find("w-1") is None
