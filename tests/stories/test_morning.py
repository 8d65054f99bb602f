"""The second journey: the morning's article is with every follower, once."""

import json
from datetime import time, timedelta

from server.domain.clock import at, day
from tests.stories.story import Person, Story, shanghai


async def test_the_series_sends_the_mornings_article_to_everybody_once(story: Story) -> None:
    people = await story.followers(5)
    morning = at(day(await story.now()) + timedelta(days=1), time(7, 30))
    await story.the_clock_reaches(morning - timedelta(minutes=25))
    assert len(await story.calls("/cgi-bin/draft/add")) == 1
    assert await story.calls("/cgi-bin/message/mass/sendall") == []
    await story.the_clock_reaches(morning)
    await story.city.until(lambda: _has_arrived(people))
    assert len(await story.calls("/cgi-bin/message/mass/sendall")) == 1
    [title] = await people[0].received("mass")
    for person in people:
        assert await person.received("mass") == [title]
        assert await person.writes("今日") == title


async def _has_arrived(people: list[Person]) -> bool:
    return all([await person.received("mass") for person in people])


async def test_an_edition_planned_by_hand_goes_out_and_ends_sent(story: Story) -> None:
    person = await story.a_follower()
    on = day(await story.now()) + timedelta(days=3)
    planned = json.loads(
        await story.city.run("edition", "plan", "--piece", "first-call-to-12356", "--at", f"{on}T12:00")
    )
    assert planned["state"] == "planned"
    noon = shanghai(f"{on}T12:00")
    await story.the_clock_reaches(noon)
    await story.city.until(lambda: _is(story, planned["id"], "sent"))
    assert (await person.received("mass"))[-1] == "第一次打 12356，会发生什么"


async def _is(story: Story, edition: str, state: str) -> bool:
    return json.loads(await story.city.run("edition", "show", edition))["state"] == state
