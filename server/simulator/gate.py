"""The door of WeChat's interface: token, method, quota, then the answer; every fault on demand is met here."""

from __future__ import annotations

import time
from dataclasses import replace

from . import ids
from .api.call import Call, File, Late
from .api.routes import ROUTES, Route
from .calls import without
from .doorway import Answer, Doorway, refused, taken
from .faults import Fault
from .media import Upload
from .mini_program import MiniProgram
from .refusal import Refusal
from .tokens import Tokens
from .world import World


class Gate(Doorway):
    """Every path under /cgi-bin/, /sns/ and /wxa/."""

    async def get(self) -> None:
        """Answers a call."""
        await self._answer()

    async def post(self) -> None:
        """Answers a call."""
        await self._answer()

    async def _answer(self) -> None:
        call, rid, begun = self._call(), ids.rid(), time.monotonic()
        fault = self.world.faults.meet(call.path)
        answer = await self.before(fault, rid)
        if self.stays_undone(fault, answer):
            self._note(call, None, rid, begun, fault)
            return
        if answer is None:
            call = self._call()
            answer = act(self.world, call, rid, fault.kind if fault else "")
            self.world.is_changed = True
        self._note(call, answer, rid, begun, fault)
        await self.after(fault, answer)

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
    if isinstance(given, File):
        return Answer(given.data, None, given.content_type, name=given.name)
    seconds = given.seconds if isinstance(given, Late) else 0.0
    document = given.answer if isinstance(given, Late) else given
    return replace(taken(document or {"errcode": 0, "errmsg": "ok"}, oddity), seconds=seconds)


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
