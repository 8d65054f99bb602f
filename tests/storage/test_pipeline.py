"""An edition's way over real stores: prepared ahead, sent once at its hour, and told by WeChat what became of it."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest

from server.domain.post.faults import Barred, Busy, Declined, Spent
from server.domain.publishing.edition import LEASE, EditionState, Way
from server.domain.publishing.piece import ImportPlan
from server.domain.publishing.ports import MassEvent
from server.storage.mongo import Mongo
from tests.storage.printing import HOUR, LOST, NEVER, Shop

GOOD = MassEvent("1000", good=True, status="send success", total=10, filtered=10, sent=10, failed=0)
PREPARED_AT = HOUR - timedelta(minutes=30)
ONE = ["upload_cover", "add_draft"]


@pytest.fixture
def shop(mongo: Mongo) -> Shop:
    return Shop(mongo)


def called(shop: Shop) -> list[str]:
    return [name for name, _ in shop.wechat.calls]


# The plain way


async def test_an_edition_is_prepared_half_an_hour_ahead_and_sent_at_its_hour(shop: Shop) -> None:
    await shop.plans("moon.png", "sea.png")
    await shop.ticks_until(PREPARED_AT - timedelta(seconds=1))
    assert called(shop) == []
    await shop.ticks_until(PREPARED_AT)
    assert called(shop) == ["upload_cover", "upload_picture", "upload_picture", "add_draft"]
    assert await shop.state() is EditionState.READY
    await shop.ticks_until(HOUR - timedelta(seconds=1))
    assert shop.wechat.times("send_to_all") == []
    await shop.ticks_until(HOUR)
    assert shop.wechat.times("send_to_all") == [HOUR]
    assert await shop.state() is EditionState.SENDING
    await shop.publishing.finished(GOOD)
    assert await shop.state() is EditionState.SENT
    states = [step.state for step in (await shop.edition()).history]
    assert states == ["planned", "preparing", "ready", "sending", "sent"]


async def test_the_draft_holds_the_article_its_pictures_and_the_editions_mark(shop: Shop) -> None:
    await shop.plans("moon.png")
    await shop.ticks_until(PREPARED_AT)
    (draft,) = shop.wechat.drafts
    assert draft.title == "文章 sleep"
    assert draft.cover == "cover-1"
    assert "https://mmbiz.example/moon.png" in draft.html
    assert draft.source == "https://union.example/read/sleep?e=ed-1"


async def test_an_edition_keeps_the_version_it_was_prepared_with(shop: Shop) -> None:
    await shop.plans()
    await shop.ticks_until(PREPARED_AT)
    assert (await shop.edition()).version == 1


async def test_an_edition_that_only_replies_calls_nobody(shop: Shop) -> None:
    await shop.plans(way=Way.REPLY)
    await shop.ticks_until(HOUR - timedelta(seconds=1))
    assert await shop.state() is EditionState.PLANNED
    await shop.ticks_until(HOUR)
    assert await shop.state() is EditionState.SENT
    assert called(shop) == []


async def test_each_step_is_stored_before_the_next(shop: Shop, mongo: Mongo) -> None:
    """Whenever WeChat is called, the store already knows of the call and of everything before it."""
    await shop.plans("moon.png")
    seen = []
    begin = shop.wechat._begin

    def looking(name: str) -> None:
        row = mongo.client.delegate[mongo.data.name]["editions"].find_one({"_id": "ed-1"})
        made, sending = row["prepared"], row["sending"]
        seen.append((name, made["tried"], made["cover"], len(made["pictures"]), made["draft"], bool(sending)))
        begin(name)

    shop.wechat._begin = looking  # type: ignore[method-assign]  # a look at each call
    await shop.ticks_until(HOUR)
    assert seen == [
        ("upload_cover", "cover", "", 0, "", False),
        ("upload_picture", "", "cover-1", 0, "", False),
        ("add_draft", "draft", "cover-1", 1, "", False),
        ("send_to_all", "", "cover-1", 1, "draft-1", True),
    ]


async def test_two_processes_make_every_call_once(shop: Shop) -> None:
    await shop.plans("moon.png")
    other = shop.another_process()
    for instant in (PREPARED_AT, HOUR):
        shop.clock.until(instant)
        for _ in range(3):
            await asyncio.gather(shop.tick(), shop.tick(other), shop.tick(other))
    assert called(shop) == ["upload_cover", "upload_picture", "add_draft", "send_to_all"]


# Answers that are lost while it is prepared


@pytest.mark.parametrize(("make", "find"), [("upload_cover", "find_cover"), ("add_draft", "find_draft")])
async def test_what_a_lost_call_left_behind_is_found_and_not_made_twice(shop: Shop, make: str, find: str) -> None:
    shop.wechat.mishaps = {make: [LOST]}
    await shop.plans()
    await shop.ticks_until(HOUR)
    assert len(shop.wechat.times(make)) == 1
    assert len(shop.wechat.times(find)) == 1
    assert await shop.state() is EditionState.SENDING


@pytest.mark.parametrize(("make", "find"), [("upload_cover", "find_cover"), ("add_draft", "find_draft")])
async def test_what_never_arrived_is_looked_for_twice_and_made_again(shop: Shop, make: str, find: str) -> None:
    shop.wechat.mishaps = {make: [NEVER, NEVER], find: [None, NEVER]}
    await shop.plans()
    await shop.ticks_until(HOUR)
    order = [name for name in called(shop) if name in (make, find)]
    assert order == [make, find, find, find, make, find, find, make]
    assert await shop.state() is EditionState.SENDING


async def test_a_process_killed_in_a_call_leaves_another_to_look_for_what_it_made(shop: Shop) -> None:
    await shop.plans()
    killed = KeyboardInterrupt()
    begin = shop.wechat._begin

    def dying(name: str) -> None:
        begin(name)
        if name == "add_draft":
            raise killed

    shop.wechat._begin = dying  # type: ignore[method-assign]  # the process dies here
    shop.clock.until(PREPARED_AT)
    with pytest.raises(KeyboardInterrupt):
        await shop.tick()
    shop.wechat._begin = begin  # type: ignore[method-assign]  # as it was
    await shop.tick(shop.another_process())
    assert called(shop) == ONE
    shop.clock.ahead(seconds=LEASE.total_seconds())
    await shop.ticks_until(HOUR)
    assert called(shop) == [*ONE, "find_draft", "find_draft", "add_draft", "send_to_all"]


async def test_a_busy_platform_is_asked_again_when_it_said(shop: Shop) -> None:
    shop.wechat.mishaps = {"upload_picture": [Busy(45011, seconds=60)], "add_draft": [Busy(-1, seconds=10)]}
    await shop.plans("moon.png")
    await shop.ticks_until(HOUR)
    first, second = shop.wechat.times("upload_picture")
    assert second - first == timedelta(seconds=60)
    assert await shop.state() is EditionState.SENDING


@pytest.mark.parametrize("call", ["upload_cover", "add_draft"])
async def test_an_account_that_is_barred_while_preparing_is_tried_again_until_the_hour(shop: Shop, call: str) -> None:
    shop.wechat.mishaps = {call: [Barred(40164), Barred(40164)]}
    await shop.plans()
    await shop.ticks_until(HOUR)
    assert await shop.state() is EditionState.SENDING
    times = shop.wechat.times(call)
    assert all(later - earlier >= timedelta(minutes=5) for earlier, later in pairwise(times))


REFUSALS = [
    *((call, fault) for call in ("upload_cover", "add_draft") for fault in (Declined(45166), Spent(45009))),
    *(("send_to_all", fault) for fault in (Declined(45166), Spent(45028), Barred(48001))),
]


@pytest.mark.parametrize(("call", "fault"), REFUSALS)
async def test_what_is_refused_fails_with_its_code(shop: Shop, call: str, fault: Declined | Barred | Spent) -> None:
    shop.wechat.mishaps = {call: [fault]}
    await shop.plans()
    await shop.ticks_until(HOUR + timedelta(hours=3))
    edition = await shop.edition()
    assert (edition.state, edition.due) == (EditionState.FAILED, None)
    assert str(fault.code) in edition.history[-1].note
    assert len(shop.wechat.times(call)) == 1


# Missed, withdrawn


@pytest.mark.parametrize("late", [timedelta(minutes=119), timedelta(minutes=121)])
async def test_an_edition_found_late_is_sent_within_the_grace_and_else_missed(shop: Shop, late: timedelta) -> None:
    await shop.plans()
    shop.clock.until(HOUR + late)
    await shop.tick()
    sent = late < timedelta(hours=2)
    assert await shop.state() is (EditionState.SENDING if sent else EditionState.MISSED)
    assert len(shop.wechat.times("send_to_all")) == sent


async def test_an_edition_that_was_ready_is_missed_too_and_never_sent(shop: Shop) -> None:
    await shop.plans()
    await shop.ticks_until(PREPARED_AT)
    shop.clock.until(HOUR + timedelta(hours=2, seconds=1))
    await shop.tick()
    assert await shop.state() is EditionState.MISSED
    today = await shop.publishing.today()
    assert today is not None
    assert today[0].id == "ed-1"


@pytest.mark.parametrize("before", [timedelta(hours=-1), timedelta()])
async def test_a_withdrawn_piece_does_not_go_out(shop: Shop, before: timedelta) -> None:
    await shop.plans()
    shop.wechat.mishaps = {"upload_cover": [NEVER]}
    await shop.ticks_until(PREPARED_AT + before)
    await shop.library.write(ImportPlan(withdrawn=("sleep",)), shop.clock.now())
    await shop.ticks_until(HOUR + timedelta(hours=1))
    assert await shop.state() is EditionState.FAILED
    assert shop.wechat.times("send_to_all") == []
    assert await shop.publishing.today() is None
