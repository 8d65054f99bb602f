"""Help comes first: who is in danger is answered truly and at once, and somebody real is called where there is one."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest
import pytest_asyncio
from pymongo import MongoClient

from server import settings
from server.app import opened
from server.domain.help.words import PresenceKind
from tests.servers import Stores
from tests.stories.city import City
from tests.stories.cries import CRY, KINDS, LEFT_PHONE, RIGHT, TALKS
from tests.stories.duty import (
    Document,
    Duty,
    last_sentence,
    leads_on,
    none_follows_its_like,
    numbers_in,
    who_is_there,
)
from tests.stories.story import Person
from tests.stories.traces import forms

LINES = ("12356", "110", "120")
ALERTED_SECONDS = 10.0
REFRESHED_SECONDS = 6.0
FIRST_PHONE, LAST_PHONE = "13800000001", "13800000002"
VOICES, SPEAKERS = 200, 20
VOICE_FILE = b"#!AMR"


@dataclass(frozen=True)
class Staff:
    """Who keeps the duty: the first can be reached in the chat alone, the others by phone; the last administers."""

    first: Person
    last: Person


@pytest.fixture(scope="module")
def client(stores: Stores) -> Iterator[MongoClient[Document]]:
    """A plain client, which knows of no key."""
    with MongoClient[Document](stores.mongo, tz_aware=True) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="module")
async def duty(city: City, client: MongoClient[Document]) -> AsyncIterator[Duty]:
    """The duty of this file's city; a fault of ours in any log fails the story."""
    before = len(city.errors())
    yield Duty(city, client)
    assert city.errors()[before:] == []


@pytest_asyncio.fixture(loop_scope="module")
async def staff(duty: Duty, roster: Staff) -> AsyncIterator[Staff]:
    """Who keeps the duty; when the story is told they close what it left open, so that it rings in no other."""
    yield roster
    await duty.closes_everything(roster.last)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def roster(city: City, client: MongoClient[Document]) -> Staff:
    """Three people on the roster at ten past two of a night; of the first, the window has shut again."""
    duty = Duty(city, client)
    first = await duty.joins("王敏")
    await duty.passes(hours=50)
    await duty.is_called_by_phone_alone("李立", FIRST_PHONE)
    last = await duty.joins("赵强", "--phone", LAST_PHONE, "--administrator")
    await duty.is_set("on", "--round")
    await duty.it_is_ten_past_two()
    return Staff(first, last)


# Who is really there


NOBODY = who_is_there(PresenceKind.NOBODY_HERE)
NOBODY_YET = who_is_there(PresenceKind.NOBODY_NOW_UNTIL, time="夜里", when="今天早上8点30分")
SOMEBODY = who_is_there(PresenceKind.SOMEBODY_ON_DUTY)
TAKEN = who_is_there(PresenceKind.TAKEN)


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [(("off",), NOBODY), (("on", "--hours", "每天 08:30-17:30"), NOBODY_YET), (("on", "--round"), SOMEBODY)],
    ids=["nobody", "office hours", "round the clock"],
)
async def test_at_ten_past_two_the_last_sentence_says_who_is_really_there(
    duty: Duty, staff: Staff, setting: tuple[str, ...], sentence: str
) -> None:
    await duty.is_set(*setting)
    someone = await duty.a_follower()

    async def is_known() -> bool:
        return last_sentence(await someone.writes(CRY)) == sentence

    await duty.city.until(is_known, within=REFRESHED_SECONDS, every=0.5)
    answer = await (await duty.a_follower()).writes(CRY)
    assert last_sentence(answer) == sentence
    assert all(f"\n{line}\n" in answer for line in LINES)
    assert len(answer) <= 500


async def test_the_sentences_about_who_is_there_say_that_somebody_knows_only_when_somebody_has_taken_it() -> None:
    for said in (NOBODY, NOBODY_YET, SOMEBODY):
        assert not re.search("已经|正在|通知了|告诉了|马上有人", said)
    assert "接" in TAKEN


# Who is called, and how


async def test_with_every_window_shut_the_alert_is_on_the_phones_in_ten_seconds_with_a_number_and_nothing_else(
    duty: Duty, staff: Staff
) -> None:
    words = f"{CRY}，绿皮火车开过老槐树"
    person = await duty.a_follower()
    assert "12356" in await person.writes(words)
    number = (await duty.the_concern_of(person))["number"]

    async def are_called() -> bool:
        group, sms = await duty.on_phones("group", str(number)), await duty.on_phones("sms", str(number))
        return bool(group and sms)

    await duty.city.until(are_called, within=ALERTED_SECONDS)
    [alert] = await duty.on_phones("sms", str(number))
    assert alert["to"] == [FIRST_PHONE], "whom no channel reaches is passed over at once"
    assert alert["words"] == f"求助 {number}\n回复 接 {number}"
    [told] = await duty.on_phones("group", f"回复 接 {number}")
    bodies = "".join(each["body"] for each in await duty.on_phones()).encode()
    parts = [words[start : start + 2] for start in range(len(words) - 1)]
    assert not any(form in bodies for part in parts for form in forms(part).values())
    assert person.openid.encode() not in bodies
    assert not await staff.first.received("custom")
    assert re.fullmatch(r"心驿：(\d+ 条提醒\n)?(求助 \d{4}\n回复 接 \d{4}\n?)+", told["words"])


async def test_who_is_not_taken_in_five_minutes_goes_to_the_next_then_to_administrators_at_growing_gaps(
    duty: Duty, staff: Staff
) -> None:
    person = await duty.a_follower()
    await person.writes(CRY)
    number = (await duty.the_concern_of(person))["number"]
    for calls, minutes in enumerate((0, 5, 5, 5, 10, 20, 40, 60, 60), 1):
        await duty.goes_on(minutes=minutes)
        await duty.city.until(partial(has_rung, duty, number, calls), within=ALERTED_SECONDS)
    concern = await duty.the_concern_of(person)
    alerts = await duty.on_phones("sms", str(number))
    assert [alert["to"] for alert in alerts] == [[FIRST_PHONE], *[[LAST_PHONE]] * 8]
    instants = [datetime.fromisoformat(alert["at"]) for alert in alerts]
    gaps = [later - earlier for earlier, later in pairwise(instants)]
    assert [round(gap / timedelta(minutes=1)) for gap in gaps] == [5, 5, 5, 10, 20, 40, 60, 60]
    assert concern["exhausted_at"] is not None
    unheard = [call["whom"] for call in concern["calls"] if not call["channels"]]
    assert len(set(unheard)) == 1, "only who has neither phone nor window hears nothing"
    assert "group" not in unheard
    assert re.search(r"✗ duty .*还没有人接", await duty.city.doctor())


async def has_rung(duty: Duty, number: int, times: int = 1) -> bool:
    """Whether phones have rung so often for this concern."""
    return len(await duty.on_phones("sms", str(number))) >= times


async def test_taking_it_in_the_chat_stops_the_calls_and_only_then_the_follower_is_told_so(
    duty: Duty, staff: Staff
) -> None:
    person, words = await duty.a_follower(), "我会再写信来"
    assert last_sentence(await person.writes(CRY)) == SOMEBODY
    number = (await duty.the_concern_of(person))["number"]
    await duty.city.until(partial(has_rung, duty, number), within=ALERTED_SECONDS)
    assert last_sentence(await person.writes("我想自杀")) == SOMEBODY, "somebody was called, nobody has taken it"
    assert await (await duty.a_follower()).writes(f"接 {number}") != "", "from anybody else it is an ordinary word"
    assert (await duty.the_concern_of(person))["state"] == "open"
    assert f"{number} 由你接了" in await staff.last.writes(f"接 {number}")
    before = len(await duty.on_phones("sms", str(number)))
    await duty.passes(hours=2)
    assert len(await duty.on_phones("sms", str(number))) == before
    assert last_sentence(await person.writes("我想自杀")) == TAKEN
    assert "转给" not in await staff.last.writes(f"回 {number} {words}")
    await duty.city.until(lambda: has(person, words))
    assert (await person.received("custom")).count(words) == 1


async def test_words_of_duty_staff_raise_nothing(duty: Duty, staff: Staff) -> None:
    person = await duty.a_follower()
    await person.writes(CRY)
    number = (await duty.the_concern_of(person))["number"]
    await staff.last.writes(f"接 {number}")
    for words in (f"记 {number} 他说想自杀，已经站在楼顶", f"回 {number} 你说想死，我听见了", f"看 {number}", "求助"):
        assert "12356" not in await staff.last.writes(words)
    assert await duty.concerns_of(staff.last) == []
    assert (await duty.the_concern_of(person))["entries"] == 1
    assert f"{number} 结束了：已联系" in await staff.last.writes(f"结 {number} 已联系")
    assert (await duty.the_concern_of(person))["state"] == "closed"


async def has(person: Person, words: str) -> bool:
    """Whether the phone shows these words."""
    return words in await person.received("custom")


# What is answered


async def test_ten_urgent_lines_of_one_person_are_one_concern_and_no_two_answers_running_are_the_same(
    duty: Duty, staff: Staff
) -> None:
    person = await duty.a_follower()
    cries = [CRY, "我想自杀", "我想死", "我想跳楼", "我今晚就去死"] * 2
    replies = [await person.writes(words) for words in cries]
    assert none_follows_its_like(replies)
    assert all(set(LINES) <= set(numbers_in(reply)) for reply in replies)
    concern = await duty.the_concern_of(person)
    assert concern["entries"] == len(await duty.entries_of(concern)) == len(cries)
    shown = json.loads(await duty.city.run("concerns", "show", str(concern["number"]), "--by", "赵强", "--json"))
    assert [each["words"] for each in shown["words"]] == cries


@pytest.mark.parametrize("words", RIGHT)
async def test_each_kind_of_trouble_gets_its_own_right_answer(duty: Duty, staff: Staff, words: str) -> None:
    person, right = await duty.a_follower(), RIGHT[words]
    answer = await person.writes(words)
    named = numbers_in(answer)
    assert named[0] == right.first
    assert right.numbers <= set(named)
    assert re.search(right.says, answer)
    assert not re.search("放松|深呼吸|冥想", answer), "advice to relax is no answer"
    assert [concern["kind"] for concern in await duty.concerns_of(person)] == ([right.kind] if right.kind else [])


async def test_the_all_clear_is_taken_kindly_and_closes_nothing(duty: Duty, staff: Staff) -> None:
    for words in ("5", "是误会"):
        person = await duty.a_follower()
        await person.writes(CRY)
        assert "12356" in await person.writes(words)
        concern = await duty.the_concern_of(person)
        assert (concern["state"], concern["taker"]) == ("open", "")
        assert concern["cleared_at"] is not None
        await duty.city.until(partial(has_rung, duty, concern["number"]), within=ALERTED_SECONDS)


async def test_no_talk_with_somebody_in_danger_comes_to_a_dead_end(duty: Duty, staff: Staff) -> None:
    people = await duty.followers(len(TALKS))

    async def talks(person: Person, lines: tuple[str, ...]) -> list[str]:
        return [await (person.sends(KINDS[line]) if line in KINDS else person.writes(line)) for line in lines]

    for lines, replies in zip(TALKS, await asyncio.gather(*map(talks, people, TALKS)), strict=True):
        ends = [line for line, reply in zip(lines, replies, strict=True) if not leads_on(reply)]
        assert ends == [], f"{lines} came to a dead end"
        assert none_follows_its_like(replies)


async def test_a_number_left_to_be_called_back_is_a_task_for_staff_and_lies_sealed(duty: Duty, staff: Staff) -> None:
    person = await duty.a_follower()
    assert "请回电" in await person.writes(CRY)
    assert "只写数字" in await person.writes("请回电")
    assert "记下了" in await person.writes(LEFT_PHONE)
    concern = await duty.the_concern_of(person)
    [task] = [each for each in await duty.lists("call-backs") if each["number"] == concern["number"]]
    assert (task["state"], task["attempts"]) == ("open", 0)
    assert LEFT_PHONE not in json.dumps(task)
    assert LEFT_PHONE.encode() not in b"".join(duty.database["call_backs"].find_raw_batches({}))
    await staff.last.writes(f"接 {concern['number']}")
    assert f"请回电 {LEFT_PHONE}" in await staff.last.writes(f"看 {concern['number']}")
    await staff.last.writes(f"打 {concern['number']} 通了")
    assert concern["number"] not in [each["number"] for each in await duty.lists("call-backs")]


# What cannot be heard


async def test_every_voice_without_words_gets_an_open_line_and_is_kept_sealed_for_seventy_two_hours(
    duty: Duty, staff: Staff
) -> None:
    people = await duty.followers(SPEAKERS)

    async def speaks(person: Person) -> list[str]:
        return [await person.sends("voice") for _ in range(VOICES // SPEAKERS)]

    replies = [reply for told in await asyncio.gather(*map(speaks, people)) for reply in told]
    assert len(replies) == VOICES
    assert all("听不到语音里的字" in reply and "12356" in numbers_in(reply) for reply in replies)
    await duty.passes(seconds=5)
    kept = await duty.voices_of(*people)
    assert [each["state"] for each in kept] == ["kept"] * VOICES
    assert not any(VOICE_FILE in each["sound"] for each in kept)
    async with opened(settings.read(duty.city.environ), "listen") as app:
        sounds = [(await app.voices.sound(each["_id"]))[1] for each in kept[:10]]
    assert all(sound.startswith(VOICE_FILE) for sound in sounds)
    await duty.passes(hours=72)
    gone = await duty.voices_of(*people)
    assert [(each["state"], "sound" in each) for each in gone] == [("erased", False)] * VOICES
