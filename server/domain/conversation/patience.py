"""Patience: how long turns may take, watched by one timer for all of them."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")

GRAIN = 0.05  # seconds; a wait may last so much longer


class Patience:
    """Ends what takes too long, as `asyncio.timeout` does.

    A timer of its own for every message costs more than working out its answer; here one looks after everybody.
    """

    def __init__(self) -> None:
        self._waits: dict[asyncio.Timeout, float] = {}
        self._is_looking = False

    async def within(self, seconds: float, work: Awaitable[T]) -> T:
        """Return what the work comes to; raises `TimeoutError` when it takes longer than `seconds`."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(None) as wait:
            self._waits[wait] = loop.time() + seconds
            if not self._is_looking:
                self._look()
            try:
                return await work
            finally:
                self._waits.pop(wait, None)

    def _look(self) -> None:
        """End the waits whose time is up, and look again while anybody waits."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        for wait in [wait for wait, ends in self._waits.items() if ends <= now]:
            del self._waits[wait]
            wait.reschedule(now)
        self._is_looking = bool(self._waits)
        if self._is_looking:
            loop.call_later(GRAIN, self._look)
