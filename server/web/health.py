"""Whether the process lives, whether it can answer a message, and what is wrong with it."""

from typing import Protocol

from server.web.base import Door


class Readiness(Protocol):
    """Who knows how the service is."""

    async def report(self) -> tuple[bool, dict[str, object]]:
        """Return whether a message can be answered, and `now`, `due`, `spool`, `degraded` as JSON values."""
        ...


class Live(Door):
    """`/health/live`: 200 while the process can answer at all."""

    def get(self) -> None:
        """Say so."""
        self.finish({"live": True})


class Ready(Door):
    """`/health/ready`: 200 once the stores were reached, 503 while it starts or stops."""

    readiness: Readiness

    async def get(self) -> None:
        """Tell how the service is."""
        is_ready, report = await self.readiness.report()
        self.set_status(200 if is_ready else 503)
        self.finish(report)
