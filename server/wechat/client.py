"""The one face towards WeChat: every call goes through here, with a token that is renewed once and no more."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from wechatpy.client.api import WeChatMaterial, WeChatMedia, WeChatMenu, WeChatMessage

from server import logs
from server.domain.clock import Clock
from server.domain.post.faults import Declined, Unclear
from server.wechat import faults
from server.wechat.calls import Effect, manner
from server.wechat.groups import Drafts, Mass
from server.wechat.token import Access, Tokens, TokenStore
from server.wechat.wire import Answer, Call, File, Upload, Wire

HOME = "/cgi-bin/"
PLATFORM = "https://api.weixin.qq.com"
CONNECTIONS = 100
MARKER = "put in by the wire"  # stands for the token where wechatpy reads it too early; the real one replaces it

_WRITE = json.JSONEncoder(ensure_ascii=False).encode

log = logs.logger(__name__)


class Client:
    """What wechatpy's API groups take for their client; their methods become awaitable and raise our faults."""

    def __init__(self, wire: Wire, tokens: Tokens) -> None:
        """Speak over this wire with these tokens."""
        self._wire = wire
        self._tokens = tokens
        self.access_token = MARKER
        self.menu = WeChatMenu(self)
        self.material = WeChatMaterial(self)
        self.media = WeChatMedia(self)
        self.message = WeChatMessage(self)
        self.drafts = Drafts(self)
        self.mass = Mass(self)

    async def sign_in(self) -> None:
        """Return once there is a token to call with; raises the `domain.post.faults.Fault` that keeps us from it."""
        await self._tokens.current()

    def get(self, url: str, **asked: Any) -> Awaitable[Any]:  # noqa: ANN401  wechatpy's own way of asking
        """Return the fields of a GET, once awaited; raises a `domain.post.faults.Fault`."""
        return self._request("GET", url, asked)

    def post(self, url: str, **asked: Any) -> Awaitable[Any]:  # noqa: ANN401  wechatpy's own way of asking
        """Return the fields of a POST, once awaited; raises a `domain.post.faults.Fault`."""
        return self._request("POST", url, asked)

    async def call(self, call: Call) -> dict[str, Any]:
        """Make one call with the account's token and return its fields; raises a `domain.post.faults.Fault`."""
        return (await self._answer(call)).fields

    async def fetch(self, call: Call) -> File:
        """Make one call that is answered by a file; raises a `domain.post.faults.Fault`, `Declined` for want of one."""
        file = (await self._answer(call)).file
        if file is None:
            raise Declined(note="the answer is no file")
        return file

    async def _answer(self, call: Call) -> Answer:
        token = await self._tokens.current()
        answer = await self._wire.ask(call, token)
        if answer.code in faults.STALE_TOKENS:
            answer = await self._wire.ask(call, await self._tokens.renew(token))
            if answer.code in faults.STALE_TOKENS:
                log.error("a renewed token was refused", path=call.path, code=answer.code, rid=answer.rid)
        if answer.code:
            raise _fault(call, answer)
        return answer

    async def _request(self, method: str, url: str, asked: dict[str, Any]) -> Any:  # noqa: ANN401  whatever the call gives
        fields = await self.call(_call(method, url, asked))
        process: Callable[[Any], Any] | None = asked.get("result_processor")
        if process is None:
            return fields
        try:
            return process(fields)
        except (KeyError, TypeError):
            raise Unclear(note="the answer lacks what it must hold") from None


@asynccontextmanager
async def open_client(
    access: Access, store: TokenStore, clock: Clock, jitter: Callable[[], float]
) -> AsyncIterator[Client]:
    """Open a client with a session of its own, closed at the end; `jitter` gives numbers in [0, 1)."""
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        wire = Wire(session, access.base, jitter)
        yield Client(wire, Tokens(wire, access, store, clock))


def _fault(call: Call, answer: Answer) -> Exception:
    reaches = manner(call.method, call.path).effect is Effect.REACHES
    if reaches and answer.code in faults.UNCERTAIN:
        return Unclear(answer.code, answer.rid)
    return faults.fault(answer.code, answer.rid, str(answer.fields.get("msg_id", "")))


def _call(method: str, url: str, asked: Mapping[str, Any]) -> Call:
    query = {name: str(value) for name, value in (asked.get("params") or {}).items()}
    return Call(method, _path(url, asked.get("api_base_url") or HOME), query, _body(asked))


def _path(url: str, home: str) -> str:
    whole = url if url.startswith(("http://", "https://")) else home + url
    if whole.startswith("/"):
        return whole
    if not whole.startswith(PLATFORM + "/"):
        raise ValueError(f"{urlsplit(whole).netloc} is not the platform's API")
    return whole.removeprefix(PLATFORM)


def _body(asked: Mapping[str, Any]) -> bytes | Upload:
    files = asked.get("files")
    if files:
        return Upload(*files["media"])
    data = asked.get("data")
    if data is None:
        return b""
    if isinstance(data, bytes):
        return data
    # Raw UTF-8, never \u escapes: the platform refuses those in menus (40033).
    return (data if isinstance(data, str) else _WRITE(data)).encode("utf-8", "replace")
