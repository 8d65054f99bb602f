"""The rows of the post: claimed by one, settled by who holds them, released by a person's next message."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.post.model import LEASE, Row, RowState
from server.domain.post.saying import Card, Picture, Saying, Words
from server.storage.mongo import Mongo
from server.storage.post import PostStore
from server.vault.seals import Seals
from tests.domain.booking.builders import NOW
from tests.storage.builders import WORKER, a_row

LATER = NOW + timedelta(minutes=5)
LAPSED = NOW + LEASE


@pytest.fixture
async def post(mongo: Mongo, seals: Seals) -> PostStore:
    store = PostStore(mongo.data, seals)
    await store.ensure_indexes()
    return store


async def claimed(post: PostStore, row: Row) -> Row:
    await post.add(row)
    held = await post.claim(row.id, row.due)
    assert held is not None
    return held


async def state_of(mongo: Mongo, id_: str = "cause-1:0") -> str:
    row = await mongo.data["post"].find_one({"_id": id_})
    assert row is not None
    return str(row["state"])


@pytest.mark.parametrize(
    "saying", [Words("明天见"), Card("题", "说", "https://x/1.jpg", "https://x"), Picture("media-1")]
)
async def test_a_row_comes_back_as_it_was_kept_but_in_hand(post: PostStore, saying: Saying) -> None:
    held = await claimed(post, a_row(saying=saying))
    assert held == a_row(saying=saying, state=RowState.SENDING, due=NOW + LEASE, claims=1)


async def test_words_are_not_readable_in_the_row(post: PostStore, mongo: Mongo) -> None:
    await post.add(a_row(saying=Words("明天上午十点见")))
    row = await mongo.data["post"].find_one()
    assert row is not None
    assert "明天".encode() not in row.pop("saying")
    assert "明天" not in repr(row)


async def test_a_row_whose_key_is_taken_is_not_kept_again(post: PostStore) -> None:
    await post.add(a_row(saying=Words("first")))
    await post.add(a_row(saying=Words("second")))
    held = await post.claim("cause-1:0", NOW)
    assert held is not None
    assert held.saying == Words("first")


async def test_rows_of_an_undone_turn_are_not_kept(post: PostStore, mongo: Mongo) -> None:
    async def deed() -> None:
        await post.add(a_row())
        raise LookupError

    with pytest.raises(LookupError):
        await mongo.together(deed)
    assert await post.due(NOW, 10) == []


async def test_what_is_due_is_found_soonest_first(post: PostStore) -> None:
    for id_, minutes in (("later", 1), ("soon", -2), ("soonest", -3), ("now", 0)):
        await post.add(a_row(id_, due=NOW + timedelta(minutes=minutes)))
    assert await post.due(NOW, 10) == ["soonest", "soon", "now"]
    assert await post.due(NOW, 2) == ["soonest", "soon"]
    assert await post.count_due(NOW) == 3


async def test_a_row_that_is_not_due_cannot_be_claimed(post: PostStore) -> None:
    await post.add(a_row(due=LATER))
    assert await post.claim("cause-1:0", NOW) is None
    assert await post.claim("unknown", NOW) is None


async def test_of_twenty_who_claim_a_row_one_has_it(post: PostStore) -> None:
    await post.add(a_row())
    told = await asyncio.gather(*(post.claim("cause-1:0", NOW) for _ in range(20)))
    assert sum(row is not None for row in told) == 1
    assert await post.due(NOW, 10) == []
    assert await post.count_due(NOW) == 1


async def test_a_row_in_hand_is_found_again_when_its_lease_has_run_out(post: PostStore) -> None:
    held = await claimed(post, a_row())
    assert await post.due(LAPSED - timedelta(milliseconds=1), 10) == []
    assert await post.due(LAPSED, 10) == ["cause-1:0"]
    again = await post.claim("cause-1:0", LAPSED)
    assert again == replace(held, due=LAPSED + LEASE, claims=2)


async def test_a_holder_whose_lease_was_taken_over_settles_nothing(post: PostStore, mongo: Mongo) -> None:
    first = await claimed(post, a_row())
    second = await post.claim("cause-1:0", LAPSED)
    assert second is not None
    assert not await post.settle(replace(first, state=RowState.SENT))
    assert await state_of(mongo) == "sending"
    assert await post.settle(replace(second, state=RowState.SENT))
    assert await state_of(mongo) == "sent"


@pytest.mark.parametrize("state", [RowState.SENT, RowState.REFUSED, RowState.UNKNOWN, RowState.EXPIRED])
async def test_a_settled_row_is_settled_for_good(post: PostStore, mongo: Mongo, state: RowState) -> None:
    held = await claimed(post, a_row())
    assert await post.settle(replace(held, state=state))
    assert not await post.settle(replace(held, state=RowState.WAITING))
    assert await state_of(mongo) == str(state)
    assert await post.claim("cause-1:0", LAPSED) is None
    assert await post.due(LAPSED, 10) == []
    assert await post.count(state) == 1


async def test_a_row_put_back_waits_until_it_is_due(post: PostStore) -> None:
    held = await claimed(post, a_row())
    await post.settle(replace(held, state=RowState.WAITING, due=LATER, code=45011))
    assert await post.due(LATER - timedelta(seconds=1), 10) == []
    again = await post.claim("cause-1:0", LATER)
    assert again is not None
    assert (again.code, again.claims) == (45011, 2)


async def test_what_uses_the_allowance_is_what_was_called_and_may_have_arrived(post: PostStore) -> None:
    used = (RowState.SENDING, RowState.SENT, RowState.UNKNOWN)
    for number, state in enumerate(RowState):
        called = NOW + timedelta(seconds=number)
        await post.add(a_row(f"r-{number}", state=state, called_at=called))
    await post.add(a_row("before", state=RowState.SENT, called_at=NOW - timedelta(seconds=1)))
    await post.add(a_row("another", worker="w-2", state=RowState.SENT, called_at=NOW))
    sent = await post.sent_since(WORKER, NOW)
    assert sorted(sent) == [NOW + timedelta(seconds=number) for number, state in enumerate(RowState) if state in used]


async def test_a_persons_next_message_lets_go_what_waited_for_it(post: PostStore) -> None:
    far = NOW + timedelta(minutes=15)
    waits = {"due": far, "needs_window": True}
    await post.add(a_row("waits", **waits))
    await post.add(a_row("too-late", expires=NOW, **waits))
    await post.add(a_row("anothers", worker="w-2", **waits))
    await post.add(a_row("for-its-hour", due=far))
    await post.add(a_row("sent", state=RowState.SENT, **waits))
    assert await post.release(WORKER, NOW) == ["waits"]
    assert await post.due(NOW, 10) == ["waits"]
    assert await post.release(WORKER, NOW) == []
