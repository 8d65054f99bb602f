"""A tiny service of the tests' own that speaks WeChat's callback in plain mode; it is no part of the house."""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, HTTPError, RequestHandler

TOKEN = "PhoneTests"
GREETING = "欢迎，这里是测试的服务。"
PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>读</title>
<meta name="viewport" content="width=device-width">
<h1>老赵的十分钟</h1><p>他把扳手放回墙上，手机又亮了。</p>
<script>document.body.append("script-ran")</script></html>"""


@dataclass(slots=True)
class Service:
    """What the tests see of it: its address, what it heard, and texts it answers in a way of their own."""

    address: str
    simulator: str
    heard: list[dict[str, str]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    def events(self) -> list[str]:
        """Every event as `EVENT key`, in the order heard."""
        return [f"{m['Event']} {m.get('EventKey', '')}".strip() for m in self.heard if m["MsgType"] == "event"]

    async def answer(self, message: dict[str, str]) -> str:
        self.heard.append(message)
        if message["MsgType"] == "event":
            return self.answer_event(message)
        if message["MsgType"] != "text":
            return text(message, f"收到一条 {message['MsgType']}")
        return await self.answer_text(message)

    def answer_event(self, message: dict[str, str]) -> str:
        kind = message["Event"].lower()
        if kind == "subscribe":
            return text(message, GREETING)
        if kind == "click":
            return text(message, f"你点了 {message['EventKey']}")
        return "success"

    async def answer_text(self, message: dict[str, str]) -> str:
        said = message["Content"]
        if said == "慢":
            await asyncio.sleep(1.5)
        if said == "乱":
            return json.dumps({"this is": "no XML"})
        if said == "文章":
            return news(message, "下班后还在想着工作？", "三件今天就能做的小事。", f"{self.address}/read/one")
        return text(message, self.answers.get(said, f"你说：{said}"))


def envelope(message: dict[str, str], kind: str, inside: str) -> str:
    return (
        f"<xml><ToUserName><![CDATA[{message['FromUserName']}]]></ToUserName>"
        f"<FromUserName><![CDATA[{message['ToUserName']}]]></FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{inside}</xml>"
    )


def text(message: dict[str, str], words: str) -> str:
    return envelope(message, "text", f"<Content><![CDATA[{words}]]></Content>")


def news(message: dict[str, str], title: str, digest: str, url: str) -> str:
    item = (
        f"<item><Title><![CDATA[{title}]]></Title><Description><![CDATA[{digest}]]></Description>"
        f"<PicUrl><![CDATA[]]></PicUrl><Url><![CDATA[{url}]]></Url></item>"
    )
    return envelope(message, "news", f"<ArticleCount>1</ArticleCount><Articles>{item}</Articles>")


def is_signed(argument: Callable[[str], str]) -> bool:
    parts = sorted([TOKEN, argument("timestamp"), argument("nonce")])
    return hashlib.sha1("".join(parts).encode()).hexdigest() == argument("signature")


class Callback(RequestHandler):
    def initialize(self, service: Service) -> None:
        self.service = service

    def prepare(self) -> None:
        if not is_signed(self.get_query_argument):
            raise HTTPError(403)

    def get(self) -> None:
        self.finish(self.get_query_argument("echostr"))

    async def post(self) -> None:
        nodes = ET.fromstring(self.request.body)
        self.finish(await self.service.answer({node.tag: node.text or "" for node in nodes}))


class Page(RequestHandler):
    def get(self) -> None:
        self.finish(PAGE)


class Ready(RequestHandler):
    """Keeps nothing that could fall due, so it is always as far as the clock."""

    def initialize(self, service: Service) -> None:
        self.service = service

    async def get(self) -> None:
        answer = await AsyncHTTPClient().fetch(f"{self.service.simulator}/simulator/clock")
        self.finish({"now": json.loads(answer.body)["now"], "due": 0, "spool": 0, "degraded": []})


def open_service(simulator: str) -> tuple[Service, HTTPServer]:
    """Start it on a free port; the second value is there to be stopped."""
    socket, port = bind_unused_port()
    service = Service(f"http://127.0.0.1:{port}", simulator)
    own = {"service": service}
    routes: list[Any] = [("/wechat", Callback, own), (r"/read/\w+", Page), ("/health/ready", Ready, own)]
    server = HTTPServer(Application(routes))
    server.add_socket(socket)
    return service, server
