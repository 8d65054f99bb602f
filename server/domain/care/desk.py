"""What duty staff can do with a concern: see it, take it, answer the follower, pass it on, close it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from server.domain import ids
from server.domain.audit.model import Line
from server.domain.care.call_backs import Attempt, CallBack, CallBackState, Tried, attempted
from server.domain.care.duty import DutyPerson, named
from server.domain.care.model import (
    Concern,
    ConcernState,
    Note,
    Outcome,
    closed,
    given_back,
    handed_over,
    taken,
)
from server.domain.care.ports import Needs
from server.domain.care.sentences import Record
from server.domain.post.model import Row
from server.domain.post.saying import TEXT_BYTES, Words
from server.domain.post.window import LONGEST, left
from server.domain.refusals import Forbidden, Malformed, NotFound, Taken, TooLate, WrongState

SHOWN = 50  # entries and notes of one record


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk of duty staff. Every deed names who does it, joins a running transaction and leaves a line of audit."""

    needs: Needs

    async def take(self, number: int, by: DutyPerson) -> Concern:
        """Take a concern, so that nobody else is called for it; of two who try, one has it.

        Raises `NotFound`, `Taken` when another has it, `WrongState` when it is closed. Taking one's own again is fine.
        """

        def deed(concern: Concern, now: datetime) -> Concern:
            if concern.state is ConcernState.TAKEN and concern.taker == by.id:
                return concern
            if concern.state is ConcernState.TAKEN:
                raise Taken(f"{number} 已经有同事接了。想看看，回复“看 {number}”。")
            return taken(concern, by.id, now)

        return await self._change(number, by, "take", deed)

    async def hand_over(self, number: int, by: DutyPerson, to: str) -> Concern:
        """Hand one's own concern over to another person of the roster, by name, who is told at once.

        Raises `NotFound` for either, `Forbidden` for another's concern, `WrongState` where nobody has it.
        """
        other = named(await self.needs.roster.people(), to)
        if other is None:
            raise NotFound(f"值守名单里没有“{to}”，请写名单里的名字。")
        if not other.can_be_called:
            raise WrongState(f"{other.name} 还没有登记电话，也没有绑定微信，转过去没有人会知道。")

        def deed(concern: Concern, now: datetime) -> Concern:
            self._demand_own(concern, by)
            return concern if concern.taker == other.id else handed_over(concern, by.id, other.id, now)

        return await self._change(number, by, "hand-over", deed)

    async def give_back(self, number: int, by: DutyPerson) -> Concern:
        """Give one's own concern back: the line is called again from its beginning.

        Raises `NotFound`, `Forbidden` for another's, `WrongState` where nobody has it.
        """

        def deed(concern: Concern, now: datetime) -> Concern:
            self._demand_own(concern, by)
            return given_back(concern, by.id, now)

        return await self._change(number, by, "give-back", deed)

    async def close(self, number: int, by: DutyPerson, outcome: Outcome) -> Concern:
        """Close one's own concern with an outcome; an administrator may close any.

        Raises `NotFound`, `Forbidden` for another's, `WrongState` when it is closed already, or while a call-back
        has been asked for and not settled.
        """
        concerns = self.needs.concerns

        def deed(concern: Concern, now: datetime) -> Concern:
            if concern.state is not ConcernState.CLOSED and not by.administrator:
                self._demand_own(concern, by)
            return closed(concern, by.id, outcome, now)

        async def change() -> Concern:
            found = await self._found(number)
            waiting = [each for each in await concerns.call_backs(found.id) if each.state is CallBackState.OPEN]
            if waiting and found.state is not ConcernState.CLOSED:
                raise WrongState(f"{number} 还有回电没办。先记下：“打 {number} 通了”或“打 {number} 不再打”，再结束。")
            return await self._change(number, by, "close", deed)

        return await self.needs.together(change)

    async def note(self, number: int, by: DutyPerson, words: str, cause: str = "") -> Concern:
        """Keep a note, sealed, with a concern in any state; the same cause once more changes nothing.

        Raises `NotFound`, and `Malformed` without words.
        """
        return await self._change(number, by, "note", lambda concern, _: concern, self._noting(by, words, cause))

    async def write(self, number: int, by: DutyPerson, words: str, cause: str = "") -> str:
        """Write to the follower through the account; return the key of the row left with the post.

        Raises `NotFound`, `Forbidden` for anybody but the taker, `WrongState` when the concern is closed, `TooLate`
        when the follower's window is shut, `Malformed` without words or with more than one message holds.
        """
        if not words.strip() or len(words.encode()) > TEXT_BYTES:
            raise Malformed("要写给对方的话不能空着，也不能超过 600 个字。")
        key = f"{cause or self._made('ds')}:care"
        await self.needs.together(partial(self._write, number, by, words.strip(), key))
        return key

    async def _write(self, number: int, by: DutyPerson, words: str, key: str) -> None:
        concern, now = await self._found(number), self.needs.clock.now()
        self._demand_own(concern, by)
        await self._demand_window(concern, now)
        row = Row(
            id=key,
            worker=concern.worker,
            saying=Words(words),
            why="duty",
            cause=key.partition(":")[0],
            due=now,
            expires=now + timedelta(hours=48),
        )
        await self.needs.rows.add(row)
        await self.needs.concerns.add_note(Note(key, concern.id, now, by.id, words, told=True))
        await self._leave_line(concern, by, "write", now)

    async def attempt(self, call_back: str, by: DutyPerson, result: Tried) -> CallBack:
        """Note an attempt to call back. Raises `NotFound`, and `WrongState` once the wish is settled."""

        async def deed() -> CallBack:
            found = await self.needs.concerns.call_back(call_back)
            concern = await self.needs.concerns.find(found.concern) if found else None
            if found is None or concern is None:
                raise NotFound("没有找到这个回电。")
            now = self.needs.clock.now()
            after = attempted(found, Attempt(now, by.id, result))
            await self.needs.concerns.save_call_back(after)
            await self._leave_line(concern, by, "call-back", now)
            return after

        return await self.needs.together(deed)

    async def attempt_of(self, number: int, by: DutyPerson, result: Tried) -> CallBack:
        """Note an attempt at the newest call-back of a concern that is still open; raises `NotFound`."""
        concern = await self._found(number)
        waiting = [
            each for each in await self.needs.concerns.call_backs(concern.id) if each.state is CallBackState.OPEN
        ]
        if not waiting:
            raise NotFound(f"{number} 没有等着的回电。")
        return await self.attempt(waiting[-1].id, by, result)

    async def show(self, number: int, by: DutyPerson) -> Record:
        """Return everything of a concern. The look is on record before anything of it is given; `NotFound`."""

        async def deed() -> Record:
            concern = await self._found(number)
            await self._leave_line(concern, by, "show", self.needs.clock.now())
            concerns = self.needs.concerns
            return Record(
                concern,
                tuple(await concerns.entries(concern.id, SHOWN)),
                tuple(await concerns.notes(concern.id, SHOWN)),
                tuple(await concerns.call_backs(concern.id)),
                await self.names(),
            )

        return await self.needs.together(deed)

    async def list(self) -> Sequence[Concern]:
        """Return the concerns that are not closed, the oldest first."""
        return await self.needs.concerns.unsettled()

    async def names(self) -> dict[str, str]:
        """Return the names of the roster by id."""
        return {person.id: person.name for person in await self.needs.roster.people()}

    async def _change(
        self,
        number: int,
        by: DutyPerson,
        what: str,
        deed: Callable[[Concern, datetime], Concern],
        noting: Callable[[Concern, datetime], Note] | None = None,
    ) -> Concern:
        async def change() -> Concern:
            concern, now = await self._found(number), self.needs.clock.now()
            after = deed(concern, now)
            if noting is not None:
                await self.needs.concerns.add_note(noting(concern, now))
            if after != concern:
                await self.needs.concerns.save(after)
            await self._leave_line(concern, by, what, now)
            return after

        return await self.needs.together(change)

    def _noting(self, by: DutyPerson, words: str, cause: str) -> Callable[[Concern, datetime], Note]:
        if not words.strip():
            raise Malformed("请把要记的话写在号码后面，例如“记 1234 已经通了电话”。")
        key = f"{cause or self._made('nt')}:note"
        return lambda concern, now: Note(key, concern.id, now, by.id, words.strip())

    async def _found(self, number: int) -> Concern:
        concern = await self.needs.concerns.by_number(number)
        if concern is None:
            raise NotFound(f"没有 {number} 这个求助。回复“求助”看看现在有哪些。")
        return concern

    def _demand_own(self, concern: Concern, by: DutyPerson) -> None:
        number = concern.number
        match concern.state:
            case ConcernState.CLOSED:
                raise WrongState(f"{number} 已经结束了。")
            case ConcernState.OPEN:
                raise WrongState(f"{number} 还没有人接。请先回复“接 {number}”。")
        if concern.taker != by.id:
            raise Forbidden(f"{number} 是别的同事接的，要由接的人来办。")

    async def _demand_window(self, concern: Concern, now: datetime) -> None:
        reach = await self.needs.followers.reach(concern.worker, now)
        sent = await self.needs.rows.sent_since(concern.worker, now - LONGEST)
        if reach is None or not reach.follows or left(reach.deeds, sent, now) <= 0:
            raise TooLate("微信现在不让我们给对方发消息（48 小时没有来信，或已取消关注）。请看看有没有留电话。")

    async def _leave_line(self, concern: Concern, by: DutyPerson, what: str, now: datetime) -> None:
        line = Line(self._made("au"), now, by.id, f"concern.{what}", concern.worker, concern.id)
        await self.needs.trail.add(line)

    def _made(self, prefix: str) -> str:
        return ids.make(prefix, self.needs.clock.now(), self.needs.randomness(10))
