"""People in a crowd at the door: they book by numbers, many at once, and one by one at random."""

import asyncio
import random
import time
from dataclasses import dataclass, field

from server.simulator import ids
from server.simulator.envelope import Letter
from tests.stories.ledger import Hour, Ledger, Spell, hours_in
from tests.stories.poster import Answer, Poster

BUSY = 503
TRIES = 3


@dataclass
class Person:
    """Somebody at the phone, and the hour that they are about to confirm."""

    openid: str
    hour: Hour | None = None


async def someone_about_to_confirm(poster: Poster) -> Person:
    """Somebody new who has taken the first offers up to the last question."""
    person = Person(ids.openid())
    await comes_to_confirm(poster, person)
    return person


async def comes_to_confirm(poster: Poster, person: Person, expert: int = 0) -> None:
    """Go up to the last question, by the first theme or with the expert of this number."""
    await comes_to_the_hours(poster, person, expert)
    await chooses_the_first(poster, person)


async def comes_to_the_hours(poster: Poster, person: Person, expert: int = 0) -> None:
    """Go up to the hours that are offered."""
    themes = await poster.says(person.openid, "预约")
    if expert:
        await poster.says(person.openid, themes.partition(" 看看有哪些老师")[0][-1])
    assert "空的时间" in await poster.says(person.openid, str(expert or 1))


async def chooses_the_first(poster: Poster, person: Person) -> None:
    """Take the first hour that is offered, up to the question to confirm it."""
    question = await poster.says(person.openid, "1")
    assert "确认预约" in question, question
    person.hour = next(hours_in(question))


@dataclass
class Client:
    """Somebody who books, leaves, cancels and looks, at random but with a mind to get somewhere."""

    poster: Poster
    ledger: Ledger
    number: int
    openid: str = field(default_factory=ids.openid)
    operations: int = 0
    turned_away: int = 0
    last: str = ""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.number)

    async def lives(self, operations: int) -> None:
        """Do so many operations, one after the other; now and then two at once."""
        while self.operations < operations:
            if self.chance.random() < 0.08:
                await self._two_at_once()
            else:
                words = self._words()
                self._take(words, await self._say(words), in_hand=self.last)

    async def _two_at_once(self) -> None:
        words, before = [self._words(), self._words()], self.last
        replies = await asyncio.gather(*(self._say(each, web) for web, each in enumerate(words)))
        for reply in replies:
            self.ledger.hear(self.openid, *reply, in_hand=confirming(before))
        self._take("我的", await self._say("我的"), in_hand="")

    def _take(self, words: str, reply: tuple[str, Spell], in_hand: str) -> None:
        text, spell = reply
        self.ledger.hear(self.openid, text, spell, confirming(in_hand))
        if words == "我的":
            self.ledger.listed(self.openid, text)
        self.last = text

    def _words(self) -> str:
        if self._is_asked() and self.chance.random() < 0.75:
            return self.chance.choices(("1", "2", "3", "换", "返回"), (12, 2, 2, 2, 1))[0]
        has_many = len(self.ledger.held_by(self.openid)) > 3
        return self.chance.choices(("预约", "取消", "我的", "热线", "随便说说"), (8, 12 if has_many else 4, 4, 1, 1))[0]

    def _is_asked(self) -> bool:
        return any(line.startswith("1 ") for line in self.last.splitlines())

    async def _say(self, words: str, web: int | None = None) -> tuple[str, Spell]:
        letter, sent = self.poster.text(self.openid, words), time.monotonic()
        answer = await self._bring(letter, self.number % len(self.poster.city.webs) if web is None else web)
        self.operations += 1
        return answer.words, Spell(sent, time.monotonic())

    async def _bring(self, letter: Letter, web: int) -> Answer:
        for _ in range(TRIES):  # as the platform does
            answer = await self.poster.bring(letter, web)
            if answer.status != BUSY:
                return answer
            self.turned_away += 1
        raise AssertionError("nobody answered")


def confirming(question: str) -> Hour | None:
    """The hour that a question asks to confirm."""
    return next(hours_in(question), None) if "确认预约" in question else None
