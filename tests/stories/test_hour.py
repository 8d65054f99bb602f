"""The third journey: an hour is booked in the chat, and nobody else can have it."""

import json

from tests.stories.story import Person, Story


async def test_a_worker_books_an_hour_by_taking_the_first_offer_each_time(story: Story) -> None:
    person = await story.a_follower()
    assert (await books(person)).startswith("已预约")
    assert "您约好的时间" in await person.writes("我的")
    assert "已预约" in await person.writes("1")


async def test_two_workers_never_get_the_same_hour(story: Story) -> None:
    first, second = await story.followers(2)
    one, other = await books(first), await books(second)
    assert one.startswith("已预约")
    assert other.startswith("已预约")
    assert one.splitlines()[0] != other.splitlines()[0]


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
    assert again.splitlines()[0] == booked.splitlines()[0]


async def test_the_phone_shows_the_reminder_while_the_window_is_open(story: Story) -> None:
    person = await story.a_follower()
    await books(person)
    start = await _start(story)
    await story.the_clock_reaches(start - _hours(26))
    await person.writes("你好")
    await story.the_clock_reaches(start - _hours(23))
    assert any("提醒" in text or "预约" in text for text in await person.received("custom"))


async def test_a_reminder_that_found_the_window_shut_comes_with_the_next_message(story: Story) -> None:
    person = await story.a_follower()
    await person.writes("预约")
    for answer in "1", "换", "换", "换", "换", "1":
        await person.writes(answer)
    assert (await person.writes("1")).startswith("已预约")
    start = await _start(story)
    await story.the_clock_reaches(start - _hours(1.5))
    before = await person.received("custom")
    if before:
        return
    await person.writes("你好")
    await story.passes(seconds=2)
    assert len(await person.received("custom")) == 1


async def books(person: Person) -> str:
    """Book by taking the first offer each time; returns the closing reply."""
    await comes_to_confirm(person)
    return await person.writes("1")


async def comes_to_confirm(person: Person) -> None:
    """Open the dialogue and take the first offers up to the last question."""
    await person.writes("预约")
    await person.writes("1")
    assert "确认" in await person.writes("1")


async def _start(story: Story):
    from tests.stories.story import shanghai

    rows = json.loads(await story.city.run("bookings", "--json"))
    return shanghai([row for row in rows if row["state"] == "booked"][-1]["start"])


def _hours(count: float):
    from datetime import timedelta

    return timedelta(hours=count)
