"""Carrying out a mass send: the administrator's tap, the inboxes, and the event that tells how it went."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from . import clock, ids
from .followers import Follower
from .inbox import Item
from .mass import FAILED, GUARD_PATIENCE, Job
from .world import World

CHUNK = 20_000  # Followers between two breaths, so that calls are answered meanwhile.
SUCCESS = "send success"
SHOWN = {"image": "[图片]", "voice": "[语音]", "mpvideo": "[视频]"}


def begin(world: World, job: Job) -> None:
    """Lets a send take its course after the call was answered."""
    world.errands.start(_carry_out(world, job))


def resume(world: World) -> None:
    """Goes on with what an earlier life left unfinished or untold."""
    for job in world.mass:
        if job.by_api and not job.is_told:
            begin(world, job)


async def _carry_out(world: World, job: Job) -> None:
    if not job.is_over:
        refused = await _administrator(world, job)
        await asyncio.sleep(world.account.finish_seconds)
        await finish(world, job, refused or world.mass.next_outcome())
    await _tell(world, job)


async def _administrator(world: World, job: Job) -> str:
    """Waits for the tap of 群发保护; the words of the event when it is refused or does not come in 30 minutes."""
    world.errands.set_aside()
    while job.waits == "tap" and world.clock.seconds() - job.at < GUARD_PATIENCE:  # noqa: ASYNC110  no event tells time
        await asyncio.sleep(0.02)
    world.errands.take_up()
    return {"": "", "refused": "err(40001)", "tap": "err(40002)"}[job.waits]


async def finish(world: World, job: Job, word: str) -> None:
    """Puts the send into the inboxes, or lets it fail; afterwards the draft is gone only if it went out."""
    job.word = word
    job.counts = {"TotalCount": 0, "FilterCount": 0, "SentCount": 0, "ErrorCount": 0}
    if word == SUCCESS:
        await _distribute(world, job)
        world.drafts.drop(job.draft)
    job.status = "SEND_SUCCESS" if word == SUCCESS else FAILED
    world.is_changed = True


async def _distribute(world: World, job: Job) -> None:
    item = _item(world, job)
    limited = world.account.kind == "service"
    month, counts = clock.month(world.clock.seconds()), job.counts
    for number, follower in enumerate(_targets(world, job)):
        if number % CHUNK == CHUNK - 1:
            await asyncio.sleep(0)
        counts["TotalCount"] += 1
        if not follower.follows or follower.refuses or (limited and follower.is_full(month)):
            continue
        counts["FilterCount"] += 1
        if follower.has_left:
            counts["ErrorCount"] += 1
            continue
        counts["SentCount"] += 1
        follower.count(month)
        world.inboxes.place(follower, item)


def _targets(world: World, job: Job) -> Iterable[Follower]:
    if job.openids is None:
        return [each for each in world.followers if each.follows]
    found = (world.followers.find(openid) for openid in job.openids)
    return [each for each in found if each is not None]


def _item(world: World, job: Job) -> Item:
    now = world.clock.seconds()
    if job.kind != "mpnews":
        kind = {"mpvideo": "video"}.get(job.kind, job.kind)
        return world.inboxes.make(now, "account", kind, text=job.text or SHOWN.get(job.kind, ""), by="mass")
    cards = []
    for article in job.articles:
        page = ids.page_id()
        world.mass.publish(page, article, now)
        job.pages.append(page)
        cards.append(card(f"{world.base}/s/{page}", article))
    return world.inboxes.make(now, "account", "news", articles=tuple(cards), by="mass")


def card(url: str, article: dict[str, str]) -> dict[str, str]:
    """An article as a card in a chat."""
    return {
        "title": article["title"],
        "description": article.get("digest", ""),
        "url": url,
        "picture": article.get("thumb_url", ""),
    }


async def _tell(world: World, job: Job) -> None:
    urls = [{"ArticleIdx": n, "ArticleUrl": f"{world.base}/s/{page}"} for n, page in enumerate(job.pages, 1)]
    checks = [{"ArticleIdx": n, "UserDeclareState": 0, "AuditState": 2} for n in range(1, len(job.pages) + 1)]
    fields = {
        "MsgType": "event",
        "Event": "MASSSENDJOBFINISH",
        "MsgID": job.msg_id,
        "Status": job.word,
        **job.counts,
        "CopyrightCheckResult": {"Count": len(checks), "ResultList": {"item": checks}, "CheckState": 1},
        "ArticleUrlResult": {"Count": len(urls), "ResultList": {"item": urls}},
    }
    await world.postman.deliver(world.letter(world.account.administrator, fields, {}))
    job.is_told = world.is_changed = True
