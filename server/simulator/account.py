"""The official account as its owner has set it up: kind, verification, whitelist, quotas, protection, push."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from .settings import KINDS, MODES, Settings

GUARDS = ("off", "wait", "error")


class BadAccount(ValueError):
    """A field of the account was given a value it cannot have."""


@dataclass(slots=True)
class Account:
    """What the owner can switch.

    `guard` is 群发保护: `wait` holds a send to all until the administrator answers (30 minutes at most), `error`
    answers the call itself with 89504. `deliveries` is how often a callback is sent in all (the platform's words
    leave 3 or 4 open). Seconds are real ones: `answer_seconds` the platform's patience, `retry_seconds` its pause
    after a broken answer, `finish_seconds` what a mass send takes. `recognition` puts the words into voice messages;
    it is off, for the platform is taking it back. `quota` is path → calls a day, or {"day", "minute"}.
    """

    kind: str = "subscription"
    mode: str = "safe"
    verified: bool = True
    name: str = "心驿"
    original: str = "gh_5a1c0ffee001"
    administrator: str = "oAdministratorOfTheAccount01"
    comments: bool = False
    recognition: bool = False
    ips: list[str] = field(default_factory=list)
    quota: dict[str, Any] = field(default_factory=dict)
    guard: str = "off"
    deliveries: int = 3
    answer_seconds: float = 5.0
    retry_seconds: float = 1.0
    finish_seconds: float = 1.0
    menu: dict[str, Any] | None = None
    menu_id: int = 0

    @classmethod
    def of(cls, settings: Settings) -> Account:
        """The account as the variables describe it."""
        return cls(kind=settings.kind, mode=settings.mode)

    def begin_anew(self, settings: Settings) -> None:
        """As the variables describe it again, for all who hold this account."""
        for name, value in Account.of(settings).plain().items():
            setattr(self, name, value)

    def change(self, wishes: dict[str, Any]) -> None:
        """Sets what is named; `BadAccount` when anything is unknown or wrong, and then nothing is changed."""
        checked = {name: _checked(name, value) for name, value in wishes.items()}
        for name, value in checked.items():
            setattr(self, name, value)

    def plain(self) -> dict[str, Any]:
        """Every field by its name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


def _checked(name: str, value: object) -> object:
    if name == "guard":
        value = {True: "wait", False: "off"}.get(value, value) if isinstance(value, bool) else value
    test = CHECKS.get(name)
    if test is None:
        raise BadAccount(f"{name} is not a field one can set; there are {', '.join(CHECKS)}")
    if not test(value):
        raise BadAccount(f"{name} cannot be {value!r}")
    return value


def _is_number(value: object, low: float, high: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high


def _is_quota(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    limits = [n for each in value.values() for n in (each.values() if isinstance(each, dict) else [each])]
    names = {name for each in value.values() if isinstance(each, dict) for name in each}
    return names <= {"day", "minute"} and all(isinstance(n, int) and n >= 0 for n in limits)


CHECKS: dict[str, Callable[[object], bool]] = {
    "kind": lambda value: value in KINDS,
    "mode": lambda value: value in MODES,
    "verified": lambda value: isinstance(value, bool),
    "comments": lambda value: isinstance(value, bool),
    "recognition": lambda value: isinstance(value, bool),
    "name": lambda value: isinstance(value, str) and 0 < len(value) <= 30,
    "ips": lambda value: isinstance(value, list) and all(isinstance(each, str) for each in value),
    "quota": _is_quota,
    "guard": lambda value: value in GUARDS,
    "deliveries": lambda value: value in (1, 2, 3, 4),
    "answer_seconds": lambda value: _is_number(value, 0.05, 60),
    "retry_seconds": lambda value: _is_number(value, 0, 60),
    "finish_seconds": lambda value: _is_number(value, 0, 3600),
}
