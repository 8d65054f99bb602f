"""/simulator/account, console-send, guard and outcomes: what the owner and the administrator do."""

from __future__ import annotations

from .. import sending
from ..account import BadAccount
from ..clock import iso
from ..refusal import Refusal
from .base import Complaint, Control, Wishes, one_of, times, whole, word


class AccountControl(Control):
    """The account's settings."""

    def get(self) -> None:
        """All of them, with the menu and the time."""
        self.answer(self._shape())

    def put(self) -> None:
        """Changes some of them."""
        try:
            self.world.account.change(self.wishes(more=True))
        except BadAccount as bad:
            raise Complaint(str(bad)) from bad
        self.world.tell_watchers()
        self.answer(self._shape())

    def _shape(self) -> Wishes:
        return self.world.account.plain() | {"now": iso(self.world.clock.seconds(), precise=True)}


class ConsoleSendControl(Control):
    """A mass send made by hand in the platform's console."""

    async def post(self) -> None:
        """Sends words to all, to one or to a list; it counts like any send, and the service is told nothing."""
        wishes = self.wishes("to", "content")
        openids = self._openids(wishes)
        now = self.world.clock.seconds()
        try:
            self.world.mass.check_allowance(self.world.account, openids is None, now)
        except Refusal as refusal:
            raise Complaint(f"the console may not send: {refusal.errcode} {refusal.words}") from refusal
        content = word(wishes, "content", "公众号后台群发")
        job = self.world.mass.open(now, "text", openids, text=content, by_api=False)
        await sending.finish(self.world, job, sending.SUCCESS)
        self.answer({"sent": job.counts["SentCount"]})

    def _openids(self, wishes: Wishes) -> list[str] | None:
        target = wishes.get("to", "all")
        if target == "all":
            return None
        listed = target if isinstance(target, list) else [target]
        return [self.follower(str(each)).openid for each in listed]


class GuardControl(Control):
    """The administrator's phone (群发保护)."""

    def post(self) -> None:
        """Confirms or refuses every send that waits."""
        verdict = one_of(self.wishes("answer"), "answer", ("confirm", "refuse"))
        waiting = [job for job in self.world.mass if job.waits == "tap" and not job.is_over]
        for job in waiting:
            job.waits = "" if verdict == "confirm" else "refused"
        self.answer({"answered": len(waiting)})


class OutcomesControl(Control):
    """How the next mass sends end."""

    def post(self) -> None:
        """Lets the next sends end with a status such as `err(20001)` or `send fail`."""
        wishes = self.wishes("status", "times")
        status = word(wishes, "status")
        if not status:
            raise Complaint("status must be the word of the event, such as err(20001)")
        self.world.mass.outcomes += [status] * whole({"times": times(wishes) or 0}, "times", 1, 1_000)
        self.answer({"waiting": self.world.mass.outcomes})
