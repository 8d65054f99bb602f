"""A city's pool of experts for the bench, and workers who stand at the question that confirms an hour of their own."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import islice

from bench import crowd
from bench.ground import ground
from server.app import App, opened
from server.domain.booking.availability import Scene, free_slots
from server.domain.booking.model import Expert, ExpertKind, Level, Pattern, Slot, Span
from server.domain.conversation.booking_questions import theme_key
from server.domain.conversation.model import Dialogue
from server.domain.conversation.talk import Step, Talk
from server.storage.documents import to_document
from server.storage.holidays import laid_over

EXPERTS = 20
THEMES = ("情绪压力", "婚姻家庭", "亲子教育", "职场心理", "人际关系")
_DAY = (Span(8 * 60, 12 * 60), Span(14 * 60, 18 * 60))


@asynccontextmanager
async def opened_pool(workers: int) -> AsyncIterator[App]:
    """Open the service in this process over stores of its own, with a pool of experts and so many workers."""
    async with ground() as under:
        await under.run("library", "import", "--accept")
        async with opened(under.settings, "bench") as app:
            await app.stores.ensure_indexes()
            await app.workshops.bookshelf.refresh()
            await app.stores.experts.keep([_expert(number) for number in range(EXPERTS)])
            await crowd.gather_crowd(app.stores.mongo, workers, app.clock.now())
            yield app


def slots(app: App, count: int) -> list[Slot]:
    """Return a slot for each worker, spread over the fortnight and over the pool."""
    experts = tuple(map(_expert, range(EXPERTS)))
    scene = Scene("", experts, frozenset(), (), laid_over(app.workshops.shelf.holidays))
    # The first of them may have come too near before their turn comes.
    free = list(free_slots(scene, experts, app.clock.now()))[EXPERTS:]
    return list(islice(free[:: len(free) // count], count))


async def clear(app: App) -> None:
    """Free every hour and end every dialogue."""
    for name in ("bookings", "dialogues"):
        await app.stores.mongo.data[name].delete_many({})


async def put_at_the_question(app: App, chosen: Sequence[Slot]) -> None:
    """Put the first worker at the question that confirms the first slot, and so on."""
    now, theme = app.clock.now(), theme_key(THEMES[0])
    talks = [Talk(Step.CONFIRM, now, offers=(slot,), theme=theme, chosen=slot) for slot in chosen]
    dialogues = [Dialogue(crowd.follower(number, now).worker, 1, talk, 0) for number, talk in enumerate(talks)]
    documents = [to_document(dialogue, key="worker") for dialogue in dialogues]
    await app.stores.mongo.data["dialogues"].insert_many(documents)


def _expert(number: int) -> Expert:
    return Expert(
        id=f"expert-{number:02d}",
        name=f"老师{number:02d}",
        kind=ExpertKind.COUNSELLOR,
        level=Level.CITY,
        unit="市职工服务中心",
        themes=(THEMES[number % len(THEMES)], THEMES[(number + 1) % len(THEMES)]),
        place="市职工服务中心三楼 302 室",
        way="面谈",
        intro="心理咨询师，常谈的是压力、家庭和工作里的难处。",
        pattern=Pattern(weekly=(_DAY,) * 7, works_on_holidays=True),
    )
