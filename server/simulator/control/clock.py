"""/simulator/clock and /simulator/reset: moving time, and beginning anew."""

from __future__ import annotations

import asyncio
import json
import time

from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.simple_httpclient import HTTPTimeoutError, SimpleAsyncHTTPClient

from ..clock import Backwards, instant, iso
from ..world import World
from .base import Complaint, Control, Wishes, truth, word
from .base import seconds as read_seconds

PATIENCE = 30.0


class ClockControl(Control):
    """The platform's time, which may be the service's too."""

    def get(self) -> None:
        """What time it is."""
        self.answer({"now": self._now()})

    async def post(self) -> None:
        """Moves on, holds still, runs on; with `settle` it waits until the service has nothing due any more."""
        wishes = self.wishes("advance_seconds", "advance_to", "settle", "freeze")
        settle, freeze = truth(wishes, "settle"), truth(wishes, "freeze")
        _move(self.world, wishes)
        if "freeze" in wishes:
            self.world.clock.hold(freeze)
        if not settle:
            self.answer({"now": self._now()})
            return
        settled = await settle_down(self.world, self.world.clock.seconds())
        self.answer({"now": self._now(), "settled": settled})

    def _now(self) -> str:
        return iso(self.world.clock.seconds(), precise=True)


def _move(world: World, wishes: Wishes) -> None:
    if "advance_seconds" in wishes and "advance_to" in wishes:
        raise Complaint("advance_seconds or advance_to, not both")
    try:
        if "advance_to" in wishes:
            world.clock.advance_to(instant(word(wishes, "advance_to")))
        elif "advance_seconds" in wishes:
            world.clock.advance(read_seconds(wishes, "advance_seconds", 0.0))
    except (Backwards, OverflowError) as refused:
        raise Complaint(str(refused)) from refused
    except ValueError as broken:
        raise Complaint(f"advance_to must be an ISO instant: {broken}") from broken


async def settle_down(world: World, target: float) -> bool:
    """Whether, within 30 seconds, the service knows the new time, has nothing due, and nothing is on its way here."""
    ends = time.monotonic() + PATIENCE
    client = SimpleAsyncHTTPClient(force_instance=True)
    try:
        await asyncio.sleep(0.05)  # What waited here for the new time takes it up first.
        while time.monotonic() < ends:
            is_calm = world.errands.are_done and await _is_ready(client, world.settings.service, target)
            if is_calm and world.errands.are_done:
                return True
            await asyncio.sleep(0.1)
    finally:
        client.close()
    return False


async def _is_ready(client: SimpleAsyncHTTPClient, service: str, target: float) -> bool:
    try:
        answer = await client.fetch(HTTPRequest(f"{service}/health/ready", request_timeout=2.0, connect_timeout=2.0))
        state = json.loads(answer.body)
        return bool(instant(state["now"]) >= int(target) and state["due"] == 0)
    except (OSError, HTTPClientError, HTTPTimeoutError, ValueError, KeyError, TypeError):
        return False


class ResetControl(Control):
    """Beginning anew."""

    async def post(self) -> None:
        """Empties everything; the clock goes back to real time only when `clock` is true."""
        await self.world.reset(truth(self.wishes("clock"), "clock"))
        self.answer({"now": iso(self.world.clock.seconds(), precise=True)})
