"""What a person does so that each write of a turn comes up: first what leads to it, then the message itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.stories.cries import CRY, LEFT_PHONE
from tests.stories.kills.steps import (
    ASKED,
    ASKED_AGAIN,
    ASKED_FOR_A_CALL,
    BOOKED,
    CANCELLED,
    COMMITTED,
    CRIED_AGAIN,
    ENTERED,
    HEARD_TOO_SOON,
    KEPT,
    MET,
    MOVED,
    NUMBERED,
    RAISED,
    SAID,
    SPOKEN,
    Write,
)
from tests.stories.kills.town import Town
from tests.stories.story import Person

Deed = Callable[[Town, Person], Awaitable[object]]
CALLS_BACK = "只写数字"  # stands in what asks for the number, and in nothing else that 请回电 is answered
_OFFERS = 12  # more would be a dialogue that leads nowhere


@dataclass(frozen=True, slots=True)
class Turn:
    """What leads to the message, and the message."""

    before: Deed
    itself: Deed


async def nothing(town: Town, person: Person) -> None:
    """Nothing leads to it."""


async def says_hello(town: Town, person: Person) -> str:
    """Write what is only answered."""
    return await town.writes(person, "你好")


async def is_followed_by_a_friend(town: Town, person: Person) -> None:
    """Somebody new follows."""
    await town.newcomers(1)


async def leaves(town: Town, person: Person) -> None:
    """Leave the account."""
    await town.leaves(person)


async def asks_for_an_hour(town: Town, person: Person) -> str:
    """Open the dialogue."""
    return await town.writes(person, "预约")


async def says_one(town: Town, person: Person) -> str:
    """Take the first offer."""
    return await town.writes(person, "1")


async def comes_to_the_last_question(town: Town, person: Person) -> None:
    """Open the dialogue and take the first offer up to the last question."""
    await town.writes(person, "预约")
    await takes_the_first_until(town, person, "1 确认预约")


async def is_about_to_cancel(town: Town, person: Person) -> None:
    """Book an hour, and ask to cancel it."""
    await town.writes(person, "预约")
    await takes_the_first_until(town, person, "已预约")
    await town.writes(person, "取消")


async def takes_the_first_until(town: Town, person: Person, words: str) -> None:
    """Take the first offer, and again when an hour was just taken, until the answer holds these words."""
    for _ in range(_OFFERS):
        if words in await town.writes(person, "1"):
            return
    raise AssertionError(f"no answer held {words}")


async def asks_for_today(town: Town, person: Person) -> str:
    """Ask for the article of the day, after which the line of the day is sent."""
    return await town.writes(person, "今日")


async def hears_of_a_mass_send(town: Town, person: Person) -> None:
    """Be the one through whom the platform tells of a mass send that nobody here knows yet."""
    await town.hears_of_a_mass_send(person)


async def cries(town: Town, person: Person) -> str:
    """Write what duty staff must hear of."""
    town.ledger.cries[person.openid] += 1
    return await town.writes(person, CRY)


async def asks_to_be_called(town: Town, person: Person) -> None:
    """Cry, and ask to be called back."""
    await cries(town, person)
    for _ in range(_OFFERS):  # a web process that was just started does not know yet who keeps the duty
        if CALLS_BACK in await town.writes(person, "请回电"):
            return
    raise AssertionError("nobody offered to call back")


async def leaves_a_number(town: Town, person: Person) -> str:
    """Leave a number."""
    town.ledger.numbers_left[person.openid] += 1
    return await town.writes(person, LEFT_PHONE)


async def speaks(town: Town, person: Person) -> None:
    """Speak; nobody here hears the words."""
    await town.speaks(person)


TURNS: dict[Write, Turn] = {
    KEPT: Turn(nothing, says_hello),
    MET: Turn(nothing, is_followed_by_a_friend),
    MOVED: Turn(nothing, leaves),
    ASKED: Turn(nothing, asks_for_an_hour),
    ASKED_AGAIN: Turn(asks_for_an_hour, says_one),
    BOOKED: Turn(comes_to_the_last_question, says_one),
    CANCELLED: Turn(is_about_to_cancel, says_one),
    SAID: Turn(nothing, asks_for_today),
    HEARD_TOO_SOON: Turn(nothing, hears_of_a_mass_send),
    NUMBERED: Turn(nothing, cries),
    RAISED: Turn(nothing, cries),
    CRIED_AGAIN: Turn(cries, cries),
    ENTERED: Turn(nothing, cries),
    ASKED_FOR_A_CALL: Turn(asks_to_be_called, leaves_a_number),
    SPOKEN: Turn(nothing, speaks),
    COMMITTED: Turn(comes_to_the_last_question, says_one),
}
