"""The clock's side of care: call the next person for what is due, gather the group's texts, ask to renew a duty."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from server.domain.care import sentences
from server.domain.care.duty import DutyPerson
from server.domain.care.escalation import PATIENCE, called_for, group_free_at, next_call
from server.domain.care.model import GROUP, Call, Concern, ConcernState
from server.domain.care.ports import Needs

CHANNEL_SECONDS = 12.0  # a channel that has not answered by then did not take it; the group's may first wait its turn
IN_ONE_TEXT = 40  # concerns the group is told of in one text
ASK_AGAIN = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Calling:
    """Calls people, at least once: what is due is claimed with a lease, sent, then stored."""

    needs: Needs

    async def due(self, most: int) -> list[str]:
        """Return ids of concerns somebody must be called for now, and of people on duty to be asked to renew."""
        now = self.needs.clock.now()
        concerns = await self.needs.concerns.due(now, most)
        return [*concerns, *await self.needs.roster.due(now, most)][:most]

    async def call(self, ids: Sequence[str]) -> None:
        """Call for each of these; what another process holds is left to it."""
        for each in ids:
            now = self.needs.clock.now()
            if (concern := await self.needs.concerns.claim(each, now)) is not None:
                await self._call(concern)
            elif (person := await self.needs.roster.claim(each, now)) is not None:
                await self._ask_to_renew(person)

    async def due_in_group(self, most: int) -> list[str]:
        """Return ids of concerns that the group must be told of now."""
        return [concern.id for concern in await self.needs.concerns.due_in_group(self.needs.clock.now(), most)]

    async def tell_group(self) -> None:
        """Name to the group, in one text, all that it must be told of; beyond its pace they wait together.

        It is a deed of its own, for a robot that must wait or does not answer keeps nobody's telephone from ringing.
        """
        needs, now = self.needs, self.needs.clock.now()
        if not await needs.concerns.due_in_group(now, 1):
            return
        sent = await needs.roster.claim_group(now)
        if sent is not None:  # else another process is telling it
            await self._tell_group(sent, now)

    async def _call(self, claimed: Concern) -> None:
        needs, now = self.needs, self.needs.clock.now()
        escalation = next_call(claimed, await needs.roster.people(), await needs.roster.setting(), now)
        text = sentences.alert(claimed) if claimed.state is ConcernState.OPEN else sentences.again(claimed)
        heard = await asyncio.gather(*(self.reach(person, text) for person in escalation.whom))
        calls = [Call(now, person.id, took) for person, took in zip(escalation.whom, heard, strict=True)]

        async def deed() -> None:
            fresh = await needs.concerns.find(claimed.id)
            if fresh is not None:
                await needs.concerns.save(called_for(fresh, claimed, escalation, calls))
                await needs.concerns.release(claimed.id, claimed.claims)

        await needs.together(deed)

    async def reach(self, person: DutyPerson, text: str) -> tuple[str, ...]:
        """Send a text to a person, by phone first, in the chat where that did not take it; return what took it."""
        if await self.reach_by_phone(person, text):
            return ("phone",)
        return ("chat",) if await self.reach_in_chat(person, text) else ()

    async def reach_by_phone(self, person: DutyPerson, text: str) -> bool:
        """Send a text to a person's phone; tell whether it was taken."""
        channels = self.needs.channels
        return bool(person.phone) and "phone" in channels.has() and await took(channels.to_phone(person.phone, text))

    async def reach_in_chat(self, person: DutyPerson, text: str) -> bool:
        """Send a text to a person in the account's chat; tell whether it was taken."""
        return bool(person.worker) and await took(self._in_chat(person.worker, text))

    async def _in_chat(self, worker: str, text: str) -> bool:
        reach = await self.needs.followers.reach(worker, self.needs.clock.now())
        return reach is not None and reach.follows and await self.needs.channels.to_chat(reach.openid, text)

    async def _tell_group(self, sent: Sequence[datetime], now: datetime) -> None:
        """Tell the group, which was told at these instants and is held by this process, and let go of it."""
        needs = self.needs
        try:
            concerns = await needs.concerns.due_in_group(now, IN_ONE_TEXT)
            free_at = group_free_at(sent, now)
            if GROUP not in needs.channels.has():
                await self._group_later(concerns, None)
            elif free_at > now:
                await self._group_later(concerns, free_at)
            elif concerns:
                sent = (*sent, now)
                heard = await took(needs.channels.to_group(sentences.alerts(concerns)))
                call = Call(now, GROUP, (GROUP,) if heard else ())
                await self._group_later(concerns, None if heard else now + PATIENCE, call)
        finally:
            await needs.roster.release_group(sent)

    async def _group_later(self, concerns: Sequence[Concern], due: datetime | None, *calls: Call) -> None:
        """Store when the group must be told of these again, and the call that was made."""
        for concern in concerns:
            await self.needs.together(partial(self._store_group, concern, due, calls))

    async def _store_group(self, told: Concern, due: datetime | None, calls: Sequence[Call]) -> None:
        fresh = await self.needs.concerns.find(told.id)
        if fresh is None:
            return
        # Somebody may have taken it meanwhile, or it fell due anew: only what was told is settled.
        group_due = due if fresh.group_due == told.group_due else fresh.group_due
        await self.needs.concerns.save(replace(fresh, group_due=group_due, calls=(*fresh.calls, *calls)))

    async def _ask_to_renew(self, claimed: DutyPerson) -> None:
        needs, text = self.needs, sentences.RENEW
        heard = await self.reach_in_chat(claimed, text) or await self.reach_by_phone(claimed, text)
        again = needs.clock.now() + ASK_AGAIN

        async def deed() -> None:
            fresh = await needs.roster.find(claimed.id)
            if fresh is not None and fresh.on_duty_until == claimed.on_duty_until:
                due = None if heard or not fresh.is_on_duty(again) else again
                await needs.roster.save(replace(fresh, renew_due=due))

        await needs.together(deed)


async def took(sending: Awaitable[bool]) -> bool:
    """Tell whether a channel took a message; one that breaks or does not answer did not, and stops nobody else."""
    try:
        async with asyncio.timeout(CHANNEL_SECONDS):
            return await sending
    except Exception:  # noqa: BLE001  whatever a channel does, the next one must be tried
        return False
