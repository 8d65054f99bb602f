"""The one mass send of an edition: one client id until WeChat says what it knows, and ever longer gaps."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from server.domain.post.faults import Barred, Busy, Hasty, Spent, Unclear
from server.domain.publishing.edition import GIVE_UP_ASKING, EditionState
from server.domain.publishing.ports import MassEvent, Outcome
from server.storage.mongo import Mongo
from tests.storage.printing import HOUR, LOST, NEVER, Shop

GOOD = MassEvent("1000", good=True, status="send success", total=10, filtered=10, sent=10, failed=0)
GRACE = timedelta(hours=2)
LONG = HOUR + GIVE_UP_ASKING + timedelta(hours=2)


@pytest.fixture
async def shop(mongo: Mongo) -> Shop:
    shop = Shop(mongo)
    await shop.plans()
    return shop


async def test_a_lost_answer_is_asked_for_with_the_same_client_id_after_its_minute(shop: Shop) -> None:
    shop.wechat.mishaps = {"send_to_all": [LOST]}
    await shop.ticks_until(HOUR + timedelta(minutes=2))
    first, second = shop.wechat.times("send_to_all")
    assert second - first == timedelta(seconds=61)
    assert list(shop.wechat.sent) == ["ed-1"]


async def test_a_send_that_never_arrived_arrives_the_second_time(shop: Shop) -> None:
    shop.wechat.mishaps = {"send_to_all": [NEVER]}
    await shop.ticks_until(HOUR + timedelta(minutes=2))
    edition = await shop.edition()
    assert edition.sending is not None
    assert (edition.sending.message, edition.sending.confirmed) == ("1000", True)


async def test_what_was_sent_before_counts_only_when_wechat_confirms_it(shop: Shop) -> None:
    shop.wechat.mishaps = {"send_to_all": [LOST]}
    shop.wechat.outcomes = [Outcome.UNKNOWN, Outcome.SENT]
    await shop.ticks_until(HOUR + timedelta(seconds=61))
    edition = await shop.edition()
    assert edition.sending is not None
    assert (edition.sending.message, edition.sending.confirmed) == ("1000", False)
    await shop.ticks_until(HOUR + timedelta(minutes=10))
    assert await shop.state() is EditionState.SENT


@pytest.mark.parametrize("fault", [Unclear(89504), Hasty(45066, seconds=61), Busy(-1, seconds=10)])
async def test_it_is_never_called_within_its_minute_and_never_after_the_grace(
    shop: Shop, fault: Unclear | Hasty | Busy
) -> None:
    shop.wechat.mishaps = {"send_to_all": [fault] * 500}
    await shop.ticks_until(HOUR + timedelta(hours=30))
    calls = shop.wechat.times("send_to_all")
    assert len(calls) > 3
    assert min(after - before for before, after in pairwise(calls)) >= timedelta(seconds=61)
    assert calls[-1] <= HOUR + GRACE
    assert len(calls) < 100
    edition = await shop.edition()
    assert edition.state is EditionState.FAILED
    assert "somebody has to look" in edition.history[-1].note


async def test_a_process_killed_in_the_send_leaves_another_to_ask_for_it(shop: Shop) -> None:
    end = shop.wechat._end

    def dying(name: str, answer: object) -> object:
        end(name, answer)
        if name == "send_to_all":
            raise KeyboardInterrupt
        return answer

    shop.wechat._end = dying  # type: ignore[method-assign,assignment]  # the process dies here
    with pytest.raises(KeyboardInterrupt):
        await shop.ticks_until(HOUR)
    shop.wechat._end = end  # type: ignore[method-assign]  # as it was
    await shop.ticks_until(HOUR + timedelta(minutes=5))
    first, second = shop.wechat.times("send_to_all")
    assert second - first >= timedelta(seconds=61)
    assert list(shop.wechat.sent) == ["ed-1"]


# What became of it


async def test_an_event_that_overtakes_the_answer_is_joined(shop: Shop) -> None:
    await shop.publishing.finished(GOOD)
    await shop.ticks_until(HOUR)
    edition = await shop.edition()
    assert edition.state is EditionState.SENT
    assert edition.counts is not None
    assert edition.counts.sent == 10


async def test_an_event_kept_while_the_answer_was_lost_is_joined_by_the_repeat(shop: Shop) -> None:
    shop.wechat.mishaps = {"send_to_all": [LOST]}
    await shop.ticks_until(HOUR)
    await shop.publishing.finished(GOOD)
    assert await shop.state() is EditionState.SENDING
    await shop.ticks_until(HOUR + timedelta(seconds=61))
    assert await shop.state() is EditionState.SENT


async def test_without_an_event_the_platform_is_asked_with_growing_gaps(shop: Shop) -> None:
    shop.wechat.outcomes = [Outcome.SENDING] * 7 + [Outcome.SENT]
    await shop.ticks_until(HOUR + timedelta(hours=6))
    asked = [HOUR, *shop.wechat.times("outcome")]
    gaps = [(after - before) // timedelta(minutes=1) for before, after in pairwise(asked)]
    assert gaps == [1, 2, 5, 15, 60, 60, 60, 60]
    edition = await shop.edition()
    assert edition.state is EditionState.SENT
    assert len(shop.wechat.times("send_to_all")) == 1


async def test_a_failure_that_the_platform_tells_is_a_failure(shop: Shop) -> None:
    shop.wechat.outcomes = [Outcome.FAILED]
    await shop.ticks_until(HOUR + timedelta(minutes=1))
    assert await shop.state() is EditionState.FAILED


async def test_the_event_is_believed_before_the_platform_is_asked(shop: Shop) -> None:
    await shop.ticks_until(HOUR)
    await shop.editions.keep_event(replace(GOOD, good=False, status="err(20001)"))
    await shop.ticks_until(HOUR + timedelta(minutes=1))
    assert await shop.state() is EditionState.FAILED
    assert shop.wechat.times("outcome") == []


@pytest.mark.parametrize("fault", [Unclear(), Busy(45011, seconds=60), Spent(45009), Barred(40164)])
async def test_a_question_that_fails_says_nothing_about_the_edition(
    shop: Shop, fault: Unclear | Busy | Spent | Barred
) -> None:
    shop.wechat.mishaps = {"outcome": [fault] * 4}
    shop.wechat.outcomes = [Outcome.SENT]
    await shop.ticks_until(HOUR + timedelta(minutes=10))
    assert await shop.state() is EditionState.SENDING
    await shop.ticks_until(HOUR + timedelta(hours=3))
    assert await shop.state() is EditionState.SENT


@pytest.mark.parametrize("never", [Outcome.SENDING, Outcome.UNKNOWN, Spent(45009)])
async def test_a_platform_that_never_tells_is_asked_for_two_days(shop: Shop, never: Outcome | Spent) -> None:
    if isinstance(never, Outcome):
        shop.wechat.outcomes = [never] * 100
    else:
        shop.wechat.mishaps = {"outcome": [never] * 100}
    await shop.ticks_until(HOUR + GIVE_UP_ASKING - timedelta(hours=1))
    assert await shop.state() is EditionState.SENDING
    await shop.ticks_until(LONG)
    edition = await shop.edition()
    assert edition.state is EditionState.FAILED
    assert 45 < len(shop.wechat.times("outcome")) < 60
