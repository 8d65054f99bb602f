"""Thirty days with thirty pieces: thirty mornings, each piece with everybody once, and then an honest end."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from server.domain.clock import at, day
from server.domain.publishing.piece import THEMES
from tests.servers import Stores
from tests.stories.city import City
from tests.stories.conftest import a_city
from tests.stories.story import Person, Story

CONTENT = Path(__file__).resolve().parents[2] / "content"
DAYS = 30
WARNED = 14  # days before its end from which a series says so
FOLLOWERS = 8
SENTENCES = (
    "收工以后先坐一会儿，什么也不做。",
    "手上的活放下了，肩膀往往还提着，慢慢放下来。",
    "有些话憋了一天，找个愿意听的人说两句，比自己扛着强。",
    "饭要热着吃，水要常喝，觉要睡够，这几样看着平常，最养人。",
    "今天没做完的，写在纸上，明天再看，夜里就不用一遍遍想。",
    "要是难受了两个星期还不见轻，就去问问医生，或者拨 12356。",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    """A city whose library is the story's own."""
    folder = tmp_path_factory.mktemp("thirty")
    content = content_of_our_own(folder / "content")
    async with a_city(stores, folder, environ={"XINYI_CONTENT": str(content)}) as city:
        await city.ask("/simulator/account", {"finish_seconds": 0.1}, method="PUT")
        yield city


async def test_thirty_pieces_make_thirty_mornings_and_then_the_series_says_that_it_is_dry(story: Story) -> None:
    people = await story.followers(FOLLOWERS)
    first = await the_first_morning(story)
    mornings = [first + timedelta(days=number) for number in range(DAYS + 2)]
    for number, morning in enumerate(mornings[:DAYS], start=1):
        await the_clock_stops(story, at(day(morning), time(7)))
        await the_clock_stops(story, at(day(morning), time(8)), settle=False)
        await story.city.until(lambda count=number: everybody_has(people, count))
        if DAYS - number in (WARNED + 1, WARNED):
            assert await says_that_it_ends(story) is (DAYS - number == WARNED)
    await story.passes(hours=1)
    await everybody_has_each_piece_once(people)
    await the_editions_tell_the_same(story, mornings[:DAYS])

    await the_clock_stops(story, at(day(mornings[DAYS]), time(8)))
    assert await everybody_has(people, DAYS)
    told, is_said = await asyncio.gather(story.city.run("series", "list", "--json"), says_that_it_ends(story))
    [series] = json.loads(told)
    assert (series["state"], series["left"], is_said) == ("dry", 0, True)

    write_article(Path(story.city.environ["XINYI_CONTENT"]) / "articles", DAYS + 1)
    await story.city.run("library", "import", "--accept")
    await story.passes(hours=2)
    await the_clock_stops(story, at(day(mornings[DAYS + 1]), time(8)))
    assert [(await person.received("mass"))[DAYS:] for person in people] == [[title(DAYS + 1)]] * FOLLOWERS


async def the_first_morning(story: Story) -> datetime:
    """The hour of the first edition that the series has planned."""
    await story.passes(seconds=1)
    [edition] = await editions(story)
    return datetime.fromisoformat(edition["at"])


async def the_clock_stops(story: Story, wanted: datetime, *, settle: bool = True) -> None:
    """Let that instant come and stay; `settle`: until nothing is due any more."""
    if wanted <= await story.now():
        return
    told = wanted.isoformat().replace("+00:00", "Z")
    answer = await story.city.ask("/simulator/clock", {"advance_to": told, "freeze": True, "settle": settle})
    assert answer.get("settled", True), f"something stayed due at {wanted}"


async def everybody_has(people: list[Person], count: int) -> bool:
    """Whether so many articles have come to everybody, and not one more."""
    has_come = len(await people[0].received("mass")) >= count
    return has_come and [len(await person.received("mass")) for person in people] == [count] * len(people)


async def says_that_it_ends(story: Story) -> bool:
    """Whether the doctor warns of the end of the series."""
    return "给内容库添文章" in await story.city.doctor()


async def everybody_has_each_piece_once(people: list[Person]) -> None:
    inboxes = [await person.received("mass") for person in people]
    assert sorted(inboxes[0]) == sorted(title(number) for number in range(1, DAYS + 1))
    assert all(inbox == inboxes[0] for inbox in inboxes)
    themes = [theme(int(name.split("天")[0].removeprefix("第"))) for name in inboxes[0][: len(THEMES)]]
    assert len(set(themes)) == len(THEMES)  # they take turns


async def the_editions_tell_the_same(story: Story, mornings: list[datetime]) -> None:
    """Every edition is sent, at its hour, by one call with one client id."""
    rows = await editions(story)
    assert sorted(datetime.fromisoformat(row["at"]) for row in rows) == mornings
    assert [row["state"] for row in rows] == ["sent"] * DAYS
    calls = await story.calls("/cgi-bin/message/mass/sendall")
    assert [call["errcode"] for call in calls] == [0] * DAYS
    assert len({json.loads(call["body"])["clientmsgid"] for call in calls}) == DAYS


async def editions(story: Story) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(await story.city.run("edition", "list", "--json"))
    return listed


# The story's own library


def content_of_our_own(content: Path) -> Path:
    """The house's content with thirty articles of the story's own; replies that point at the house's are left out."""
    shutil.copytree(CONTENT, content)
    shutil.rmtree(content / "articles")
    (content / "articles").mkdir()
    for number in range(1, DAYS + 1):
        write_article(content / "articles", number)
    for path in (content / "replies").glob("*.yaml"):
        if "article" in yaml.safe_load(path.read_text(encoding="utf-8")):
            path.unlink()
    return content


def write_article(folder: Path, number: int) -> None:
    """An article that the shelf takes: its front matter, and a body of some thousand characters."""
    front = {
        "title": title(number),
        "theme": theme(number),
        "digest": f"第{number}天的小结：歇一歇，说一说，睡个好觉，明天接着来。",
        "author": "故事里的编辑",
        "keywords": ["歇一歇", f"第{number}天"],
        "sources": "常识",
        "origin": "original",
        "checked_by": None,
    }
    head = yaml.safe_dump(front, allow_unicode=True, sort_keys=False)
    (folder / f"day-{number:02d}.md").write_text(f"---\n{head}---\n{body(number)}\n", encoding="utf-8")


def title(number: int) -> str:
    return f"第{number}天：歇口气"


def theme(number: int) -> str:
    return THEMES[number % len(THEMES)]


def body(number: int) -> str:
    return "\n\n".join(paragraphs(number))


def paragraphs(number: int) -> Iterator[str]:
    """Paragraphs whose sentences stand in another order every day."""
    for part in range(9):
        if part in (3, 6):
            yield f"## 第{number}天，第{part // 3}件事"
        turn = (number + part) % len(SENTENCES)
        yield f"{number * 10 + part}。" + "".join(SENTENCES[turn:] + SENTENCES[:turn])
