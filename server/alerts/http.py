"""One alert out over HTTP, one judged answer back: bounded in time, counted, and logged without what it holds."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from server import logs, metrics

SECONDS = 5.0  # bound one alert by one channel, its repeat included
CONNECT = 2.0  # seconds to reach the other side at all, so that the repeat has time left
ATTEMPTS = 2  # an alert comes at least once: twice does less harm than not at all
MOST = 64 * 1024  # bytes of an answer that are looked at

_JSON = {"Content-Type": "application/json; charset=utf-8"}
_WRITE = json.JSONEncoder(ensure_ascii=False).encode

log = logs.logger(__name__)

Judge = Callable[[bytes], int | None]
"""Returns the code that an answer holds: 0 if the alert was taken, None if the answer says nothing."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is posted and where; its address may hold a key, its fields a telephone number."""

    url: str = field(repr=False)
    fields: Mapping[str, Any] = field(repr=False)
    token: str = field(default="", repr=False)


class _NoAnswer(Exception):
    """The connection failed; what failed in it knows the address and is not told."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label


class Mailbox:
    """Posts letters through one session."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        """Use a session that somebody else opens and closes."""
        self._session = session

    async def post(self, channel: str, letter: Letter, judge: Judge) -> bool:
        """Return whether the other side took it, after five seconds at most; repeats once when the connection fails."""
        begun = asyncio.get_running_loop().time()
        outcome, code = "cancelled", None
        try:
            async with asyncio.timeout(SECONDS):
                status, raw = await self._carry(letter)
            outcome, code = _judged(status, raw, judge)
        except TimeoutError:
            outcome = "timeout"
        except _NoAnswer as nothing:
            outcome = nothing.label
        finally:
            metrics.ALERTS.labels(channel, outcome).inc()
            tell = log.info if outcome == "taken" else log.warning
            seconds = asyncio.get_running_loop().time() - begun
            tell("sent an alert", channel=channel, outcome=outcome, code=code, ms=round(seconds * 1000))
        return outcome == "taken"

    async def _carry(self, letter: Letter) -> tuple[int, bytes]:
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._exchange(letter)
            except _NoAnswer:
                continue
        return await self._exchange(letter)

    async def _exchange(self, letter: Letter) -> tuple[int, bytes]:
        try:
            async with self._session.post(
                letter.url,
                data=_WRITE(letter.fields).encode("utf-8", "replace"),
                headers=_JSON | ({"Authorization": f"Bearer {letter.token}"} if letter.token else {}),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT),
                allow_redirects=False,  # a letter goes to whom it is addressed and to nobody else
            ) as response:
                return response.status, await _beginning(response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise _NoAnswer("unreachable") from None
        except (aiohttp.ClientError, OSError):
            raise _NoAnswer("cut") from None


def errcode(raw: bytes) -> int | None:
    """Return the `errcode` of a JSON answer, None where there is none."""
    try:
        return int(json.loads(raw)["errcode"])
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None


def _judged(status: int, raw: bytes, judge: Judge) -> tuple[str, int | None]:
    if not 200 <= status < 300:
        return f"http{status}", None
    code = judge(raw)
    if code is None:
        return "garbled", None
    return ("refused" if code else "taken"), code


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    data = bytearray()
    async for piece in response.content.iter_any():
        data += piece
        if len(data) > MOST:
            break
    return bytes(data)
