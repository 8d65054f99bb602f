"""A clock that follows a time source over HTTP, as the simulator has one."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import aiohttp

from server.embedded.readiness import NotReady, until

_TOO_SOON = 0.5  # seconds within which two equal answers do not yet tell that the source stands still


class PolledClock:
    """A `Clock` that follows a time source (GET → `{"now": "…Z"}`), read five times a second, and never runs backwards.

    What it keeps: the last answer, the monotonic second it came at, and whether the source *runs*, which is so when
    the last two answers differ. Between answers a running source is followed by the monotonic clock; one that
    stands still is not. A source that does not answer goes on as it last did. Where the source turns out to be
    behind what was already told, the clock stands still until the source has caught up.
    """

    def __init__(self, url: str, every: float = 0.2) -> None:
        self._url = url
        self._every = every
        self._answer: datetime | None = None
        self._came_at = 0.0
        self._runs = False
        self._latest = datetime.min.replace(tzinfo=UTC)
        self._session: aiohttp.ClientSession | None = None
        self._polling: asyncio.Task[None] | None = None

    async def open(self, within: float = 30.0) -> None:
        """Begin to follow the source; returns with its first answer, raises `NotReady` if none comes in time."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2.0))
        try:
            await until(self.refresh, f"the clock at {self._url}", within)
        except NotReady:
            await self.close()
            raise
        self._polling = asyncio.create_task(self._poll())

    async def close(self) -> None:
        """Stop following."""
        if self._polling is not None:
            self._polling.cancel()
            await asyncio.gather(self._polling, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def now(self) -> datetime:
        """Return this instant by the source, aware and in UTC; there is none before `open` has returned."""
        if self._answer is None:
            raise NotReady("the clock was asked before it was opened")
        since = time.monotonic() - self._came_at if self._runs else 0.0
        self._latest = max(self._latest, self._answer + timedelta(seconds=since))
        return self._latest

    async def refresh(self) -> bool:
        """Ask the source at once; return whether it answered."""
        if self._session is None:
            return False
        try:
            async with self._session.get(self._url, raise_for_status=True) as answer:
                told = datetime.fromisoformat((await answer.json())["now"]).astimezone(UTC)
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError):
            return False
        self._take(told, time.monotonic())
        return True

    def _take(self, told: datetime, came_at: float) -> None:
        if told == self._answer and came_at - self._came_at < _TOO_SOON:
            return
        self._runs = told != self._answer
        self._answer, self._came_at = told, came_at

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            await self.refresh()
