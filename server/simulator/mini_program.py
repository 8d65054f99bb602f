"""The mini-program beside the official account: its people, codes, tokens and counters, and the notices allowed it."""

from __future__ import annotations

from typing import Any

from . import ids
from .codes import UNKNOWN, Codes
from .permissions import Permissions
from .quotas import Purse, Quotas
from .tokens import Tokens

USED_LOGIN = 40163
LOGINS_A_MINUTE = 100  # By one person; the fact sheet has the number from former times, unverified.


class MiniProgram:
    """The platform's state about it; it has an appid of its own, so tokens and counters of its own (fact sheet §0)."""

    def __init__(self) -> None:
        self.tokens, self.quotas = Tokens(), Quotas()
        self.logins, self.phones = Codes(used=USED_LOGIN), Codes(used=UNKNOWN)
        self.permissions = Permissions()

    def log_in(self, openid: str, now: float) -> str:
        """A js_code, as `wx.login` gives one to this person's client."""
        return self.logins.give(ids.js_code(), openid, now)

    def tap_phone(self, openid: str, now: float) -> str:
        """A code of the button by which this person hands over the phone number."""
        return self.phones.give(ids.phone_code(), openid, now)

    def exchange_login(self, js_code: str, now: float) -> str:
        """Whose login it is; 40029 unknown or expired, 45011 too many in a minute, 40163 used before."""
        code = self.logins.find(js_code, now)
        self.quotas.spend(Purse(f"/sns/jscode2session#{code.openid}", None, LOGINS_A_MINUTE), now)
        self.logins.use(code)
        return code.openid

    def clear(self) -> None:
        """Nobody has ever opened it."""
        self.tokens.forget()
        self.quotas.forget()
        for emptied in (self.logins, self.phones, self.permissions):
            emptied.clear()

    def plain(self) -> dict[str, Any]:
        """Everything that outlives the process."""
        return {name: getattr(self, name).plain() for name in vars(self)}

    def revive(self, record: dict[str, Any]) -> None:
        """Takes the state of an earlier life."""
        for name in vars(self):
            getattr(self, name).revive(record[name])
