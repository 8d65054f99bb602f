"""The one runner for blocking work: a few threads, so that drawing never holds up an answer."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from server import logs

T = TypeVar("T")
AT_ONCE = 2

log = logs.logger(__name__)


class Runner:
    """Runs blocking work beside the loop, at most two pieces at once, and tells how long each took."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="media")

    async def run(self, job: str, work: Callable[..., T], *given: object) -> T:
        """Return what `work(*given)` returns; raises what it raises. `job` names it in the log."""
        waited_from = time.monotonic()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *given))
        finally:
            log.info("blocking work ended", job=job, seconds=round(time.monotonic() - waited_from, 3))

    def close(self) -> None:
        """Wait for what is under way, drop what has not begun."""
        self._threads.shutdown(cancel_futures=True)
