"""The wire to WeChat: one call out, one judged answer back; timed, counted and logged by ids alone."""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

import aiohttp

from server import logs, metrics
from server.domain.post.faults import Busy, Declined, Fault, Unclear
from server.wechat.calls import Effect, Manner, manner
from server.wechat.faults import MOMENTARY

ATTEMPTS = 3  # of what may be asked again
FIRST_PAUSE = 0.3  # seconds, doubled each time and spread by half
CONNECT = 3.0  # seconds to reach the platform at all
NEXT_TRY = 10.0  # seconds until a call that had no effect may be made again

_JSON = {"Content-Type": "application/json; charset=utf-8"}
_READ = json.JSONDecoder(strict=False).decode  # the platform lets line breaks stand inside strings
_RID = re.compile(r"rid: ?([0-9a-zA-Z-]{8,60})")

log = logs.logger(__name__)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to upload, held whole so that every attempt sends all of it."""

    name: str
    data: bytes = field(repr=False)
    type: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that the platform hands out, whole."""

    type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """One call: a path of the platform, its query without the token, and a body of JSON or a file."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | Upload = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform answered; `code` 0 is success, `rid` is what its support asks for."""

    code: int
    rid: str
    fields: dict[str, Any] = field(repr=False)
    file: File | None = None  # instead of fields, where a file was asked for and is there


class _Fate(Enum):
    """What can have become of a call that was not answered."""

    UNKNOWN = auto()
    NOT_DONE = auto()
    REFUSED = auto()


class _NoAnswer(Exception):
    """Nothing came back that the platform's API could have written."""

    def __init__(self, label: str, fate: _Fate = _Fate.UNKNOWN) -> None:
        super().__init__(label)
        self.label = label
        self.fate = fate

    def fault(self, effect: Effect) -> Fault:
        """Return what this is to the caller: a call that only reads has done nothing, whatever became of it."""
        if self.fate is _Fate.REFUSED:
            return Declined(note=self.label)
        if self.fate is _Fate.NOT_DONE or effect is Effect.READS:
            return Busy(note=self.label, seconds=NEXT_TRY)
        return Unclear(note=self.label)


class Wire:
    """One session to one base address."""

    def __init__(self, session: aiohttp.ClientSession, base: str, jitter: Callable[[], float]) -> None:
        """Use a session that somebody else opens and closes; `jitter` gives numbers in [0, 1)."""
        self._session = session
        self._base = base.rstrip("/")
        self._jitter = jitter

    async def ask(self, call: Call, token: str = "") -> Answer:
        """Make the call and return the answer, whatever its code.

        What leaves no trace, or the same trace, is asked again after a pause while the platform does not answer or
        is busy for a moment. Raises Busy if nothing was done, Unclear if nobody knows, Declined for an HTTP 4xx.
        """
        kind = manner(call.method, call.path)
        attempts = ATTEMPTS if kind.effect in (Effect.READS, Effect.RESTATES) else 1
        attempt = 0
        while True:
            attempt += 1
            try:
                answer = await self._exchange(call, token, kind)
                if answer.code not in MOMENTARY or attempt == attempts:
                    return answer
            except _NoAnswer as nothing:
                if nothing.fate is _Fate.REFUSED or attempt == attempts:
                    raise nothing.fault(kind.effect) from None
            await asyncio.sleep(FIRST_PAUSE * 2 ** (attempt - 1) * (0.5 + self._jitter()))

    async def _exchange(self, call: Call, token: str, kind: Manner) -> Answer:
        begun = asyncio.get_running_loop().time()
        outcome, rid = "cancelled", ""
        try:
            answer = _judged(*await self._post(call, token, kind))
            outcome, rid = str(answer.code), answer.rid
        except _NoAnswer as nothing:
            outcome = nothing.label
            raise
        else:
            return answer
        finally:
            seconds = asyncio.get_running_loop().time() - begun
            metrics.WECHAT_CALLS.labels(call.path, outcome).inc()
            metrics.WECHAT_SECONDS.labels(call.path).observe(seconds)
            tell = log.info if outcome == "0" else log.warning
            tell("called WeChat", path=call.path, code=outcome, rid=rid, ms=round(seconds * 1000))

    async def _post(self, call: Call, token: str, kind: Manner) -> tuple[int, bytes, str]:
        query = {**call.query, "access_token": token} if token else call.query
        try:
            async with self._session.request(
                call.method,
                self._base + call.path,
                params=query,
                data=_form(call.body) if isinstance(call.body, Upload) else call.body or None,
                headers=None if isinstance(call.body, Upload) else _JSON,
                timeout=aiohttp.ClientTimeout(total=kind.seconds, sock_connect=CONNECT),
                allow_redirects=False,
            ) as response:
                if not kind.file:
                    return response.status, await response.read(), ""
                return response.status, await _read_within(kind.file, response), response.content_type
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise _NoAnswer("unreachable", _Fate.NOT_DONE) from None
        except TimeoutError:
            raise _NoAnswer("timeout") from None
        except (aiohttp.ClientError, OSError):
            # The exception knows the address and with it the token: nobody else may see it.
            raise _NoAnswer("cut") from None


def _form(upload: Upload) -> aiohttp.FormData:
    # A form can be sent once only: each attempt gets a new one.
    form = aiohttp.FormData()
    form.add_field("media", upload.data, filename=upload.name, content_type=upload.type)
    return form


async def _read_within(most: int, response: aiohttp.ClientResponse) -> bytes:
    data = bytearray()
    async for piece in response.content.iter_any():
        data += piece
        if len(data) > most:
            raise _NoAnswer("too large", _Fate.REFUSED)
    return bytes(data)


def _judged(status: int, raw: bytes, file_type: str) -> Answer:
    if status in (408, 429):
        raise _NoAnswer(f"http{status}", _Fate.NOT_DONE)
    if status != 200:
        raise _NoAnswer(f"http{status}", _Fate.UNKNOWN if status >= 500 else _Fate.REFUSED)
    if file_type and not _is_said(file_type, raw):
        return Answer(0, "", {}, File(file_type, raw))
    try:
        fields = _READ(raw.decode("utf-8", "replace"))
        code = int(fields.get("errcode") or 0)
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        raise _NoAnswer("garbled") from None
    rid = _RID.search(str(fields.get("errmsg", "")))
    return Answer(code, rid.group(1) if rid else "", fields)


def _is_said(file_type: str, raw: bytes) -> bool:
    """Whether words came where a file was asked for: an error is told in JSON, whatever type it is given."""
    return file_type.startswith("text/") or file_type.endswith("json") or raw.lstrip()[:1] in (b"", b"{")
