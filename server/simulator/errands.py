"""Work that goes on after a call was answered, known by name so that it can be awaited, counted and ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger("simulator")


class Errands:
    """Running tasks: those that must be over before things are settled, and those that may wait long."""

    def __init__(self) -> None:
        self._busy: set[asyncio.Task[Any]] = set()
        self._waiting: set[asyncio.Task[Any]] = set()

    @property
    def are_done(self) -> bool:
        """Whether nothing is under way but what waits on purpose."""
        return not self._busy

    def start(self, errand: Coroutine[Any, Any, Any], waits: bool = False) -> asyncio.Task[Any]:
        """Begins an errand; `waits` marks one that may last until the clock is moved."""
        task = asyncio.get_running_loop().create_task(errand)
        group = self._waiting if waits else self._busy
        group.add(task)
        task.add_done_callback(self._over)
        return task

    def set_aside(self) -> None:
        """The running errand now only waits."""
        self._move(self._busy, self._waiting)

    def take_up(self) -> None:
        """The running errand works again."""
        self._move(self._waiting, self._busy)

    def _move(self, here: set[asyncio.Task[Any]], there: set[asyncio.Task[Any]]) -> None:
        task = asyncio.current_task()
        if task in here:
            here.discard(task)
            there.add(task)

    def _over(self, task: asyncio.Task[Any]) -> None:
        self._busy.discard(task)
        self._waiting.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("an errand failed", exc_info=task.exception())

    async def cancel(self) -> None:
        """Ends everything that runs."""
        tasks = [*self._busy, *self._waiting]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
