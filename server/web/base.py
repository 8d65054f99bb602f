"""What every door over HTTP shares: refusals become answers in one place, nothing leaks, nothing foreign loads."""

from collections.abc import Awaitable, Callable
from typing import Any

from tornado.web import HTTPError, RequestHandler

from server import logs
from server.domain.refusals import Refusal

log = logs.logger(__name__)

Guard = Callable[["Door"], Awaitable[None]]
"""Lets a request in by returning, or raises a Refusal; Tornado would go on after a guard that only answers."""

HEADERS = {
    "Server": "xinyi",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'",
}
SORRY = "这里出了点问题，我们已经记下，请稍后再试。急需有人说话，请拨打 12356。"


class Door(RequestHandler):
    """A request handler whose guard is asked first and whose refusals are told alike."""

    def initialize(self, guard: Guard, **services: object) -> None:
        """Take the guard of the route and the rooms that the door asks."""
        self._guard = guard
        for name, service in services.items():
            setattr(self, name, service)

    def set_default_headers(self) -> None:
        """Say what every answer says."""
        for name, value in HEADERS.items():
            self.set_header(name, value)

    async def prepare(self) -> None:
        """Ask the guard before anything else."""
        await self._guard(self)

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ANN401  Tornado's own signature
        """Answer a refusal with its sentence, anything else with an apology that tells nothing."""
        fault = kwargs.get("exc_info", (None, None, None))[1]
        code, sentence = "fault", SORRY
        if isinstance(fault, Refusal):
            self.set_status(fault.status)
            code, sentence = fault.code, fault.sentence
        elif isinstance(fault, HTTPError) and status_code < 500:
            code, sentence = "not-found" if status_code == 404 else "malformed", "没有这个地址，或不能这样访问。"
        self.tell(code, sentence)

    def tell(self, code: str, sentence: str) -> None:
        """Write a refusal the way this door's readers read."""
        self.finish({"code": code, "message": sentence})

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:  # noqa: ANN401  Tornado's own signature
        """Tell the log of our own faults only; a refusal is ordinary business."""
        if not isinstance(value, Refusal | HTTPError):
            log.error("A door failed.", path=self.request.path, exc_info=(typ, value, tb))
