"""How the duty is set and joined: the union says when and who, the person says 在岗, and a test shows what rings."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from server.domain import ids
from server.domain.care import sentences
from server.domain.care.call_backs import read_phone
from server.domain.care.calling import Calling, took
from server.domain.care.duty import DutyMode, DutyPerson, DutySetting, arrived, named
from server.domain.care.model import GROUP, given_back
from server.domain.care.ports import Needs
from server.domain.help.lines import Hours
from server.domain.refusals import Malformed, NotFound, Taken, TooLate

CODE_LIFE = timedelta(hours=24)
CODE_CHARACTERS = 8
NAME_CHARACTERS = 12
_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"  # nothing in it looks like another


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Whom the union puts on the roster; without an `order` they come last."""

    name: str
    phone: str = field(default="", repr=False)
    administrator: bool = False
    order: int | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """What one channel did with a test alert: whose it is (a name, or `GROUP`), which it is, whether it took it."""

    whom: str
    channel: str
    took_it: bool


@dataclass(frozen=True, slots=True)
class Rota:
    """Who is called when. Every change is one `Together`; what was open is called anew when the duty changes."""

    needs: Needs
    calling: Calling

    async def add(self, new: NewPerson) -> tuple[DutyPerson, str]:
        """Put a person on the roster; return them and the one-time code, which is told here and never kept.

        Raises `Malformed` for a name that does not fit or a phone that is none, `Taken` for a name in use.
        """
        name, phone = new.name.strip(), read_phone(new.phone)
        if not 0 < len(name) <= NAME_CHARACTERS or any(sign.isspace() for sign in name):
            raise Malformed(f"名字要写 1 到 {NAME_CHARACTERS} 个字，中间不空格。")
        if new.phone.strip() and phone is None:
            raise Malformed("电话号码看不懂。请写手机号，或带区号的座机号。")
        code = _code(self.needs.randomness)

        async def deed() -> DutyPerson:
            now, people = self.needs.clock.now(), await self.needs.roster.people()
            last = max((person.order for person in people), default=0)
            person = DutyPerson(
                id=ids.make("dp", now, self.needs.randomness(10)),
                name=name,
                order=last + 1 if new.order is None else new.order,
                administrator=new.administrator,
                phone=phone or "",
            )
            person = self._with_code(person, code, now)
            await self.needs.roster.add(person)
            if person.can_be_called:
                await self.needs.concerns.hurry(now)
            return person

        return await self.needs.together(deed), code

    async def renew_code(self, name: str) -> tuple[DutyPerson, str]:
        """Give a person of the roster a new one-time code: the old one ran out, or the phone is another; `NotFound`."""
        code = _code(self.needs.randomness)

        async def deed() -> DutyPerson:
            person = self._with_code(await self.person(name), code, self.needs.clock.now())
            await self.needs.roster.save(person)
            return person

        return await self.needs.together(deed), code

    async def remove(self, name: str) -> None:
        """Strike a person off the roster; what they have taken goes back to the line. Raises `NotFound`."""
        await self.needs.together(lambda: self._remove(name))

    async def arrive(self, worker: str, code: str | None) -> DutyPerson | None:
        """Put a person on duty for 48 hours, bound to this follower by the one-time code the first time.

        None for everybody else: to them 在岗 is an ordinary word. Raises `TooLate` for a code that has run out,
        `Taken` when this follower is bound to another person already. Joins a running transaction.
        """
        now = self.needs.clock.now()
        bound = await self.needs.roster.of_worker(worker)
        person = bound if code is None else self._of_code(await self.needs.roster.people(), code)
        if person is None:
            return bound and await self._on_duty(bound, worker, now)
        if code is not None and (person.code_expires is None or person.code_expires <= now):
            raise TooLate("这个在岗码过期了，请让管理员重新给一个。")
        if bound is not None and bound.id != person.id:
            raise Taken(f"这个微信已经登记为 {bound.name}，一个微信只能登记一个人。")
        return await self._on_duty(person, worker, now)

    async def on(self, mode: DutyMode, hours: Hours) -> DutySetting:
        """Set when somebody is there. Raises `Malformed` for office hours without any."""
        setting = DutySetting(mode, hours)
        if mode is DutyMode.OFFICE and not any(hours.week):
            raise Malformed("工作时间值守要写出时间，例如 --hours 周一至周五 08:30-17:30。")
        await self.needs.together(lambda: self._set(setting))
        return setting

    async def off(self) -> DutySetting:
        """Say that nobody is there."""
        setting = DutySetting()
        await self.needs.together(lambda: self._set(setting))
        return setting

    async def test(self) -> Sequence[Rung]:
        """Send a test alert through every channel there is, and return what took it."""
        rungs = []
        if GROUP in self.needs.channels.has():
            rungs.append(Rung(GROUP, GROUP, await took(self.needs.channels.to_group(sentences.TEST))))
        for person in await self.needs.roster.people():
            if person.phone:
                by_phone = await self.calling.reach_by_phone(person, sentences.TEST)
                rungs.append(Rung(person.name, "phone", by_phone))
            if person.worker:
                in_chat = await self.calling.reach_in_chat(person, sentences.TEST)
                rungs.append(Rung(person.name, "chat", in_chat))
        return rungs

    async def person(self, name: str) -> DutyPerson:
        """Return the person of this name; raises `NotFound`."""
        found = named(await self.needs.roster.people(), name)
        if found is None:
            raise NotFound(f"值守名单里没有“{name}”。用 xinyi duty show 看看名单。")
        return found

    async def _set(self, setting: DutySetting) -> None:
        await self.needs.roster.set(setting)
        await self.needs.concerns.hurry(self.needs.clock.now())

    async def _on_duty(self, person: DutyPerson, worker: str, now: datetime) -> DutyPerson:
        there = arrived(person, worker, now)
        await self.needs.roster.save(there)
        return there

    async def _remove(self, name: str) -> None:
        person, now = await self.person(name), self.needs.clock.now()
        await self.needs.roster.remove(person.id)
        for concern in await self.needs.concerns.unsettled():
            if concern.taker == person.id:
                await self.needs.concerns.save(given_back(concern, person.id, now))

    def _with_code(self, person: DutyPerson, code: str, now: datetime) -> DutyPerson:
        return replace(person, code=self._marked(code), code_expires=now + CODE_LIFE)

    def _of_code(self, people: Sequence[DutyPerson], code: str) -> DutyPerson | None:
        """Return whose code it is, taking as long whatever it is."""
        marked = self._marked(code)
        found = [person for person in people if hmac.compare_digest(person.code.encode(), marked.encode())]
        return found[0] if found else None

    def _marked(self, code: str) -> str:
        return self.needs.mark(f"duty code {code.casefold().replace('-', '').strip()}")


def _code(randomness: Callable[[int], bytes]) -> str:
    """Return a new code, `k7qm-3xv9`: forty bits nearly, which nobody guesses in a day."""
    chance, signs = int.from_bytes(randomness(16)), ""
    for _ in range(CODE_CHARACTERS):
        chance, sign = divmod(chance, len(_ALPHABET))
        signs += _ALPHABET[sign]
    return f"{signs[: CODE_CHARACTERS // 2]}-{signs[CODE_CHARACTERS // 2 :]}"
