"""Answering with the faults on demand: what goes wrong before the deed, after it, and on the way back."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from tornado.web import RequestHandler

from .faults import Fault
from .reading import Document
from .refusal import Refusal
from .world import World


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: the bytes of JSON or of a file, their code (None for a file), how late, and a file's name."""

    body: bytes
    errcode: int | None
    content_type: str = "application/json; charset=utf-8"
    seconds: float = 0.0
    name: str = ""

    def headers(self) -> dict[str, str]:
        """What stands above the bytes."""
        told = {"Content-Type": self.content_type}
        return told | ({"Content-Disposition": f'attachment; filename="{self.name}"'} if self.name else {})


class Doorway(RequestHandler):
    """A path that faults can meet."""

    world: World

    def initialize(self, world: World) -> None:
        """Takes the platform's state."""
        self.world = world
        self.is_gone = False

    def on_connection_close(self) -> None:
        """Remembers that nobody waits for the answer any more."""
        self.is_gone = True

    async def before(self, fault: Fault | None, rid: str) -> Answer | None:
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

    def stays_undone(self, fault: Fault | None, answer: Answer | None) -> bool:
        """Whether, after `before`, nobody is there any more for whom the deed would be done."""
        is_left = answer is None and self.is_gone and not (fault and fault.when == "late")
        return self._finished or is_left

    async def after(self, fault: Fault | None, answer: Answer) -> None:
        """Gives the answer as the fault lets it through."""
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
            for name, value in answer.headers().items():
                self.set_header(name, value)
            await self.finish(answer.body)

    async def _cut(self, answer: Answer) -> None:
        stream = self.detach()
        told = answer.headers() | {"Content-Length": str(len(answer.body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        await stream.write(f"HTTP/1.1 200 OK\r\n{head}\r\n".encode() + answer.body[: len(answer.body) // 2])
        stream.close()


def refused(refusal: Refusal, rid: str) -> Answer:
    """A refusal with the platform's words and the name of the call."""
    document = {"errcode": refusal.errcode, "errmsg": f"{refusal.words} rid: {rid}", **refusal.more}
    return Answer(_json(document), refusal.errcode)


def taken(document: Document, oddity: str = "") -> Answer:
    """A success in JSON, as an odd fault spells it."""
    return Answer(_json(_odd(document, oddity)), 0)


def _odd(document: Document, oddity: str) -> Document:
    if oddity == "no-errcode":
        return {name: value for name, value in document.items() if name not in ("errcode", "errmsg")}
    if oddity == "strings":
        return {name: str(value) if isinstance(value, int) else value for name, value in document.items()}
    return document


def _json(document: Document) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
