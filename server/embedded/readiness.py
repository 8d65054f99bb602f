"""Waiting for something to come up, within a limit."""

import asyncio
import time
from collections.abc import Awaitable, Callable

READY_SECONDS = 30.0


class NotReady(Exception):
    """What stands in for the outside did not come up in time."""


async def until(is_ready: Callable[[], Awaitable[bool]], name: str, within: float = READY_SECONDS) -> None:
    """Return once the question is answered with yes; raises `NotReady` after `within` seconds."""
    end = time.monotonic() + within
    while not await is_ready():
        if time.monotonic() > end:
            raise NotReady(f"{name} did not come up within {within:.0f} s")
        await asyncio.sleep(0.05)
