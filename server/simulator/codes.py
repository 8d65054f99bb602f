"""Codes that are good once and for five minutes: what a client gets and its server exchanges (fact sheet §8.1)."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import asdict, dataclass
from typing import Any

from .refusal import Refusal

LIFE = 300
UNKNOWN = 40029


@dataclass(slots=True)
class Code:
    """One code: whom it stands for (the openid at the official account), when it ends, and whether it was used."""

    value: str
    openid: str
    expires: float
    is_used: bool = False


class Codes:
    """The codes of one kind that still live; a second use is refused with `used`."""

    def __init__(self, used: int) -> None:
        self._used = used
        self._living: OrderedDict[str, Code] = OrderedDict()

    def give(self, value: str, openid: str, now: float) -> str:
        """Lets a new value stand for that person."""
        self._bury(now)
        self._living[value] = Code(value, openid, now + LIFE)
        return value

    def find(self, value: str, now: float) -> Code:
        """The code of that value, used or not; 40029 when it was never given or has expired."""
        code = self._living.get(value)
        if code is None or now >= code.expires:
            raise Refusal(UNKNOWN)
        return code

    def use(self, code: Code) -> None:
        """Uses a code up; a second time is refused."""
        if code.is_used:
            raise Refusal(self._used)
        code.is_used = True

    def _bury(self, now: float) -> None:
        """Forgets what has expired: the platform says the same of such a code as of one it never gave."""
        while self._living and next(iter(self._living.values())).expires <= now:
            self._living.popitem(last=False)

    def clear(self) -> None:
        """No code is left."""
        self._living.clear()

    def plain(self) -> list[dict[str, Any]]:
        """All codes."""
        return [asdict(each) for each in self._living.values()]

    def revive(self, records: list[dict[str, Any]]) -> None:
        """Takes the codes of an earlier life."""
        self._living = OrderedDict((each["value"], Code(**each)) for each in records)
