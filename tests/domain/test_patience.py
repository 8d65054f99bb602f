"""Patience: whoever waits too long is told so, whoever does not never hears of it."""

import asyncio
import time

import pytest

from server.domain.conversation.patience import GRAIN, Patience


async def after(seconds: float) -> float:
    await asyncio.sleep(seconds)
    return seconds


async def test_what_is_done_in_time_comes_back() -> None:
    patience = Patience()
    done = await asyncio.gather(*(patience.within(0.5, after(seconds)) for seconds in (0.0, 0.01, 0.1)))
    assert done == [0.0, 0.01, 0.1]


async def test_what_takes_too_long_ends_when_its_own_time_is_up() -> None:
    patience, began = Patience(), time.monotonic()
    waits = (patience.within(0.1, after(5)), patience.within(1.0, after(0.3)), patience.within(0.2, after(5)))
    short, done, longer = await asyncio.gather(*waits, return_exceptions=True)
    assert isinstance(short, TimeoutError)
    assert isinstance(longer, TimeoutError)
    assert done == 0.3
    assert time.monotonic() - began < 0.3 + 20 * GRAIN


async def test_a_wait_that_ended_is_watched_no_longer_and_the_next_one_is() -> None:
    patience = Patience()
    for _ in range(2):
        with pytest.raises(TimeoutError):
            await patience.within(0.05, after(5))
        await asyncio.sleep(2 * GRAIN)


async def test_what_fails_and_what_is_cancelled_from_outside_says_so_itself() -> None:
    async def failing() -> None:
        raise LookupError

    patience = Patience()
    with pytest.raises(LookupError):
        await patience.within(1.0, failing())
    waiting = asyncio.create_task(patience.within(1.0, after(5)))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
