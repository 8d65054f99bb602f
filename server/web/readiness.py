"""How the service is: ready or not, what is due, what is wrong. Asked by `/health/ready`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from server.domain.clock import Clock
from server.domain.refusals import Unavailable

Count = Callable[[datetime], Awaitable[int]]
Check = Callable[[], bool]

_WITHIN = 2.0  # seconds a report may take, whatever the stores do


class Readiness:
    """Fulfils `health.Readiness`. A process is ready once the stores were reached, until it stops."""

    def __init__(
        self, clock: Clock, counts: Sequence[Count], checks: Mapping[str, Check], spool: Callable[[], int]
    ) -> None:
        self._clock = clock
        self._counts = counts
        self._checks = checks
        self._spool = spool
        self.is_ready = False

    async def report(self) -> tuple[bool, dict[str, object]]:
        """Return whether a message can be answered, and what is due and wrong."""
        now = self._clock.now()
        degraded = [name for name, is_well in self._checks.items() if not is_well()]
        waiting = self._spool()
        if waiting:
            degraded.append("spool")
        due: int | None = None
        try:
            async with asyncio.timeout(_WITHIN):
                due = sum(await asyncio.gather(*(count(now) for count in self._counts)))
        except (Unavailable, TimeoutError):
            degraded.append("mongo")
        return self.is_ready, {
            "now": now.isoformat().replace("+00:00", "Z"),
            "due": due,
            "spool": waiting,
            "degraded": degraded,
        }
