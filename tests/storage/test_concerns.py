"""What care promises of concerns, on a real MongoDB: one a worker, once a cause, one taker, sealed, never silent."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pymongo
import pytest

from server.domain.care import calling
from server.domain.care.call_backs import CallBackState, Tried
from server.domain.care.model import ConcernState, Outcome
from server.domain.care.service import Wish
from server.domain.help.screening import Grade, Kind
from server.domain.refusals import Forbidden, NotFound, Refusal, Taken, TooLate, WrongState
from server.storage.mongo import Mongo
from server.vault.seals import Seals
from tests.domain.care.builders import NIGHT, a_concern, a_cry
from tests.storage.builders import WORKER
from tests.storage.test_seals_at_rest import readable
from tests.storage.ward import PHONES, Ward, open_ward

PLEAS = [f"第{number}句：我真的不想再撑下去了" for number in range(12)]


@pytest.fixture
async def ward(mongo: Mongo, seals: Seals) -> Ward:
    return await open_ward(mongo, seals)


# Raised: one a worker, once a cause.


async def test_a_cry_opens_a_concern_that_comes_back_as_it_was_kept(ward: Ward) -> None:
    concern = await ward.cries()
    assert (concern.number, concern.state, concern.entries, concern.due) == (1001, ConcernState.OPEN, 1, NIGHT)
    assert await ward.kept(concern) == concern
    assert await ward.concerns.of_worker(WORKER) == concern


async def test_twenty_racing_cries_of_one_worker_make_one_concern_with_twenty_entries(ward: Ward) -> None:
    cries = [a_cry(f"cause-{number}", WORKER, words=f"第{number}次") for number in range(20)]
    raised = await asyncio.gather(*map(ward.raises, cries))
    (concern,) = await ward.concerns.unsettled()
    assert {each.id for each in raised} == {concern.id}
    assert concern.entries == 20
    entries = await ward.concerns.entries(concern.id, 50)
    assert sorted(entry.words for entry in entries) == sorted(cry.words for cry in cries)


async def test_thirty_workers_who_cry_at_once_each_have_a_number_of_their_own(ward: Ward) -> None:
    raised = await asyncio.gather(*(ward.raises(a_cry(f"cause-{n}", f"w-{n}")) for n in range(30)))
    assert len({concern.number for concern in raised}) == 30
    assert len(await ward.concerns.unsettled()) == 30


async def test_the_same_cause_once_more_changes_nothing(ward: Ward) -> None:
    first = await ward.cries("cause-1")
    again = await asyncio.gather(*(ward.cries("cause-1") for _ in range(8)))
    assert set(again) == {first}
    assert await ward.kept(first) == first
    assert len(await ward.concerns.entries(first.id, 10)) == 1


async def test_a_turn_that_is_given_up_leaves_no_concern(ward: Ward) -> None:
    async def turn() -> None:
        await ward.care.raise_concern(a_cry())
        raise LookupError("the turn failed")

    with pytest.raises(LookupError):
        await ward.mongo.together(turn)
    assert await ward.concerns.unsettled() == []
    assert await ward.concerns.entry("cause-1") is None


async def test_after_a_concern_was_closed_a_cry_opens_another(ward: Ward) -> None:
    first = await ward.cries("cause-1")
    chief = await ward.joins("周主席", administrator=True)
    await ward.care.desk.close(first.number, chief, Outcome.REACHED)
    second = await ward.cries("cause-2")
    assert second.id != first.id
    assert second.number != first.number


async def test_a_number_that_is_held_is_not_given_again(ward: Ward) -> None:
    held = replace(a_concern(a_cry("cause-held", "w-held")), number=1001)
    await ward.concerns.insert(held)
    assert (await ward.cries()).number == 1002
    with pytest.raises(Taken):
        await ward.concerns.insert(replace(held, id="cn-2", worker="w-other"))


async def test_the_all_clear_keeps_the_concern_open(ward: Ward) -> None:
    concern = await ward.cries()
    at = NIGHT + timedelta(minutes=2)
    await ward.mongo.together(lambda: ward.care.mistaken(WORKER, at))
    kept = await ward.kept(concern)
    assert (kept.state, kept.cleared_at, kept.due) == (ConcernState.OPEN, at, NIGHT)


async def test_a_wish_to_be_called_back_is_kept_once_and_opens_a_concern_where_there_is_none(ward: Ward) -> None:
    wish = Wish("cause-7", WORKER, NIGHT, "13912345678")
    for _ in range(2):
        await ward.mongo.together(lambda: ward.care.ask_call_back(wish))
    (concern,) = await ward.concerns.unsettled()
    (call_back,) = await ward.concerns.call_backs()
    assert (call_back.phone, call_back.concern, call_back.state) == ("13912345678", concern.id, CallBackState.OPEN)
    assert concern.kind is Kind.ASKING


# Called: at least once, by claim and lease, through whatever channel takes it.


async def test_every_window_shut_the_group_and_the_first_in_line_are_told_a_number_and_nothing_else(
    ward: Ward,
) -> None:
    await ward.is_kept()
    await ward.joins("王姐")
    await ward.cries()
    await ward.tick()
    assert [text for _, text in ward.outside.group] == ["求助 1001\n回复 接 1001"]
    assert ward.outside.phones == [(PHONES[0], "求助 1001\n回复 接 1001")]
    assert ward.outside.chats == []


async def test_not_taken_in_five_minutes_the_next_is_called_and_then_every_administrator(ward: Ward) -> None:
    await ward.is_kept()
    await ward.joins("王姐", PHONES[0])
    await ward.joins("老李", PHONES[1])
    await ward.joins("周主席", PHONES[2], administrator=True)
    concern = await ward.cries()
    for _ in range(7):
        await ward.tick()
        ward.clock.ahead(minutes=5)
    called = [phone for phone, _ in ward.outside.phones]
    assert called == [*PHONES, PHONES[2], PHONES[2], PHONES[2]]
    kept = await ward.kept(concern)
    assert kept.exhausted_at == NIGHT + timedelta(minutes=15)
    assert (await ward.concerns.count_open(), await ward.concerns.count_exhausted()) == (1, 1)
    people = [call.whom for call in kept.calls if call.channels == ("phone",)]
    assert len(people) == len(called)


async def test_channels_that_break_or_refuse_stop_nobody(ward: Ward) -> None:
    await ward.is_kept()
    await ward.is_bound("王姐", "w-wang", PHONES[0])
    await ward.joins("老李", PHONES[1])
    ward.outside.broken = {"group", "phone"}
    concern = await ward.cries()
    await ward.ticks(2)
    assert [openid for openid, _ in ward.outside.chats] == ["o-w-wang"]
    kept = await ward.kept(concern)
    assert {call.whom: call.channels for call in kept.calls if call.whom != "group"} == {
        (await ward.care.rota.person("王姐")).id: ("chat",)
    }


async def test_a_channel_that_never_answers_is_given_up_and_the_next_one_tried(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ward.is_kept()
    await ward.is_bound("王姐", "w-wang", PHONES[0])
    monkeypatch.setattr(calling, "CHANNEL_SECONDS", 0.3)
    ward.outside.hold = asyncio.Event()
    concern = await ward.cries()
    await ward.tick()
    assert [len(ward.outside.group), len(ward.outside.phones), len(ward.outside.chats)] == [1, 1, 1]
    assert {call.channels for call in (await ward.kept(concern)).calls} == {()}
    ward.outside.hold = None
    ward.clock.ahead(minutes=5)
    await ward.tick()
    assert len(ward.outside.group) == 2


async def test_one_whom_nothing_reaches_is_passed_over_at_once(ward: Ward) -> None:
    await ward.is_kept()
    await ward.is_bound("王姐", "w-wang")
    await ward.joins("老李", PHONES[1])
    ward.outside.refusing = {"chat"}
    await ward.cries()
    await ward.ticks(2)
    assert [phone for phone, _ in ward.outside.phones] == [PHONES[1]]


async def test_a_group_that_does_not_answer_keeps_nobodys_phone_from_ringing(ward: Ward) -> None:
    await ward.is_kept()
    await ward.joins("王姐")
    concern = await ward.cries()
    ward.outside.hold = asyncio.Event()
    telling = asyncio.create_task(ward.care.tell_group([concern.id]))
    while not ward.outside.group:
        await asyncio.sleep(0)
    ward.outside.hold = None
    await ward.care.call([concern.id])
    assert len(ward.outside.phones) == 1
    telling.cancel()


async def test_of_two_processes_one_calls(ward: Ward) -> None:
    await ward.is_kept()
    await ward.joins("王姐")
    concern = await ward.cries()
    await asyncio.gather(*(ward.care.call([concern.id]) for _ in range(4)))
    await asyncio.gather(*(ward.care.tell_group([concern.id]) for _ in range(4)))
    assert len(ward.outside.phones) == 1
    assert len(ward.outside.group) == 1


async def test_what_a_killed_process_had_in_hand_is_called_again_once_its_lease_ran_out(ward: Ward) -> None:
    await ward.is_kept()
    await ward.joins("王姐")
    concern = await ward.cries()
    assert await ward.concerns.claim(concern.id, NIGHT) is not None
    await ward.tick()
    assert ward.outside.phones == []
    ward.clock.ahead(seconds=30)
    await ward.tick()
    assert len(ward.outside.phones) == 1


async def test_a_process_killed_while_it_told_the_group_leaves_it_to_the_next(ward: Ward) -> None:
    await ward.cries()
    assert await ward.roster.claim_group(NIGHT) == ()
    await ward.tick()
    assert ward.outside.group == []
    ward.clock.ahead(seconds=30)
    await ward.tick()
    assert len(ward.outside.group) == 1


async def test_a_concern_taken_while_it_is_called_stays_taken_and_the_call_is_on_record(ward: Ward) -> None:
    await ward.is_kept()
    wang = await ward.joins("王姐")
    concern = await ward.cries()
    ward.outside.configured = frozenset({"phone"})
    ward.outside.hold = asyncio.Event()
    under_way = asyncio.create_task(ward.care.call([concern.id]))
    while not ward.outside.phones:
        await asyncio.sleep(0)
    await ward.care.desk.take(concern.number, wang)
    ward.outside.hold.set()
    await under_way
    kept = await ward.kept(concern)
    assert (kept.state, kept.taker, kept.due) == (ConcernState.TAKEN, wang.id, None)
    assert [(call.whom, call.channels) for call in kept.calls] == [(wang.id, ("phone",))]


async def test_what_is_due_together_is_told_to_the_group_in_one_text(ward: Ward) -> None:
    for number in range(3):
        await ward.cries(f"cause-{number}", f"w-{number}")
    await ward.tick()
    ((_, text),) = ward.outside.group
    assert [line for line in text.splitlines() if line.startswith("求助")] == ["求助 1001", "求助 1002", "求助 1003"]


async def test_beyond_twenty_a_minute_the_group_is_told_of_all_the_rest_together(ward: Ward) -> None:
    for number in range(25):
        await ward.cries(f"cause-{number}", f"w-{number}")
        await ward.ticks(1)
    assert len(ward.outside.group) == 20
    assert await ward.concerns.due_in_group(ward.clock.now(), 50) == []
    ward.clock.until(NIGHT + timedelta(minutes=1))
    await ward.tick()
    assert len(ward.outside.group) == 21
    assert ward.outside.group[-1][1].count("接 10") == 5
    assert max(Counter(at.replace(second=0) for at, _ in ward.outside.group).values()) == 20


async def test_a_new_cry_is_told_to_the_taker_alone(ward: Ward) -> None:
    await ward.is_kept()
    wang, _ = await ward.joins("王姐", PHONES[0]), await ward.joins("老李", PHONES[1])
    concern = await ward.cries("cause-1")
    await ward.tick()
    await ward.care.desk.take(concern.number, wang)
    ward.clock.ahead(minutes=20)
    await ward.cries("cause-2")
    await ward.tick()
    assert ward.outside.phones[1:] == [(PHONES[0], "求助 1001 有新情况\n回复 看 1001")]
    assert (await ward.kept(concern)).due is None


# At the desk.


async def test_of_many_who_take_it_at_once_one_has_it(ward: Ward) -> None:
    people = [await ward.joins(f"同事{number}") for number in range(6)]
    concern = await ward.cries()

    async def tried(person: Any) -> str:
        try:
            return (await ward.care.desk.take(concern.number, person)).taker
        except Refusal as refusal:
            return refusal.code

    outcomes = await asyncio.gather(*map(tried, people))
    kept = await ward.kept(concern)
    assert Counter(outcomes) == {kept.taker: 1, "taken": 5}
    assert [step.state for step in kept.history] == [ConcernState.OPEN, ConcernState.TAKEN]


async def test_the_desk_refuses_clearly(ward: Ward) -> None:
    wang, li = await ward.joins("王姐"), await ward.joins("老李")
    desk, number = ward.care.desk, (await ward.cries()).number
    with pytest.raises(NotFound, match="4321"):
        await desk.take(4321, wang)
    with pytest.raises(WrongState, match="还没有人接"):
        await desk.close(number, wang, Outcome.REACHED)
    await desk.take(number, wang)
    await desk.take(number, wang)
    with pytest.raises(Taken, match="已经有同事接了"):
        await desk.take(number, li)
    for another in (
        desk.close(number, li, Outcome.REACHED),
        desk.hand_over(number, li, "王姐"),
        desk.give_back(number, li),
        desk.write(number, li, "在吗"),
    ):
        with pytest.raises(Forbidden):
            await another
    with pytest.raises(NotFound):
        await desk.hand_over(number, wang, "没有的人")
    await desk.close(number, wang, Outcome.REACHED)
    for deed in (desk.take(number, li), desk.close(number, wang, Outcome.REACHED), desk.write(number, wang, "在吗")):
        with pytest.raises(WrongState):
            await deed


async def test_a_concern_with_a_call_back_to_make_is_not_closed(ward: Ward) -> None:
    wang = await ward.joins("王姐")
    concern = await ward.cries()
    wish = Wish("cause-8", WORKER, NIGHT, "13912345678")
    await ward.mongo.together(lambda: ward.care.ask_call_back(wish))
    await ward.care.desk.take(concern.number, wang)
    with pytest.raises(WrongState, match="回电"):
        await ward.care.desk.close(concern.number, wang, Outcome.REACHED)
    await ward.care.desk.attempt_of(concern.number, wang, Tried.NO_ANSWER)
    assert await ward.concerns.count_call_backs() == 1
    done = await ward.care.desk.attempt_of(concern.number, wang, Tried.REACHED)
    assert [attempt.result for attempt in done.attempts] == [Tried.NO_ANSWER, Tried.REACHED]
    assert await ward.concerns.count_call_backs() == 0
    with pytest.raises(WrongState):
        await ward.care.desk.attempt(done.id, wang, Tried.REACHED)
    assert (await ward.care.desk.close(concern.number, wang, Outcome.REACHED)).outcome is Outcome.REACHED


async def test_the_taker_writes_to_the_follower_within_the_window_and_once_a_cause(ward: Ward) -> None:
    wang = await ward.joins("王姐")
    concern = await ward.cries()
    await ward.care.desk.take(concern.number, wang)
    keys = [await ward.care.desk.write(concern.number, wang, "我在，慢慢说。", "cause-duty") for _ in range(2)]
    assert len(set(keys)) == 1
    rows = [row async for row in ward.mongo.data["post"].find({})]
    assert [(row["worker"], row["why"]) for row in rows] == [(WORKER, "duty")]
    ward.clock.ahead(hours=49)
    with pytest.raises(TooLate):
        await ward.care.desk.write(concern.number, wang, "还在吗")


async def test_no_record_is_shown_before_the_look_is_on_record(ward: Ward) -> None:
    wang = await ward.joins("王姐")
    concern = await ward.cries(words="第一句")
    await ward.cries("cause-2", words="第二句")
    record = await ward.care.desk.show(concern.number, wang)
    assert [entry.words for entry in record.entries] == ["第一句", "第二句"]
    (line,) = await ward.trail.recent(10)
    assert (line.by, line.what, line.whom, line.why) == (wang.id, "concern.show", WORKER, concern.id)


async def test_giving_back_calls_the_line_again(ward: Ward) -> None:
    await ward.is_kept()
    wang = await ward.joins("王姐")
    concern = await ward.cries()
    await ward.care.desk.take(concern.number, wang)
    await ward.care.desk.give_back(concern.number, wang)
    await ward.tick()
    assert len(ward.outside.phones) == 1
    assert (await ward.kept(concern)).state is ConcernState.OPEN


# Sealed.


async def test_nothing_that_was_cried_noted_or_left_can_be_read_by_a_plain_client(
    ward: Ward, mongo_url: str, database: str
) -> None:
    wang = await ward.joins("王姐", "13712345678")
    for number, plea in enumerate(PLEAS):
        concern = await ward.cries(f"cause-{number}", words=plea)
    await ward.care.desk.take(concern.number, wang)
    await ward.care.desk.note(concern.number, wang, "母亲在身边陪着")
    await ward.care.desk.write(concern.number, wang, "我们在，请慢慢说")
    wish = Wish("cause-9x", WORKER, NIGHT, "13912345678")
    await ward.mongo.together(lambda: ward.care.ask_call_back(wish))
    await ward.tick()
    secrets = [*PLEAS, "母亲在身边陪着", "我们在，请慢慢说", "13912345678", "13712345678"]
    with pymongo.MongoClient[dict[str, Any]](mongo_url) as plain:
        assert readable(plain, database, secrets) == set()


async def test_a_concerns_words_have_a_key_of_their_own_that_outlives_the_chats(ward: Ward) -> None:
    await ward.cries()
    row = await ward.mongo.data["concern_entries"].find_one({"_id": "cause-1"})
    assert row is not None
    assert b"care-2026" in bytes(row["sealed"])
    assert await ward.mongo.keys["keys"].find_one({"_id": "care-2026"}) is not None


async def test_a_grave_cry_after_a_lesser_one_calls_at_once(ward: Ward) -> None:
    await ward.is_kept()
    await ward.care.rota.off()
    await ward.joins("周主席", administrator=True)
    concern = await ward.cries("cause-1", grade=Grade.OTHER, kind=Kind.SOMEBODY)
    await ward.tick()
    assert ward.outside.phones == []
    await ward.cries("cause-2")
    await ward.tick()
    assert len(ward.outside.phones) == 1
    assert (await ward.kept(concern)).grade is Grade.URGENT
