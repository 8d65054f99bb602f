"""The robot of a duty group, 企业微信 or 钉钉: one text to everybody in the group."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from server.alerts.http import Letter, Mailbox, errcode
from server.alerts.pace import Pace

NAME: Final = "心驿"  # a 钉钉 robot takes only texts that hold the keyword of its settings


class Kind(StrEnum):
    """Whose robot it is; both take the same form and say errcode 0 when they took it."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"


HOSTS: Final = {"qyapi.weixin.qq.com": Kind.WECOM, "oapi.dingtalk.com": Kind.DINGTALK}
MOST_BYTES: Final = {Kind.WECOM: 2048, Kind.DINGTALK: 20_000}  # of one text, by the makers' own pages


def kind_of(url: str, chosen: str = "auto") -> Kind:
    """Return the kind that was chosen, with `auto` that of the address; an unknown one has the narrower limits."""
    return HOSTS.get(urlsplit(url).hostname or "", Kind.WECOM) if chosen == "auto" else Kind(chosen)


def gathered(texts: Sequence[str], most: int) -> tuple[int, str]:
    """Return how many of these texts, from the first on, one message of so many bytes holds, and that message."""
    message = _message(texts[:1])
    for count in range(2, len(texts) + 1):
        longer = _message(texts[:count])
        if len(longer.encode()) > most:
            return count - 1, message
        message = longer
    return len(texts), message.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")


@dataclass(eq=False, slots=True)
class _Waiting:
    """A text and, once it was carried, whether the group took it."""

    text: str
    taken: bool | None = None


class Webhook:
    """One robot; what it may not say at once it says in one message as soon as it may speak again."""

    def __init__(self, mailbox: Mailbox, url: str, kind: Kind, pace: Pace | None = None) -> None:
        """Post by this mailbox, at the robots' common pace if no other is given."""
        self._mailbox = mailbox
        self._url = url
        self._most = MOST_BYTES[kind]
        self._pace = pace or Pace()
        self._speaking = asyncio.Lock()
        self._waiting: list[_Waiting] = []

    async def say(self, text: str) -> bool:
        """Return whether the group took the text, alone or gathered with others; never raises."""
        mine = _Waiting(text)
        self._waiting.append(mine)
        try:
            async with self._speaking:
                while mine.taken is None:
                    await self._carry()
        finally:
            if mine in self._waiting:
                self._waiting.remove(mine)  # whoever asked no longer waits
        return bool(mine.taken)

    async def _carry(self) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._pace.wait(loop.time()))
        count, message = gathered([each.text for each in self._waiting], self._most)
        carried = self._waiting[:count]
        letter = Letter(self._url, {"msgtype": "text", "text": {"content": message}})
        taken = await self._mailbox.post("group", letter, errcode)
        for each in carried:
            each.taken = taken
        self._waiting = [each for each in self._waiting if each.taken is None]


def _message(texts: Sequence[str]) -> str:
    different = list(dict.fromkeys(texts))
    if len(different) > 1:
        return "\n".join([f"{NAME}：{len(different)} 条提醒", *different])
    return different[0] if different[0].startswith(NAME) else f"{NAME}：{different[0]}"
