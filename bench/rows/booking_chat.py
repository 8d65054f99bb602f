"""Booking in the chat: the turn that books, through the chat's service, by 64 clients at once.

A city's pool of 20 experts. Every client stands at its confirm question with a slot of its own and says 1; the turn is
whole: follower, dialogue, pool, taken cells and own bookings read, the transaction of message, dialogue and booking,
the reply. The ceiling is a bare majority transaction of two inserts with the same driver, in the same process, by as
many clients. Bookings are cleared away between rounds, so that each fills the same empty fortnight.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from itertools import chain, count, islice, repeat

from pymongo import WriteConcern

from bench import crowd, pool
from bench.race import Lap, race
from bench.table import Goal, Outcome
from server.app import App
from server.domain.conversation.messages import Heard, Text
from server.domain.post.saying import Words

GOAL = Goal("booking (chat)", floor=0.22, aim=0.30, unit="× bare two-insert transaction")
CLIENTS = 64
TURNS = 8 * CLIENTS  # a round
_MAJORITY = WriteConcern("majority", j=True)
_MOST_ANSWERS = 60
_BARE = ("bare_first", "bare_second")


async def measure(share: float) -> Outcome:
    """Race the turns that book against the bare transaction, with `share` of the turns."""
    turns = max(CLIENTS, round(TURNS * share))
    async with pool.opened_pool(TURNS) as app:
        slots, numbers = pool.slots(app, turns), count()
        for name in _BARE:
            await app.stores.mongo.data.create_collection(name)

        async def ours(number: int) -> Lap:
            await pool.clear(app)
            await pool.put_at_the_question(app, slots)
            return await _lap(_booking(app, client, f"round{number}") for client in range(turns))

        async def ceiling(_number: int) -> Lap:
            return await _lap(_bare(app, number) for number in islice(numbers, turns))

        await ours(-1)
        await ceiling(-1)
        ran = await race(ours, ceiling)
        return Outcome(GOAL, ran.ratio, [*ran.notes("booking turn"), await _whole_dialogues(app)])


Deed = Callable[[], Awaitable[None]]


def _booking(app: App, client: int, mark: str) -> Deed:
    async def deed() -> None:
        said = await _answer(app, client, "1", mark)
        if not said.startswith("已预约"):
            raise RuntimeError(f"not booked: {said}")

    return deed


def _bare(app: App, number: int) -> Deed:
    async def deed() -> None:
        data = app.stores.mongo.data
        async with (
            await app.stores.mongo.client.start_session() as session,
            session.start_transaction(write_concern=_MAJORITY),
        ):
            for name in _BARE:
                await data[name].insert_one({"_id": number, "words": "x" * 300}, session=session)

    return deed


async def _whole_dialogues(app: App) -> str:
    """Let every client go from 预约 to 已预约, each by a way of its own; tell the rate of all these turns."""
    await pool.clear(app)
    began = time.perf_counter()
    turns = sum(await asyncio.gather(*(_dialogue(app, client) for client in range(CLIENTS))))
    seconds = time.perf_counter() - began
    return f"whole dialogues from 预约 to 已预约: {turns / seconds:,.0f} turns/s, {turns / CLIENTS:.1f} a booking"


async def _dialogue(app: App, client: int) -> int:
    """Return in how many turns this client books; where somebody was faster it takes what is offered first."""
    theme, hour, page = client % len(pool.THEMES), client // 5 % 3, client // 15
    script = chain(("预约", f"{theme + 1}", *["换"] * page, f"{hour + 1}"), repeat("1"))
    said = ""
    for turns, words in enumerate(islice(script, _MOST_ANSWERS), start=1):
        said = await _answer(app, client, words, f"whole{turns}")
        if said.startswith("已预约"):
            return turns
    raise RuntimeError(f"not booked after {_MOST_ANSWERS} answers: {said}")


async def _answer(app: App, client: int, words: str, mark: str) -> str:
    """Return what the chat's service answers to these words of a client, said just now."""
    openid, now = crowd.openid(client), app.clock.now()
    created = int(now.timestamp())
    key = f"{openid}:{created:010d}:{mark}"
    reply = await app.conversation.hear(Heard(key, openid, crowd.ACCOUNT, created, now, Text(words)))
    return reply.saying.text if isinstance(reply.saying, Words) else ""


async def _lap(deeds: Iterable[Deed]) -> Lap:
    """Do these, each client the next one as soon as it is free."""
    waiting, done = iter(deeds), 0
    cpu, began = time.process_time(), time.perf_counter()
    for counted in await asyncio.gather(*(_client(waiting) for _ in range(CLIENTS))):
        done += counted
    return Lap(done, time.perf_counter() - began, time.process_time() - cpu)


async def _client(waiting: Iterator[Deed]) -> int:
    done = 0
    for deed in waiting:
        await deed()
        done += 1
    return done
