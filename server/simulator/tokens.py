"""Access tokens of both families, which know nothing of each other (fact sheet §2.1)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from . import ids
from .refusal import Refusal

LIFE = 7200
RENEWAL = 300  # A stable token is renewed five minutes before its end; an old plain one lives on as long.
FORCED_GAP = 30
KEPT = 200


@dataclass(slots=True)
class Token:
    """One token: when it ends by itself, and from when a newer one has put it out of use."""

    value: str
    family: str
    expires: float
    superseded: float | None = None


class Tokens:
    """Every token lately given."""

    def __init__(self) -> None:
        self._given: list[Token] = []
        self._forced_at: float | None = None

    def plain_token(self, now: float) -> tuple[str, int]:
        """A new token of `/token`; the one before lives five minutes more."""
        last = self._last("plain")
        if last is not None and last.superseded is None:
            last.superseded = now + RENEWAL
        return self._give("plain", now), LIFE

    def stable_token(self, now: float) -> tuple[str, int]:
        """The token of `/stable_token` with the seconds it still has; a new one in its last five minutes."""
        last = self._last("stable")
        if last is not None and last.superseded is None and now < last.expires - RENEWAL:
            return last.value, int(last.expires - now)
        return self._give("stable", now), LIFE

    def forced_token(self, now: float) -> tuple[str, int]:
        """A new stable token; the old one is dead at once. Twice within 30 seconds is 45011."""
        if self._forced_at is not None and now - self._forced_at < FORCED_GAP:
            raise Refusal(45011)
        self._forced_at = now
        for each in self._given:
            if each.family == "stable":
                each.superseded = now
        return self._give("stable", now), LIFE

    def check(self, value: str, now: float) -> None:
        """Lets a living token pass; 41001 for none, 40014 unknown, 42001 expired, 40001 no longer the newest."""
        if not value:
            raise Refusal(41001)
        token = next((each for each in reversed(self._given) if each.value == value), None)
        if token is None:
            raise Refusal(40014)
        if now >= token.expires:
            raise Refusal(42001)
        if token.superseded is not None and now >= token.superseded:
            raise Refusal(40001)

    def values(self) -> list[str]:
        """All values, so that none is ever written into a log."""
        return [each.value for each in self._given]

    def forget(self) -> None:
        """No token is left."""
        self._given.clear()
        self._forced_at = None

    def _last(self, family: str) -> Token | None:
        return next((each for each in reversed(self._given) if each.family == family), None)

    def _give(self, family: str, now: float) -> str:
        token = Token(ids.access_token(), family, now + LIFE)
        self._given.append(token)
        del self._given[:-KEPT]
        return token.value

    def plain(self) -> dict[str, Any]:
        """All tokens."""
        return {"given": [asdict(each) for each in self._given], "forced_at": self._forced_at}

    def revive(self, record: dict[str, Any]) -> None:
        """Takes the tokens of an earlier life."""
        self._given = [Token(**each) for each in record["given"]]
        self._forced_at = record["forced_at"]
