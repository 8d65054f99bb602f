"""Care's `Channels`: the group, the telephone and the chat, each with one plain yes or no."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from server import logs, metrics
from server.alerts.http import Mailbox
from server.alerts.sms import Sms
from server.alerts.webhook import Webhook, kind_of
from server.domain.post.faults import Fault

CONNECTIONS = 20

log = logs.logger(__name__)

Chat = Callable[[str, str], Awaitable[bool]]
"""Says a text to an openid in the customer-service window and returns whether the platform took it."""


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where alerts go, as the operator has decided; an empty address is a channel that is not there."""

    webhook: str = field(default="", repr=False)
    webhook_kind: str = "auto"
    sms: str = field(default="", repr=False)
    sms_token: str = field(default="", repr=False)


class DutyChannels:
    """The channels of one union; none of them ever raises, so that the next one is tried."""

    def __init__(self, group: Webhook | None, phone: Sms | None, chat: Chat) -> None:
        """Speak by these; None is a channel that is not configured."""
        self._group = group
        self._phone = phone
        self._chat = chat

    async def to_group(self, text: str) -> bool:
        """Return whether the duty group's robot took it."""
        return self._group is not None and await self._group.say(text)

    async def to_phone(self, phone: str, text: str) -> bool:
        """Return whether the gateway took it; without a number there is nobody to ring."""
        return self._phone is not None and bool(phone) and await self._phone.send(phone, text)

    async def to_chat(self, openid: str, text: str) -> bool:
        """Return whether the platform took it, which it does only while the duty person's window is open."""
        outcome = "cancelled"
        try:
            outcome = "taken" if await self._chat(openid, text) else "refused"
        except Fault:
            outcome = "refused"
        except Exception:  # whatever it is, the next channel has to be tried
            outcome = "failed"
            log.exception("an alert could not be said in the chat", channel="chat")
        finally:
            metrics.ALERTS.labels("chat", outcome).inc()
        return outcome == "taken"

    def has(self) -> frozenset[str]:
        """Return which of "group" and "phone" are configured."""
        there = {"group": self._group, "phone": self._phone}
        return frozenset(name for name, channel in there.items() if channel is not None)


@asynccontextmanager
async def open_channels(outlets: Outlets, chat: Chat) -> AsyncIterator[DutyChannels]:
    """Open the channels with a session of their own, closed at the end."""
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        mailbox = Mailbox(session)
        kind = kind_of(outlets.webhook, outlets.webhook_kind)
        yield DutyChannels(
            Webhook(mailbox, outlets.webhook, kind) if outlets.webhook else None,
            Sms(mailbox, outlets.sms, outlets.sms_token) if outlets.sms else None,
            chat,
        )
