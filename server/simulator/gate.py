"""The door of WeChat's interface: token, method, quota, then the answer; every fault on demand is met here."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass

from tornado.web import RequestHandler

from . import ids
from .api.call import Call, Late
from .api.routes import ROUTES, Route
from .calls import without
from .faults import Fault
from .media import Upload
from .mini_program import MiniProgram
from .reading import Document
from .refusal import Refusal
from .tokens import Tokens
from .world import World


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: the bytes of JSON or of a file, their code (None for a file), and how late."""

    body: bytes
    errcode: int | None
    content_type: str = "application/json; charset=utf-8"
    seconds: float = 0.0


class Gate(RequestHandler):
    """Every path under /cgi-bin/, /sns/ and /wxa/."""

    world: World

    def initialize(self, world: World) -> None:
        """Takes the platform's state."""
        self.world = world
        self.is_gone = False

    def on_connection_close(self) -> None:
        """Remembers that nobody waits for the answer any more."""
        self.is_gone = True

    async def get(self) -> None:
        """Answers a call."""
        await self._answer()

    async def post(self) -> None:
        """Answers a call."""
        await self._answer()

    async def _answer(self) -> None:
        call, rid, begun = self._call(), ids.rid(), time.monotonic()
        fault = self.world.faults.meet(call.path)
        answer = await self._before(fault, rid)
        if self._finished or (answer is None and self.is_gone and not (fault and fault.when == "late")):
            self._note(call, None, rid, begun, fault)
            return
        if answer is None:
            call = self._call()
            answer = act(self.world, call, rid, fault.kind if fault else "")
            self.world.is_changed = True
        self._note(call, answer, rid, begun, fault)
        await self._after(fault, answer)

    async def _before(self, fault: Fault | None, rid: str) -> Answer | None:
        """What a fault makes of the call before anything is done: an answer, no answer at all, or a pause."""
        if fault is None:
            return None
        if fault.kind == "errcode":
            return refused(Refusal(fault.errcode), rid)
        if fault.kind == "drop-before":
            self.detach().close()
        if fault.kind == "http":
            self.set_status(fault.status)
            return Answer(b"<html>Bad Gateway</html>", None, "text/html")
        if fault.kind == "slow" and fault.when != "after":
            await asyncio.sleep(fault.seconds)
        return None

    async def _after(self, fault: Fault | None, answer: Answer) -> None:
        kind = fault.kind if fault else ""
        if answer.seconds or (fault and kind == "slow" and fault.when == "after"):
            await asyncio.sleep(answer.seconds or (fault.seconds if fault else 0))
        if self.is_gone:
            return
        if kind == "drop-after":
            self.detach().close()
        elif kind == "cut":
            await self._cut(answer)
        else:
            self.set_header("Content-Type", answer.content_type)
            await self.finish(answer.body)

    async def _cut(self, answer: Answer) -> None:
        stream = self.detach()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {answer.content_type}\r\nContent-Length: {len(answer.body)}\r\n\r\n"
        await stream.write(head.encode() + answer.body[: len(answer.body) // 2])
        stream.close()

    def _call(self) -> Call:
        request = self.request
        uploads = request.files.get("media", [])
        upload = Upload(uploads[0]["filename"], uploads[0]["body"]) if uploads else None
        return Call(
            path=request.path,
            method=request.method or "",
            query={name: values[-1].decode(errors="replace") for name, values in request.query_arguments.items()},
            body=b"" if request.files else request.body,
            ip=request.remote_ip or "",
            at=self.world.clock.seconds(),
            fields={name: values[-1].decode(errors="replace") for name, values in request.body_arguments.items()},
            upload=upload,
        )

    def _note(self, call: Call, answer: Answer | None, rid: str, begun: float, fault: Fault | None) -> None:
        body = call.body.decode(errors="replace")
        if call.upload:
            body = f"media {call.upload.name} ({len(call.upload.data)} bytes)"
        shown = answer.body.decode(errors="replace")[:4096] if answer and _may_be_shown(call, answer) else ""
        self.world.calls.keep(
            at=call.at,
            method=call.method,
            path=call.path,
            body=without(body, self.world.secrets()),
            errcode=answer.errcode if answer else None,
            answer=without(shown, self.world.secrets()),
            rid=rid,
            ip=call.ip,
            ms=(time.monotonic() - begun) * 1000,
            fault=fault.kind if fault else "",
        )


def _may_be_shown(call: Call, answer: Answer) -> bool:
    route = ROUTES.get(call.path)
    is_confidential = route is not None and route.is_confidential and answer.errcode == 0
    return answer.errcode is not None and not is_confidential


def act(world: World, call: Call, rid: str, oddity: str = "") -> Answer:
    """Does what a call asks for, in the platform's order: token, method, quota, then the call itself."""
    try:
        found = _permitted(world, call)
        given = found.answer(world, call)
    except Refusal as refusal:
        return refused(refusal, rid)
    if isinstance(given, bytes):
        return Answer(given, None, "application/octet-stream")
    seconds = given.seconds if isinstance(given, Late) else 0.0
    document = given.answer if isinstance(given, Late) else given
    return Answer(_json(_odd(document or {"errcode": 0, "errmsg": "ok"}, oddity)), 0, seconds=seconds)


def _permitted(world: World, call: Call) -> Route:
    route = ROUTES.get(call.path)
    if route is None:
        raise Refusal(40066)
    accounts: list[World | MiniProgram] = [world, world.mini_program]
    own, other = reversed(accounts) if route.is_mini_program else accounts
    if route.needs_token:
        _check_token(call, own.tokens, other.tokens)
    if call.method != route.method:
        raise Refusal(43001 if route.method == "GET" else 43002)
    own.quotas.spend(own.quotas.purse(call.path, world.account.quota), call.at)
    return route


def _check_token(call: Call, own: Tokens, others: Tokens) -> None:
    """Lets a living token of the right account pass; one that lives but is the other account's is 48001."""
    value = call.query.get("access_token", "")
    if value in others.values():
        others.check(value, call.at)
        raise Refusal(48001)
    own.check(value, call.at)


def refused(refusal: Refusal, rid: str) -> Answer:
    """A refusal with the platform's words and the name of the call."""
    document = {"errcode": refusal.errcode, "errmsg": f"{refusal.words} rid: {rid}", **refusal.more}
    return Answer(_json(document), refusal.errcode)


def _odd(document: Document, oddity: str) -> Document:
    if oddity == "no-errcode":
        return {name: value for name, value in document.items() if name not in ("errcode", "errmsg")}
    if oddity == "strings":
        return {name: str(value) if isinstance(value, int) else value for name, value in document.items()}
    return document


def _json(document: Document) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
