"""The front: posts to a letterbox are answered below Tornado's handlers, everything else goes on to the doors."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from tornado.web import Application, RequestHandler

from server.web.front import Answer, Front
from tests.web.conftest import served


@dataclass
class Slot:
    """A letterbox that keeps what was put in and answers when it may."""

    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    letters: list[tuple[str, bytes]] = field(default_factory=list)
    answered: int = 0

    async def answer(self, query: str, body: bytes) -> Answer:
        self.letters.append((query, body))
        await self.may_answer.wait()
        self.answered += 1
        return Answer(200, b"<xml>" + body + b"</xml>") if body else Answer(403)


class Hall(RequestHandler):
    def get(self) -> None:
        self.finish(b"hall")

    def post(self) -> None:
        self.finish(b"hall:" + self.request.body)


@dataclass
class Caller:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def says(self, first: bytes, body: bytes = b"") -> None:
        self.writer.write(b"%b HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (first, len(body), body))

    async def hears(self) -> tuple[bytes, bytes]:
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        return head, await self.reader.readexactly(length)


@pytest.fixture
def slot() -> Slot:
    slot = Slot()
    slot.may_answer.set()
    return slot


@pytest.fixture
def front(slot: Slot) -> Front:
    return Front({"/letters": slot}, Application([("/.*", Hall)], log_function=lambda _handler: None))


@pytest.fixture
async def caller(front: Front) -> AsyncIterator[Caller]:
    async with served(front) as port:
        caller = Caller(*await asyncio.open_connection("127.0.0.1", port))
        yield caller
        caller.writer.close()


async def test_a_letter_is_answered_with_its_query_and_all_of_its_body(caller: Caller, slot: Slot) -> None:
    caller.says(b"POST /letters?a=1&b=%20", b"x" * 200_000)
    head, body = await caller.hears()
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nServer: xinyi\r\n" in head
    assert b"\r\nContent-Type: text/xml; charset=utf-8\r\n" in head
    assert body == b"<xml>" + b"x" * 200_000 + b"</xml>"
    assert slot.letters == [("a=1&b=%20", b"x" * 200_000)]


async def test_a_refusal_is_empty_and_the_connection_stays(caller: Caller) -> None:
    caller.says(b"POST /letters")
    head, body = await caller.hears()
    assert head.startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert body == b""
    caller.says(b"POST /letters", b"again")
    assert (await caller.hears())[1] == b"<xml>again</xml>"


async def test_other_verbs_and_other_addresses_go_on_to_the_doors(caller: Caller, slot: Slot) -> None:
    for first, body, told in (
        (b"GET /letters", b"", b"hall"),
        (b"POST /letters/x", b"1", b"hall:1"),
        (b"POST /elsewhere?path=/letters", b"2", b"hall:2"),
    ):
        caller.says(first, body)
        assert (await caller.hears())[1] == told
    assert slot.letters == []


async def test_letters_of_one_connection_are_answered_in_their_order(caller: Caller) -> None:
    for body in (b"1", b"2", b"3"):
        caller.says(b"POST /letters", body)
    assert [(await caller.hears())[1] for _ in range(3)] == [b"<xml>1</xml>", b"<xml>2</xml>", b"<xml>3</xml>"]


async def test_a_letter_whose_sender_has_gone_is_worked_out_to_its_end(
    caller: Caller, front: Front, slot: Slot, caplog: pytest.LogCaptureFixture
) -> None:
    slot.may_answer.clear()
    caller.says(b"POST /letters", b"x")
    async with asyncio.timeout(5):
        while not slot.letters:
            await asyncio.sleep(0.01)
        caller.writer.transport.abort()
        await asyncio.sleep(0.05)
        slot.may_answer.set()
        await asyncio.gather(*front.under_way)
    assert slot.answered == 1
    assert caplog.records == []
