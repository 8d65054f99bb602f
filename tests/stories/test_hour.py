"""The third journey: an hour is booked in the chat, and nobody else can have it."""

import re
from datetime import datetime, timedelta

from server.domain.clock import SHANGHAI
from tests.stories.story import Person, Story


async def test_a_worker_books_an_hour_by_taking_the_first_offer_each_time(story: Story) -> None:
    person = await story.a_follower()
    assert (await books(person)).startswith("已预约")
    assert "你约好的时间" in await person.writes("我的")
    assert "已预约" in await person.writes("1")


async def test_two_workers_never_get_the_same_hour(story: Story) -> None:
    first, second = await story.followers(2)
    one, other = await books(first), await books(second)
    assert one.startswith("已预约")
    assert other.startswith("已预约")
    assert one.splitlines()[1] != other.splitlines()[1]


async def test_who_confirms_an_hour_just_taken_is_told_and_offered_three_others(story: Story) -> None:
    first, second = await story.followers(2)
    for person in (first, second):
        await comes_to_confirm(person)
    assert (await first.writes("1")).startswith("已预约")
    answer = await second.writes("1")
    assert answer.startswith("这个时间刚被约走")
    assert "\n1 " in answer
    await second.writes("1")
    assert (await second.writes("1")).startswith("已预约")


async def test_a_menu_word_is_answered_and_the_question_stays_open(story: Story) -> None:
    person = await story.a_follower()
    await person.writes("预约")
    assert "12356" in await person.writes("热线")
    chatter = await person.writes("qwertyuiop")
    assert "回复数字" in chatter
    assert "空的时间" in await person.writes("1")


async def test_leaving_books_nothing(story: Story) -> None:
    person = await story.a_follower()
    await comes_to_confirm(person)
    await person.writes("返回")
    assert "还没有约好的时间" in await person.writes("我的")


async def test_a_cancelled_hour_is_free_for_others(story: Story) -> None:
    first, second = await story.followers(2)
    booked = await books(first)
    await first.writes("取消")
    assert (await first.writes("1")).startswith("已取消")
    again = await books(second)
    assert again.splitlines()[1] == booked.splitlines()[1]


async def test_the_phone_shows_the_reminder_while_the_window_is_open(story: Story) -> None:
    person = await story.a_follower()
    start = await books_in(4, person, story)
    await story.the_clock_reaches(start - timedelta(hours=26))
    await person.writes("你好")
    await story.the_clock_reaches(start - timedelta(hours=23))
    assert len(await reminders(person, start)) == 1
    await story.the_clock_reaches(start - timedelta(hours=1.9))
    assert len(await reminders(person, start)) == 2


async def test_a_reminder_that_found_the_window_shut_comes_with_the_next_message(story: Story) -> None:
    person = await story.a_follower()
    start = await books_in(4, person, story)
    await story.the_clock_reaches(start - timedelta(hours=20))
    assert await reminders(person, start) == []
    await person.writes("你好")
    await story.city.until(lambda: reminders(person, start))
    assert len(await reminders(person, start)) == 1


async def test_a_reminder_never_sent_is_counted_when_its_hour_begins(story: Story) -> None:
    person = await story.a_follower()
    start = await books_in(4, person, story)
    await story.the_clock_reaches(start + timedelta(minutes=1))
    assert await reminders(person, start) == []
    assert "没能提醒到本人" in await story.city.doctor()


async def reminders(person: Person, start: datetime) -> list[str]:
    """What reached the phone of its own accord and tells of the hour that begins then."""
    hour = f"{start.astimezone(SHANGHAI):%H:%M}"
    return [text for text in await person.received("custom") if hour in text]


async def books(person: Person) -> str:
    """Book by taking the first offer each time; returns the closing reply."""
    await comes_to_confirm(person)
    return await person.writes("1")


async def books_in(days: int, person: Person, story: Story) -> datetime:
    """Book the first hour offered at least so many days ahead, far from quiet hours; returns its start."""
    earliest = await story.now() + timedelta(days=days)
    await person.writes("预约")
    offers = await person.writes("1")
    for _ in range(40):
        starts = [start_in(line, earliest) for line in offers.splitlines() if line[:2] in ("1 ", "2 ", "3 ")]
        fitting = [number for number, start in enumerate(starts, 1) if start >= earliest and 10 <= start.hour <= 16]
        if fitting:
            await person.writes(str(fitting[0]))
            return start_in(await person.writes("1"), earliest)
        offers = await person.writes("换")
    raise AssertionError("no hour so far ahead was offered")


def start_in(text: str, near: datetime) -> datetime:
    """The start that a text tells, such as 11月30日 周一 07:30, in the year that lies near."""
    month, on, hour, minute = map(int, re.search(r"(\d+)月(\d+)日 周. (\d\d):(\d\d)", text).groups())
    year = near.astimezone(SHANGHAI).year + (1 if month < near.astimezone(SHANGHAI).month else 0)
    return datetime(year, month, on, hour, minute, tzinfo=SHANGHAI)


async def comes_to_confirm(person: Person) -> None:
    """Open the dialogue and take the first offers up to the last question."""
    await person.writes("预约")
    await person.writes("1")
    assert "确认" in await person.writes("1")
