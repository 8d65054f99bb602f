"""What the duty promises, on a real MongoDB: one code binds one follower once, phones sealed, renewal asked in time."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from server.domain.calendar import Holidays
from server.domain.care.duty import DutyMode, DutySetting, There
from server.domain.care.model import ConcernState
from server.domain.care.rota import CODE_LIFE, NewPerson
from server.domain.help.lines import Hours
from server.domain.refusals import Malformed, NotFound, Taken, TooLate
from server.storage.duty import DutyStore
from server.storage.mongo import Mongo
from server.vault.seals import Seals
from tests.domain.care.builders import IN_OFFICE, NIGHT, NOON, OFFICE, a_person
from tests.storage.builders import WORKER
from tests.storage.ward import PHONES, Ward, open_ward


@pytest.fixture
async def ward(mongo: Mongo, seals: Seals) -> Ward:
    return await open_ward(mongo, seals)


async def arrives(ward: Ward, worker: str, code: str | None = None):
    return await ward.mongo.together(lambda: ward.care.rota.arrive(worker, code))


# The setting.


async def test_nobody_is_there_until_the_union_says_so(ward: Ward) -> None:
    assert await ward.roster.setting() == DutySetting()
    duty = await ward.care.duty()
    assert duty.presence(NIGHT, taken=False).there is There.NOBODY_HERE


async def test_the_setting_comes_back_as_it_was_set(ward: Ward) -> None:
    await ward.care.rota.on(DutyMode.OFFICE, OFFICE)
    assert await ward.roster.setting() == IN_OFFICE
    await ward.care.rota.off()
    assert await ward.roster.setting() == DutySetting()


async def test_the_setting_goes_by_the_calendar_of_the_day_it_is_read(mongo: Mongo, seals: Seals) -> None:
    holidays = Holidays(frozenset({date(2026, 10, 1)}), {}, date(2026, 12, 31))
    await DutyStore(mongo.data, seals, Holidays()).set(IN_OFFICE)
    assert (await DutyStore(mongo.data, seals, holidays).setting()).holidays == holidays


async def test_office_hours_without_any_are_refused(ward: Ward) -> None:
    with pytest.raises(Malformed):
        await ward.care.rota.on(DutyMode.OFFICE, Hours(((),) * 7))


async def test_what_waits_is_called_when_the_duty_begins_to_be_kept(ward: Ward) -> None:
    await ward.joins("王姐")
    await ward.cries()
    await ward.tick()
    assert ward.outside.phones == []
    await ward.is_kept()
    await ward.tick()
    assert [phone for phone, _ in ward.outside.phones] == [PHONES[0]]


# Who is on it.


async def test_a_person_comes_back_as_they_were_put_on_the_roster(ward: Ward) -> None:
    person = await ward.joins("王姐", "138-0000-0001", administrator=True)
    assert (person.phone, person.administrator, person.order) == (PHONES[0], True, 1)
    assert await ward.roster.people() == [person]
    assert await ward.roster.find(person.id) == person


async def test_without_an_order_one_comes_last(ward: Ward) -> None:
    await ward.joins("王姐", order=5)
    await ward.joins("老李")
    await ward.joins("小周", order=1)
    assert [person.name for person in await ward.roster.people()] == ["小周", "王姐", "老李"]


async def test_two_of_one_name_could_not_be_told_apart(ward: Ward) -> None:
    await ward.joins("王姐")
    with pytest.raises(Taken):
        await ward.joins("王姐")


@pytest.mark.parametrize("new", [NewPerson(""), NewPerson("王 姐"), NewPerson("名" * 13), NewPerson("王姐", "12345")])
async def test_a_name_or_phone_that_is_none_is_refused(ward: Ward, new: NewPerson) -> None:
    with pytest.raises(Malformed):
        await ward.care.rota.add(new)


# 在岗.


async def test_the_code_binds_the_follower_for_48_hours_and_once(ward: Ward) -> None:
    person, code = await ward.care.rota.add(NewPerson("王姐"))
    there = await arrives(ward, WORKER, code)
    assert there is not None
    assert (there.id, there.worker, there.on_duty_until) == (person.id, WORKER, NIGHT + timedelta(hours=48))
    assert await ward.roster.of_worker(WORKER) == there
    assert await arrives(ward, "w-thief", code) is None


async def test_the_code_is_kept_as_a_keyed_hash_only(ward: Ward) -> None:
    person, code = await ward.care.rota.add(NewPerson("王姐"))
    assert len(code) == 9
    stored = [row async for row in ward.mongo.data["duty_people"].find({})]
    assert code not in str(stored)
    assert code.replace("-", "") not in str(stored)
    assert person.code
    assert person.code in str(stored)


async def test_a_code_is_read_as_people_type_it(ward: Ward) -> None:
    _, code = await ward.care.rota.add(NewPerson("王姐"))
    assert await ward.writes(f"在岗 {code.replace('-', '').upper()}", WORKER) is not None


async def test_a_code_runs_out_after_a_day(ward: Ward) -> None:
    _, code = await ward.care.rota.add(NewPerson("王姐"))
    ward.clock.ahead(seconds=CODE_LIFE.total_seconds())
    with pytest.raises(TooLate):
        await arrives(ward, WORKER, code)
    _, fresh = await ward.care.rota.renew_code("王姐")
    assert await arrives(ward, WORKER, code) is None
    assert await arrives(ward, WORKER, fresh) is not None


async def test_of_two_who_type_the_same_code_one_is_bound(ward: Ward) -> None:
    _, code = await ward.care.rota.add(NewPerson("王姐"))
    bound = await asyncio.gather(*(arrives(ward, f"w-{number}", code) for number in range(4)))
    assert len([each for each in bound if each is not None]) == 1


async def test_from_anybody_else_it_is_an_ordinary_word(ward: Ward) -> None:
    await ward.joins("王姐")
    await ward.cries(worker="w-2")
    for words in ("在岗", "在岗 abcd-efgh", "接 1001", "看 1001", "求助", "结 1001 已联系"):
        assert await ward.writes(words, WORKER) is None
    (concern,) = await ward.concerns.unsettled()
    assert concern.state is ConcernState.OPEN
    assert await ward.trail.recent(10) == []


async def test_one_follower_is_one_person(ward: Ward) -> None:
    await ward.is_bound("王姐", "w-wang")
    _, code = await ward.care.rota.add(NewPerson("老李"))
    with pytest.raises(Taken):
        await arrives(ward, "w-wang", code)
    with pytest.raises(Taken):
        await ward.roster.save(replace(await ward.care.rota.person("老李"), worker="w-wang"))


async def test_somebody_on_duty_is_asked_to_renew_before_the_window_shuts(ward: Ward) -> None:
    ward.clock.until(NIGHT + timedelta(hours=10))
    await ward.is_bound("王姐", "w-wang", PHONES[0])
    ward.clock.ahead(hours=44)
    await ward.tick()
    assert ward.outside.chats == []
    ward.clock.ahead(hours=1)
    await ward.tick()
    await ward.tick()
    assert [openid for openid, _ in ward.outside.chats] == ["o-w-wang"]
    assert "在岗" in ward.outside.chats[0][1]
    there = await arrives(ward, "w-wang")
    assert there is not None
    assert there.is_on_duty(ward.clock.now() + timedelta(hours=47))


async def test_a_question_that_no_channel_took_is_asked_again_until_the_window_is_shut(ward: Ward) -> None:
    ward.clock.until(NIGHT + timedelta(hours=10))
    await ward.is_bound("王姐", "w-wang")
    ward.outside.refusing = {"chat"}
    ward.clock.ahead(hours=45)
    for _ in range(10):
        await ward.tick()
        ward.clock.ahead(minutes=30)
    assert len(ward.outside.chats) == 6
    assert await ward.roster.due(ward.clock.now() + timedelta(days=9), 10) == []


async def test_who_leaves_the_roster_gives_back_what_they_had(ward: Ward) -> None:
    wang = await ward.joins("王姐")
    concern = await ward.cries()
    await ward.care.desk.take(concern.number, wang)
    await ward.care.rota.remove("王姐")
    kept = await ward.kept(concern)
    assert (kept.state, kept.taker, kept.due) == (ConcernState.OPEN, "", NIGHT)
    with pytest.raises(NotFound):
        await ward.care.rota.remove("王姐")


# The test alert.


async def test_a_test_alert_goes_through_every_channel_and_says_what_took_it(ward: Ward) -> None:
    await ward.is_bound("王姐", "w-wang", PHONES[0])
    ward.outside.refusing = {"phone"}
    rungs = await ward.care.rota.test()
    assert [(rung.whom, rung.channel, rung.took_it) for rung in rungs] == [
        ("group", "group", True),
        ("王姐", "phone", False),
        ("王姐", "chat", True),
    ]
    assert "1001" not in ward.outside.group[0][1]


# In the chat.


async def test_a_whole_night_in_the_chat(ward: Ward) -> None:
    await ward.is_bound("王姐", "w-wang")
    await ward.is_bound("老李", "w-li")
    await ward.cries(words="我站在天台上")
    assert "1001" in str(await ward.writes("求助", "w-wang"))
    assert "由你接了" in str(await ward.writes("接 1001", "w-wang"))
    assert "已经有同事接了" in str(await ward.writes("接1001", "w-li"))
    assert "我站在天台上" in str(await ward.writes("看 1001", "w-wang", "c-1"))
    assert "记下了" in str(await ward.writes("记 1001 家人在路上", "w-wang", "c-2"))
    assert "发给对方" in str(await ward.writes("回 1001 我在，慢慢说", "w-wang", "c-3"))
    assert "别的同事" in str(await ward.writes("回 1001 我也在", "w-li", "c-4"))
    assert "老李" in str(await ward.writes("转 1001 老李", "w-wang", "c-5"))
    assert "请写其中一个" in str(await ward.writes("结 1001 好了", "w-li", "c-6"))
    assert "结束了：已联系" in str(await ward.writes("结 1001 已联系", "w-li", "c-7"))
    assert "没有等着的求助" in str(await ward.writes("求助", "w-li"))
    deeds = [line.what for line in await ward.trail.recent(20)]
    assert sorted(deeds) == sorted(
        f"concern.{what}" for what in ("take", "show", "note", "write", "hand-over", "close")
    )


async def test_a_record_in_the_chat_fits_into_one_message_and_keeps_the_newest_words(ward: Ward) -> None:
    await ward.is_bound("王姐", "w-wang")
    for number in range(12):
        ward.clock.ahead(seconds=1)
        await ward.cries(f"cause-{number}", words=f"第{number}次。" + "很长的话" * 100)
    shown = str(await ward.writes("看 1001", "w-wang"))
    assert len(shown.encode()) <= 2048
    assert "第11次" in shown


async def test_a_refusal_in_the_chat_leaves_nothing_half_done(ward: Ward) -> None:
    await ward.is_bound("王姐", "w-wang")
    await ward.cries()
    assert "没有人接" in str(await ward.writes("回 1001 你好", "w-wang"))
    assert [row async for row in ward.mongo.data["post"].find({})] == []
    assert await ward.trail.recent(10) == []


async def test_presence_says_no_more_than_is_true(ward: Ward) -> None:
    await ward.is_kept(DutyMode.OFFICE)
    await ward.roster.add(a_person())
    duty = await ward.care.duty()
    assert duty.presence(NOON, taken=False).there is There.SOMEBODY_ON_DUTY
    assert duty.presence(NIGHT, taken=False).there is There.NOBODY_NOW
    concern = await ward.cries()
    assert not await ward.care.is_taken(WORKER)
    (person,) = await ward.roster.people()
    await ward.care.desk.take(concern.number, person)
    assert await ward.care.is_taken(WORKER)
