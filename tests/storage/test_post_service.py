"""The post at work over real rows: each row is called for at most once, whatever WeChat answers and whoever dies."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from server.domain.people.model import Follower
from server.domain.post.faults import Barred, Busy, Closed, Declined, Fault, Gone, Spent, Unclear
from server.domain.post.model import LEASE, STEPS, TRIES, RowState
from server.domain.post.saying import Words
from server.domain.post.service import LOOK_AGAIN
from server.storage.mongo import Mongo
from server.storage.people import PeopleStore
from server.vault.seals import Seals
from tests.domain.booking.builders import NOW
from tests.storage.builders import OPENID, WORKER, a_row
from tests.storage.office import Office, open_office


@pytest.fixture
async def office(mongo: Mongo, seals: Seals) -> Office:
    return await open_office(mongo, seals)


async def test_a_row_is_sent_once(office: Office) -> None:
    await office.rows.add(a_row(saying=Words("明天见")))
    await office.tick()
    await office.tick()
    assert office.wechat.got == [(OPENID, Words("明天见"))]
    row = await office.row()
    assert (row["state"], row["called_at"], row["tries"]) == ("sent", NOW, 1)
    assert office.counted == {RowState.SENT: 1}


async def test_two_processes_send_it_once(office: Office) -> None:
    for number in range(12):
        await office.rows.add(a_row(f"r-{number}"))
    await office.lin_writes(NOW)
    ids = await office.post.due(20)
    await asyncio.gather(office.post.send(ids), office.another_process().send(list(reversed(ids))))
    sent = [row["_id"] async for row in office.mongo.data["post"].find({"state": "sent"})]
    assert len(office.wechat.got) == len(sent)
    assert len(sent) >= 5


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (Unclear(), RowState.UNKNOWN),
        (Gone(43004), RowState.REFUSED),
        (Declined(45002), RowState.REFUSED),
        (Barred(48001), RowState.REFUSED),
        (Spent(45009), RowState.REFUSED),
    ],
)
async def test_a_fault_settles_the_row_and_it_is_never_called_for_again(
    office: Office, fault: Fault, state: RowState
) -> None:
    office.wechat.faults = [fault]
    await office.rows.add(a_row())
    await office.tick()
    office.clock.ahead(hours=1)
    await office.tick()
    assert len(office.wechat.got) == 1
    assert ((await office.row())["state"], (await office.row())["code"]) == (str(state), fault.code)
    assert office.counted == {state: 1}


async def test_a_busy_platform_is_asked_again_when_it_said_and_not_for_ever(office: Office) -> None:
    office.wechat.faults = [Busy(45011, seconds=60)] * 20
    await office.rows.add(a_row())
    await office.tick()
    office.clock.ahead(seconds=59)
    await office.tick()
    assert len(office.wechat.got) == 1
    for _ in range(TRIES * 2):
        office.clock.ahead(seconds=60)
        await office.tick()
    assert len(office.wechat.got) == TRIES
    assert (await office.row())["state"] == "refused"


async def test_a_row_that_has_lost_its_sense_is_not_sent(office: Office) -> None:
    await office.rows.add(a_row(expires=NOW))
    await office.tick()
    assert office.wechat.got == []
    assert (await office.row())["state"] == "expired"


# The window


async def test_with_the_window_shut_a_row_waits_for_the_next_message(office: Office) -> None:
    office.clock.ahead(hours=49)
    await office.rows.add(a_row(due=office.clock.now(), expires=office.clock.now() + timedelta(hours=5)))
    await office.tick()
    assert office.wechat.got == []
    assert await office.is_owed()
    row = await office.row()
    assert (row["state"], row["needs_window"], row["due"]) == ("waiting", True, office.clock.now() + LOOK_AGAIN)
    await office.lin_writes(office.clock.now())
    assert await office.rows.release(WORKER, office.clock.now()) == ["cause-1:0"]
    await office.tick()
    assert len(office.wechat.got) == 1


async def test_a_window_that_wechat_finds_shut_is_believed(office: Office) -> None:
    office.wechat.faults = [Closed(45015)]
    await office.rows.add(a_row())
    await office.tick()
    row = await office.row()
    assert (row["state"], row["needs_window"], row["code"], row["called_at"]) == ("waiting", True, 45015, None)
    assert await office.is_owed()
    office.clock.ahead(minutes=15)
    await office.tick()
    assert (await office.row())["state"] == "sent"


async def test_no_more_is_sent_than_the_window_allows(office: Office) -> None:
    for number in range(8):
        await office.rows.add(a_row(f"r-{number}"))
    await office.tick()
    await office.tick()
    assert len(office.wechat.got) == 5
    office.clock.ahead(seconds=1)
    await office.lin_writes(office.clock.now())
    await office.rows.release(WORKER, office.clock.now())
    await office.tick()
    assert len(office.wechat.got) == 8


async def test_who_left_gets_nothing_until_they_are_back(office: Office) -> None:
    await office.people.save(Follower(OPENID, WORKER, follows=False, event_at=5, seen_first=NOW))
    await office.rows.add(a_row())
    await office.rows.add(a_row("nobody", worker="w-nobody"))
    await office.tick()
    assert office.wechat.got == []
    assert (await office.row())["state"] == "waiting"
    assert (await office.row("nobody"))["state"] == "waiting"


async def test_a_row_that_waits_expires_at_last(office: Office) -> None:
    office.clock.ahead(hours=49)
    now = office.clock.now()
    await office.rows.add(a_row(due=now, expires=now + timedelta(minutes=10)))
    await office.tick()
    office.clock.ahead(minutes=10)
    await office.tick()
    assert (await office.row())["state"] == "expired"


# Processes that die, and leases that run out


async def test_who_died_before_the_call_leaves_the_row_to_be_sent(office: Office) -> None:
    await office.rows.add(a_row())
    await office.rows.claim("cause-1:0", NOW)
    await office.tick()
    assert office.wechat.got == []
    office.clock.ahead(seconds=LEASE.total_seconds())
    await office.tick()
    assert len(office.wechat.got) == 1


async def test_who_died_in_the_call_leaves_the_row_unknown(office: Office) -> None:
    office.wechat.faults = [KeyboardInterrupt()]
    await office.rows.add(a_row())
    with pytest.raises(KeyboardInterrupt):
        await office.tick()
    office.clock.ahead(seconds=LEASE.total_seconds())
    await office.tick()
    assert len(office.wechat.got) == 1
    assert (await office.row())["state"] == "unknown"


async def test_a_process_that_stood_still_past_its_lease_does_not_call_a_second_time(office: Office) -> None:
    """The first process claims and stands still before its call; the second is calling when the first wakes up."""
    await office.rows.add(a_row())
    stands, wakes = asyncio.Event(), asyncio.Event()
    slow = replace(office.post, people=Standing(office.people, stands, wakes))
    first = asyncio.create_task(slow.send(["cause-1:0"]))
    await stands.wait()
    office.clock.ahead(seconds=LEASE.total_seconds())
    office.wechat.on_call = asyncio.Event()
    second = asyncio.create_task(office.tick())
    while not office.wechat.got:
        await asyncio.sleep(0.005)
    wakes.set()
    await asyncio.wait_for(first, 5)
    office.wechat.on_call.set()
    await second
    assert len(office.wechat.got) == 1
    assert (await office.row())["state"] == "sent"
    assert office.counted == {RowState.SENT: 1}


class Standing:
    """The followers as a process sees them that stands still in the middle of its look."""

    def __init__(self, people: PeopleStore, stands: asyncio.Event, wakes: asyncio.Event) -> None:
        self._people, self._stands, self._wakes = people, stands, wakes
        self.owe = people.owe

    async def reach(self, worker: str, now: datetime) -> object:
        found = await self._people.reach(worker, now)
        self._stands.set()
        await self._wakes.wait()
        return found


async def test_a_call_longer_than_its_lease_is_not_repeated(office: Office) -> None:
    office.wechat.on_call = asyncio.Event()
    await office.rows.add(a_row())
    first = asyncio.create_task(office.tick())
    while not office.wechat.got:
        await asyncio.sleep(0.005)
    office.clock.ahead(seconds=LEASE.total_seconds())
    await office.tick()
    office.wechat.on_call.set()
    await first
    assert len(office.wechat.got) == 1
    assert (await office.row())["state"] == "unknown"
    assert office.counted == {RowState.UNKNOWN: 1}


def test_every_state_a_row_can_be_in_is_reached_by_the_table() -> None:
    assert {state for steps in STEPS.values() for state in steps} == set(RowState)
