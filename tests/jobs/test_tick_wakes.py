"""The tick does not sleep on when the clock jumps."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from server.jobs import tick as ticking
from server.jobs.tick import JUMP, Tick
from server.jobs.timetable import Duty
from tests.handclock import HandClock


class NoQueue:
    async def put(self, name: str, ids: Sequence[str]) -> bool:
        return False


async def test_a_clock_that_jumps_wakes_the_tick_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticking, "EVERY", 30.0)
    clock, looks = HandClock(datetime(2026, 11, 25, 9, tzinfo=UTC)), asyncio.Queue[float]()

    async def find(_most: int) -> Sequence[str]:
        await looks.put(time.monotonic())
        return ()

    async def run(_ids: Sequence[str]) -> None:
        raise AssertionError("nothing was due")

    tick = Tick((Duty("things", find, run),), NoQueue(), clock)
    ticks = asyncio.create_task(tick.run())
    await looks.get()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(looks.get(), 0.4)
    clock.ahead(seconds=30 + JUMP.total_seconds())
    before = time.monotonic()
    assert await asyncio.wait_for(looks.get(), 5) - before < 1
    tick.stop()
    await asyncio.wait_for(ticks, 5)
