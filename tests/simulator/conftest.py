"""A stand-in on a free port, and a small account server behind it that answers what a test tells it to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.simple_httpclient import HTTPStreamClosedError, SimpleAsyncHTTPClient
from tornado.web import Application, RequestHandler

from server.simulator.app import Simulator
from server.simulator.clock import iso
from server.simulator.crypto import Sealer, signature
from server.simulator.envelope import parse, xml
from server.simulator.settings import Settings

Answer = Callable[[dict[str, Any]], Awaitable[str | bytes]]


@dataclass
class Got:
    query: dict[str, str]
    body: str
    fields: dict[str, Any]


class Account:
    """The account's server: keeps what it gets, answers by `answer`, seals what the request wants sealed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.sealer = Sealer(settings.aes_key, settings.appid)
        self.got: list[Got] = []
        self.answer: Answer = self.silence
        self.status = 200
        self.seals = True
        self.spoils: dict[str, str] = {}
        self.due = 0
        self.now: Callable[[], float] = lambda: 0.0
        self.sockets = bind_sockets(0, "127.0.0.1")
        self.server = HTTPServer(
            Application(
                [(r"/wechat", Callback, {"account": self}), (r"/health/ready", Ready, {"account": self})],
                log_function=lambda _: None,
            )
        )
        self.server.add_sockets(self.sockets)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.sockets[0].getsockname()[1]}"

    async def silence(self, fields: dict[str, Any]) -> str:
        return "success"

    def says(self, content: str = "好", **changes: Any) -> None:
        """From now on every message is answered by this text, or by a reply with other nodes."""

        async def answer(fields: dict[str, Any]) -> str:
            return text_reply(fields, **{"Content": content, **changes})

        self.answer = answer

    def says_raw(self, body: str | bytes) -> None:
        """From now on every message is answered by this body, sealed where that is asked for."""

        async def answer(fields: dict[str, Any]) -> str | bytes:
            return body

        self.answer = answer

    def open(self, query: dict[str, str], body: bytes) -> dict[str, Any]:
        fields = parse(body)
        if "encrypt_type" not in query:
            return fields
        sealed = fields["Encrypt"]
        token = self.settings.token
        assert query["msg_signature"] == signature(token, query["timestamp"], query["nonce"], sealed)
        return parse(self.sealer.open(sealed))

    def seal(self, query: dict[str, str], clear: str) -> str:
        sealed, stamp = self.sealer.seal(clear.encode()), query["timestamp"]
        nodes = {
            "Encrypt": sealed,
            "MsgSignature": signature(self.settings.token, stamp, query["nonce"], sealed),
            "TimeStamp": int(stamp),
            "Nonce": query["nonce"],
        }
        return xml({**nodes, **self.spoils})


def text_reply(fields: dict[str, Any], **changes: Any) -> str:
    return xml(
        {
            "ToUserName": fields["FromUserName"],
            "FromUserName": fields["ToUserName"],
            "CreateTime": int(fields["CreateTime"]),
            "MsgType": "text",
            **changes,
        }
    )


class Callback(RequestHandler):
    def initialize(self, account: Account) -> None:
        self.account = account

    async def post(self) -> None:
        query = {name: values[0].decode() for name, values in self.request.query_arguments.items()}
        token = self.account.settings.token
        assert query["signature"] == signature(token, query["timestamp"], query["nonce"])
        fields = self.account.open(query, self.request.body)
        self.account.got.append(Got(query, self.request.body.decode(), fields))
        answer = await self.account.answer(fields)
        self.set_status(self.account.status)
        if isinstance(answer, str) and answer not in ("", "success") and "encrypt_type" in query and self.account.seals:
            answer = self.account.seal(query, answer)
        self.finish(answer)


class Ready(RequestHandler):
    def initialize(self, account: Account) -> None:
        self.account = account

    def get(self) -> None:
        self.finish({"now": iso(self.account.now()), "due": self.account.due})


@dataclass
class Stage:
    """The two together, and the calls a test makes."""

    simulator: Simulator
    account: Account
    client: AsyncHTTPClient = field(default_factory=lambda: SimpleAsyncHTTPClient(force_instance=True, max_clients=64))
    token: str = ""

    @property
    def world(self) -> Any:
        return self.simulator.world

    async def fetch(self, path: str, body: Any = None, method: str = "", **more: Any) -> HTTPResponse:
        data = body if isinstance(body, (bytes, str, type(None))) else json.dumps(body, ensure_ascii=False)
        method = method or ("GET" if data is None else "POST")
        request = HTTPRequest(self.simulator.address + path, method=method, body=data, request_timeout=40, **more)
        try:
            return await self.client.fetch(request, raise_error=False)
        except HTTPStreamClosedError:
            return HTTPResponse(request, 599)

    async def control(self, path: str, body: Any = None, method: str = "", status: int = 200) -> Any:
        response = await self.fetch(f"/simulator/{path}", body, method)
        assert response.code == status, response.body
        return json.loads(response.body)

    async def call(self, path: str, body: Any = None, method: str = "", query: str = "", **more: Any) -> Any:
        """A call of the interface with a good token; the parsed answer."""
        if not self.token:
            self.token = await self.fresh_token()
        response = await self.fetch(f"/cgi-bin/{path}?access_token={self.token}&{query}", body, method, **more)
        assert response.code == 200
        return json.loads(response.body)

    async def code(self, path: str, body: Any = None, method: str = "", query: str = "", **more: Any) -> int:
        answer = await self.call(path, body, method, query, **more)
        code = answer.get("errcode", 0)
        assert code == 0 or " rid: " in answer["errmsg"]
        return code

    async def fresh_token(self, **more: Any) -> str:
        return (await self.stable(**more))["access_token"]

    async def stable(self, **more: Any) -> Any:
        settings = self.account.settings
        wishes = {"grant_type": "client_credential", "appid": settings.appid, "secret": settings.secret, **more}
        return json.loads((await self.fetch("/cgi-bin/stable_token", wishes)).body)

    async def follower(self, openid: str = "", **wishes: Any) -> str:
        named = {"openid": openid} if openid else {"count": 1}
        return (await self.control("followers", {**named, "quiet": True, **wishes}))["openids"][0]

    async def write(self, openid: str, content: str = "你好", **more: Any) -> Any:
        return await self.control(f"followers/{openid}/messages", {"type": "text", "content": content, **more})

    async def happen(self, openid: str, event: str, **more: Any) -> Any:
        return await self.control(f"followers/{openid}/events", {"event": event, **more})

    async def inbox(self, openid: str) -> list[Any]:
        return (await self.control(f"followers/{openid}/inbox"))["items"]

    async def advance(self, seconds: float) -> None:
        await self.control("clock", {"advance_seconds": seconds})

    async def upload(self, path: str, name: str = "cover.png", data: bytes = b"", query: str = "", **more: Any) -> Any:
        field_name = more.pop("field_name", "media")
        parts = [f'name="{field_name}"; filename="{name}"\r\nContent-Type: image/png'.encode()]
        contents = [data]
        for key, value in more.items():
            parts.append(f'name="{key}"'.encode())
            contents.append(value.encode())
        body = b"".join(
            b"--line\r\nContent-Disposition: form-data; " + part + b"\r\n\r\n" + content + b"\r\n"
            for part, content in zip(parts, contents, strict=True)
        )
        headers = {"Content-Type": "multipart/form-data; boundary=line"}
        return await self.call(path, body + b"--line--\r\n", query=query, headers=headers)

    async def cover(self) -> str:
        return (await self.upload("material/add_material", data=PNG, query="type=image"))["media_id"]

    async def draft(self, **changes: Any) -> str:
        return (await self.call("draft/add", {"articles": [await self.article(**changes)]}))["media_id"]

    async def article(self, **changes: Any) -> dict[str, Any]:
        fields = {"title": "睡不着的夜里", "content": "<p>先把灯关掉。</p>", "author": "心驿"}
        return {**fields, "thumb_media_id": await self.cover(), **changes}

    async def calm(self) -> None:
        """Waits until nothing is under way at the platform."""
        for _ in range(500):
            if self.world.errands.are_done:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("the platform does not come to rest")


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
def settings() -> Settings:
    return Settings(port=0)


@pytest.fixture
async def stage(settings: Settings) -> AsyncIterator[Stage]:
    account = Account(settings)
    simulator = Simulator(replace(settings, service=account.address))
    account.now = simulator.world.clock.seconds
    simulator.world.account.change({"retry_seconds": 0, "finish_seconds": 0.05, "answer_seconds": 0.5})
    stage = Stage(simulator, account)
    yield stage
    stage.client.close()
    await simulator.stop()
    account.server.stop()
    await account.server.close_all_connections()
