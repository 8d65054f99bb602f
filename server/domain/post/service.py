"""The post at work: claim a row, call once, note what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.domain.clock import Clock
from server.domain.post.faults import Busy, Closed, Fault, Unclear
from server.domain.post.model import LEASE, TRIES, Row, RowState
from server.domain.post.ports import Carrier, People, Reach, Rows, Tally
from server.domain.post.window import LONGEST, left
from server.domain.together import Together

LOOK_AGAIN = timedelta(minutes=15)  # a row that waits for a window is looked at as often as this


@dataclass(frozen=True, slots=True)
class Post:
    """Sends the rows whose time has come, each at most once."""

    rows: Rows
    people: People
    carrier: Carrier
    together: Together
    clock: Clock
    tally: Tally

    async def due(self, most: int) -> list[str]:
        """Return ids of rows that wait to be looked at now."""
        return await self.rows.due(self.clock.now(), most)

    async def send(self, ids: Sequence[str]) -> None:
        """Look at each of these rows once; those another process holds are left to it."""
        for row_id in ids:
            row = await self.rows.claim(row_id, self.clock.now())
            if row is not None:
                await self._look(row)

    async def _look(self, row: Row) -> None:
        now = self.clock.now()
        if row.called_at is not None:
            # The process that called for it died before it could tell how that ended. A call that
            # reaches a person is never repeated by itself.
            await self._settle(replace(row, state=RowState.UNKNOWN))
        elif row.expires <= now:
            await self._settle(replace(row, state=RowState.EXPIRED))
        else:
            await self._try(row, now)

    async def _try(self, row: Row, now: datetime) -> None:
        reach = await self.people.reach(row.worker, now)
        if reach is None or not reach.follows or await self._allowance(row.worker, reach, now) <= 0:
            await self._wait_for_window(row, now)
            return
        called = replace(row, called_at=now, due=self.clock.now() + LEASE, tries=row.tries + 1)
        if not await self.rows.settle(called):
            return  # whoever claimed it since calls for it
        try:
            await self.carrier.carry(reach.openid, row.saying)
        except Fault as fault:
            await self._fault(called, fault)
        else:
            await self._settle(replace(called, state=RowState.SENT))

    async def _allowance(self, worker: str, reach: Reach, now: datetime) -> int:
        return left(reach.deeds, await self.rows.sent_since(worker, now - LONGEST), now)

    async def _fault(self, row: Row, fault: Fault) -> None:
        now = self.clock.now()
        if isinstance(fault, Unclear):
            await self._settle(replace(row, state=RowState.UNKNOWN, code=fault.code))
        elif isinstance(fault, Closed):
            await self._wait_for_window(replace(row, code=fault.code), now)
        elif isinstance(fault, Busy) and row.tries < TRIES:
            due = now + timedelta(seconds=fault.seconds)
            await self._settle(replace(row, state=RowState.WAITING, due=due, called_at=None, code=fault.code))
        else:
            await self._settle(replace(row, state=RowState.REFUSED, code=fault.code))

    async def _wait_for_window(self, row: Row, now: datetime) -> None:
        due = min(now + LOOK_AGAIN, row.expires)
        waiting = replace(row, state=RowState.WAITING, due=due, called_at=None, needs_window=True)

        async def deed() -> None:
            if await self.rows.settle(waiting):
                await self.people.owe(row.worker)

        await self.together(deed)

    async def _settle(self, row: Row) -> None:
        if await self.rows.settle(row):
            self.tally(row.state)
