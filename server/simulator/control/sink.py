"""/simulator/sink: stands in for the robot of the duty staff's group and for the gateway of short messages."""

from __future__ import annotations

from .. import ids
from ..doorway import Answer, Doorway, refused, taken
from ..refusal import Refusal
from ..sink import CALL, KEPT, SMS, is_mute
from .base import Complaint, Control

ROBOT_SAYS = {"errcode": 0, "errmsg": "ok"}
GATEWAY_SAYS = {"ok": True}


class SinkControl(Doorway, Control):
    """Takes everything, at whatever path below; a fault of that path is met first."""

    def get(self, below: str = "") -> None:
        """What has come, oldest first; `?limit=` gives only the newest."""
        del below
        limit = self.get_query_argument("limit", str(KEPT))
        if not limit.isdecimal():
            raise Complaint("limit must be a whole number")
        self.answer({"received": [each.shape() for each in self.world.sink.newest(int(limit))]})

    async def post(self, below: str = "") -> None:
        """Takes a message and answers as the robot or the gateway would."""
        del below
        fault = self.world.faults.meet(self.request.path)
        answer = await self.before(fault, ids.rid())
        if self.stays_undone(fault, answer):
            return
        await self.after(fault, answer or self._taken(fault.kind if fault else ""))

    def _taken(self, oddity: str) -> Answer:
        body = self.request.body.decode(errors="replace")
        if is_mute(body):
            return refused(Refusal(44004), ids.rid())
        message = self.world.sink.take(self.world.clock.seconds(), self.request.path, body)
        self.world.is_changed = True
        return taken(GATEWAY_SAYS if message.channel in (SMS, CALL) else ROBOT_SAYS, oddity)
