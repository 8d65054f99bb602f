"""What a follower's message does in care: raise a concern, ask to be called back, say that it was a mistake."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from server.domain import ids
from server.domain.care.answering import Answering
from server.domain.care.call_backs import CallBack
from server.domain.care.calling import Calling
from server.domain.care.desk import Desk
from server.domain.care.duty import NOT_KEPT, DutyPerson, DutySetting, Presence, presence
from server.domain.care.model import Concern, ConcernState, Cry, Entry, asked_again, cried_again, opened
from server.domain.care.ports import Needs
from server.domain.care.rota import Rota
from server.domain.help.screening import Grade, Kind


@dataclass(frozen=True, slots=True)
class Wish:
    """A number left by a follower; `cause` is the message's keyed hash and makes it once."""

    cause: str
    worker: str
    at: datetime
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DutyNow:
    """The duty as it was last read; as long as nothing was read, nobody is there."""

    setting: DutySetting = NOT_KEPT
    people: tuple[DutyPerson, ...] = ()

    def presence(self, now: datetime, *, taken: bool) -> Presence:
        """Return what may truly be said of who is there for a follower."""
        return presence(self.setting, self.people, now, taken=taken)


@dataclass(frozen=True, slots=True)
class Care:
    """Concerns from the cry to their end. What a follower does joins the running transaction of the turn.

    Duty staff act through `desk`, the union sets its duty through `rota`, the clock asks `due` and `call`.
    """

    needs: Needs

    @property
    def desk(self) -> Desk:
        """Return what duty staff can do."""
        return Desk(self.needs)

    @property
    def rota(self) -> Rota:
        """Return how the duty is set and joined."""
        return Rota(self.needs, self._calling)

    @property
    def _calling(self) -> Calling:
        return Calling(self.needs)

    @property
    def answering(self) -> Answering:
        """Return what answers duty staff in the chat."""
        return Answering(self.desk, self.rota)

    async def raise_concern(self, cry: Cry) -> Concern:
        """Keep a cry as an entry of the follower's one open concern, which it opens where there is none.

        The same cause once more changes nothing.
        """
        concerns = self.needs.concerns
        known = await self._of_cause(cry.cause)
        if known is not None:
            return known
        concern = await concerns.of_worker(cry.worker)
        if concern is None:
            concern = await self._open(cry)
        else:
            concern = cried_again(concern, cry)
            await concerns.save(concern)
        await concerns.add_entry(Entry(cry.cause, concern.id, cry.worker, cry.at, cry.grade, cry.kind, cry.words))
        return concern

    async def ask_call_back(self, wish: Wish) -> CallBack:
        """Keep a number to be called back, with the follower's open concern or one that this wish opens.

        The same cause once more changes nothing.
        """
        concerns = self.needs.concerns
        if (known := await concerns.call_back(wish.cause)) is not None:
            return known
        concern = await concerns.of_worker(wish.worker)
        if concern is None:
            # Whoever asks for a call without having cried before still gets one: nobody else would make it.
            concern = await self._open(Cry(wish.cause, wish.worker, wish.at, Grade.OTHER, Kind.ASKING, ""), entries=0)
        else:
            await concerns.save(asked_again(concern, wish.at))
        call_back = CallBack(wish.cause, concern.id, wish.worker, wish.at, wish.phone)
        await concerns.add_call_back(call_back)
        return call_back

    async def mistaken(self, worker: str, at: datetime) -> Concern | None:
        """Note that the follower says it was a mistake: the concern is kept, and whoever was called still is."""
        concern = await self.needs.concerns.of_worker(worker)
        if concern is None or (concern.cleared_at is not None and concern.cleared_at >= at):
            return concern
        cleared = replace(concern, cleared_at=at)
        await self.needs.concerns.save(cleared)
        return cleared

    async def duty(self) -> DutyNow:
        """Return the duty as it stands."""
        return DutyNow(await self.needs.roster.setting(), tuple(await self.needs.roster.people()))

    async def is_taken(self, worker: str) -> bool:
        """Tell whether a person has taken the follower's concern."""
        concern = await self.needs.concerns.of_worker(worker)
        return concern is not None and concern.state is ConcernState.TAKEN

    async def due(self, most: int) -> list[str]:
        """Return ids for which somebody must be called now."""
        return await self._calling.due(most)

    async def call(self, due: Sequence[str]) -> None:
        """Call whom these must be called for, at least once."""
        await self._calling.call(due)

    async def due_in_group(self, most: int) -> list[str]:
        """Return ids of concerns that the duty's group must be told of now."""
        return await self._calling.due_in_group(most)

    async def tell_group(self, _due: Sequence[str]) -> None:
        """Tell the group, at least once, of all that it must be told of: these, and what has joined them since."""
        await self._calling.tell_group()

    async def _of_cause(self, cause: str) -> Concern | None:
        entry = await self.needs.concerns.entry(cause)
        return await self.needs.concerns.find(entry.concern) if entry else None

    async def _open(self, cry: Cry, entries: int = 1) -> Concern:
        number = await self.needs.concerns.draw_number()
        concern = replace(opened(cry, ids.from_cause("cn", cry.at, cry.cause), number), entries=entries)
        await self.needs.concerns.insert(concern)
        return concern
