"""What people have answered when the mini-program asked to send them notices (fact sheet §7.3)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

ANSWERS = ("accept", "reject", "ban")


@dataclass(slots=True)
class Permission:
    """One person's last answer for one template, how often each was given, and the messages that may be sent.

    Every accept allows one message, without an end in time, and they add up. A later reject or ban takes nothing
    away from `left`: whether it may be spent then is for the sending to say, which reads `answer` as well.
    """

    answer: str
    left: int = 0
    accept: int = 0
    reject: int = 0
    ban: int = 0

    def give(self, answer: str) -> None:
        """Takes one answer down."""
        self.answer = answer
        setattr(self, answer, getattr(self, answer) + 1)
        self.left += answer == "accept"


class Permissions:
    """All answers, by person (openid at the official account) and template."""

    def __init__(self) -> None:
        self._by_person: dict[str, dict[str, Permission]] = {}

    def give(self, openid: str, template: str, answer: str) -> None:
        """Takes down what a person answered: one of `ANSWERS`."""
        self._by_person.setdefault(openid, {}).setdefault(template, Permission(answer)).give(answer)

    def shape(self, openid: str) -> list[dict[str, Any]]:
        """What one person has answered, in the order in which the templates were first asked for."""
        own = self._by_person.get(openid, {})
        return [{"template": template, **asdict(each)} for template, each in own.items()]

    def clear(self) -> None:
        """Nobody was ever asked."""
        self._by_person.clear()

    def plain(self) -> dict[str, Any]:
        """All answers."""
        people = self._by_person.items()
        return {openid: {name: asdict(each) for name, each in own.items()} for openid, own in people}

    def revive(self, record: dict[str, Any]) -> None:
        """Takes the answers of an earlier life."""
        people = record.items()
        self._by_person = {who: {name: Permission(**each) for name, each in own.items()} for who, own in people}
