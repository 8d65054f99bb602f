"""A load client that is never the slower one: requests made ready beforehand, one bare connection each a protocol."""

import asyncio
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import cast

from bench.ground import cpu_seconds
from bench.race import Lap

CONNECTIONS = 32
KEPT_EVERY = 97  # of so many answers one is kept to be looked at
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_HEAD_ENDS = b"\r\n\r\n"


@dataclass(slots=True)
class Tape:
    """Requests that are drawn one after the other by whoever is free, and a sample of the answers."""

    requests: Iterator[bytes]
    answered: int = 0
    kept: list[bytes] = field(default_factory=list)
    faults: list[bytes] = field(default_factory=list)

    def note(self, head: bytes, body: bytes) -> None:
        """Count an answer; keep one in many, and the first line of whatever is not 200."""
        self.answered += 1
        if not head.startswith(b"HTTP/1.1 200 "):
            self.faults.append(head.partition(b"\r\n")[0])
        elif self.answered % KEPT_EVERY == 0:
            self.kept.append(body)


class _Line(asyncio.Protocol):
    """One kept-alive connection: the next request leaves as soon as the last one is answered."""

    def __init__(self, tape: Tape, ended: "asyncio.Future[None]") -> None:
        self._tape = tape
        self._ended = ended
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class stands beside asyncio's
        self._send()

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, gap, body = self._heard.partition(_HEAD_ENDS)
        length = _LENGTH.search(head) if gap else None
        if length is None or len(body) < int(length[1]):
            return
        self._heard = b""
        self._tape.note(head, body)
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._ended.done():
            self._ended.set_exception(exc or ConnectionResetError("the server hung up"))

    def _send(self) -> None:
        request = next(self._tape.requests, None)
        if request is not None:
            self._transport.write(request)
        elif not self._ended.done():
            self._ended.set_result(None)
            self._transport.close()


async def lap(port: int, pid: int, requests: Sequence[bytes]) -> tuple[Lap, Tape]:
    """Send these requests over 32 connections to the process `pid`; raises when one is not answered 200."""
    loop, tape = asyncio.get_running_loop(), Tape(iter(requests))
    cpu, began = cpu_seconds(pid), time.perf_counter()
    ends = [loop.create_future() for _ in range(CONNECTIONS)]
    for ended in ends:
        await loop.create_connection(partial(_Line, tape, ended), "127.0.0.1", port)
    await asyncio.gather(*ends)
    seconds = time.perf_counter() - began
    if tape.faults or tape.answered != len(requests):
        shown = b", ".join(islice(tape.faults, 3)).decode()
        raise RuntimeError(f"{tape.answered} of {len(requests)} answered, {len(tape.faults)} badly: {shown}")
    return Lap(len(requests), seconds, cpu_seconds(pid) - cpu), tape
