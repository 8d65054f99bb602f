"""A post of the tests' own: letters sealed and signed as the platform does it, to any address, as crooked as wished."""

import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

import aiohttp

from server.simulator.crypto import Sealer
from server.simulator.envelope import Envelopes, Letter, Post, parse
from tests.stories.city import City

ACCOUNT = "gh_5a1c0ffee001"
PATIENCE = 30.0  # seconds; a story measures, it does not cut off
_numbers = itertools.count(30_000_000_000_000_000)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the body as it came, how long it took, and the reply inside where there was one."""

    status: int
    body: bytes
    seconds: float
    clear: bytes = b""

    @property
    def is_success(self) -> bool:
        """Whether the platform takes it for heard, with nothing to say."""
        return self.status == 200 and self.body == b"success"

    @property
    def fields(self) -> dict[str, Any]:
        """The nodes of the reply."""
        return parse(self.clear) if self.clear else {}

    @property
    def words(self) -> str:
        """The words of a text, or the title of a card."""
        fields = self.fields
        return str(fields.get("Content") or fields.get("Articles", {}).get("item", {}).get("Title", ""))


class Poster:
    """Brings letters to every web process of a city; `async with Poster(city) as poster`."""

    def __init__(self, city: City) -> None:
        environ = city.environ
        self.city = city
        self.mode = environ.get("XINYI_OA_MODE", "safe")
        self.token = environ["XINYI_OA_TOKEN"]
        self.sealer = Sealer(environ["XINYI_OA_AES_KEY"], environ["XINYI_OA_APPID"])
        self.envelopes = Envelopes(self.token, self.sealer)
        self._session: aiohttp.ClientSession | None = None
        self._ahead = 0.0

    async def __aenter__(self) -> "Poster":
        connector = aiohttp.TCPConnector(limit=128)
        self._session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=PATIENCE))
        told = (await self.city.ask("/simulator/clock"))["now"]
        self._ahead = datetime.fromisoformat(told).timestamp() - time.time()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, place: TracebackType | None
    ) -> None:
        assert self._session is not None
        await self._session.close()

    def now(self) -> float:
        """The city's time, in seconds since 1970."""
        return time.time() + self._ahead

    def letter(self, openid: str, fields: Mapping[str, Any], created: float | None = None) -> Letter:
        """A letter of this person with these nodes, written now unless it says otherwise."""
        when = int(self.now() if created is None else created)
        common = {"ToUserName": ACCOUNT, "FromUserName": openid, "CreateTime": when}
        return Letter(openid, common | dict(fields))

    def text(self, openid: str, words: str, created: float | None = None) -> Letter:
        """A text with a number of its own."""
        return self.letter(openid, {"MsgType": "text", "Content": words, "MsgId": next(_numbers)}, created)

    def event(self, openid: str, name: str, created: float | None = None, **nodes: Any) -> Letter:
        """An event."""
        return self.letter(openid, {"MsgType": "event", "Event": name, **nodes}, created)

    def wrapped(self, letter: Letter) -> Post:
        """The letter as it goes out now, in this account's mode."""
        return self.envelopes.wrap(letter, self.mode, self.now())

    async def bring(self, letter: Letter, web: int = 0) -> Answer:
        """Bring a letter to one of the web processes; the answer must be one that the platform takes."""
        post = self.wrapped(letter)
        return self.opened(await self.post(post.query, post.body, web=web), post)

    async def says(self, openid: str, words: str, web: int = 0) -> str:
        """Bring a text; the words of the reply."""
        return (await self.bring(self.text(openid, words), web)).words

    def opened(self, answer: Answer, post: Post) -> Answer:
        """The answer with its reply opened, as the request asked for."""
        if answer.status != 200 or answer.body in (b"", b"success"):
            return answer
        return Answer(answer.status, answer.body, answer.seconds, self.envelopes.open(answer.body, post))

    async def post(
        self, query: Mapping[str, str], body: bytes, *, web: int = 0, method: str = "POST", kind: str = "text/xml"
    ) -> Answer:
        """Knock at the door with exactly this."""
        assert self._session is not None
        address = f"{self.city.web_urls[web]}/wechat?{urlencode(query)}"
        begun = time.monotonic()
        async with self._session.request(method, address, data=body, headers={"Content-Type": kind}) as answer:
            return Answer(answer.status, await answer.read(), time.monotonic() - begun)
