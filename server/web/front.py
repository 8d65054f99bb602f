"""The front: posts to a hot address are answered below Tornado's handlers, everything else by them.

A handler costs as much as all that is done for a message (`make bench`, row callback), so WeChat's posts do without.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from http.client import responses
from typing import Protocol

from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerConnectionDelegate,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.web import Application


@dataclass(frozen=True, slots=True)
class Answer:
    """What a letterbox answers."""

    status: int
    body: bytes = b""


class Letterbox(Protocol):
    """What answers the posts to one address; it never raises."""

    async def answer(self, query: str, body: bytes) -> Answer:
        """Return the answer to a post with this query, as it stands in the address, and this body."""
        ...


class Front(HTTPServerConnectionDelegate):
    """Gives posts to the letterbox of their path, and every other request to the application."""

    def __init__(self, letterboxes: Mapping[str, Letterbox], application: Application) -> None:
        self.letterboxes = letterboxes
        self.application = application
        self.under_way: set[asyncio.Task[None]] = set()  # the loop itself would let go of them

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        """Return what takes the next request of a connection."""
        return _Request(self, server_conn, request_conn)


class _Request(HTTPMessageDelegate):
    """One request, from its first line to its answer."""

    def __init__(self, front: Front, server: object, connection: HTTPConnection) -> None:
        self._front = front
        self._server = server
        self._connection = connection
        self._handler: HTTPMessageDelegate | None = None
        self._parts: list[bytes] = []

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        method, target, _ = start_line
        path, _, self._query = str(target).partition("?")
        self._letterbox = self._front.letterboxes.get(path) if method == "POST" else None
        if self._letterbox is not None:
            return None
        self._handler = self._front.application.start_request(self._server, self._connection)
        return self._handler.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        if self._handler is not None:
            return self._handler.data_received(chunk)
        self._parts.append(chunk)
        return None

    def finish(self) -> None:
        if self._handler is not None:
            self._handler.finish()
        elif self._letterbox is not None:
            answering = asyncio.get_running_loop().create_task(self._answer(self._letterbox))
            self._front.under_way.add(answering)
            answering.add_done_callback(self._front.under_way.discard)

    def on_connection_close(self) -> None:
        # A letter whose sender has gone is answered all the same: what it does is stored, and its repeat finds it.
        if self._handler is not None:
            self._handler.on_connection_close()

    async def _answer(self, letterbox: Letterbox) -> None:
        answer = await letterbox.answer(self._query, b"".join(self._parts))
        status = ResponseStartLine("HTTP/1.1", answer.status, responses[answer.status])
        headers = HTTPHeaders({
            "Server": "xinyi",
            "Content-Type": "text/xml; charset=utf-8",
            "Content-Length": str(len(answer.body)),
        })  # fmt: skip
        self._connection.write_headers(status, headers, answer.body)
        self._connection.finish()
