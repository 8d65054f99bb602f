"""The one token authority: many processes, one access token, fetched once (fact sheet 2.1)."""

import asyncio
import json
import secrets
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from server import logs, metrics
from server.domain.clock import Clock
from server.domain.post.faults import Busy, Fault
from server.wechat import faults
from server.wechat.wire import Answer, Call, Wire

PATH = "/cgi-bin/stable_token"
KEPT = timedelta(seconds=60)  # longest life of a token in a process's memory (official advice)
RENEWAL = 240  # seconds before its end at which a token is asked for anew: the platform renews at 300
LONGEST = 7200  # seconds that a token can live
ASSUMED = 600  # seconds of life assumed when the platform names none
LEASE = timedelta(seconds=15)  # outlasts a fetch
QUEUE = 12  # looks at the store while another process fetches
LOOK = 0.25  # seconds between them
STORE_PATIENCE = 2.0  # seconds for the store to answer
PACE = 5.0  # seconds for which a failed fetch answers everybody
VAIN = 60.0  # seconds before the platform is asked again for a token that it just called good

log = logs.logger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Access:
    """Where the platform is and who we are there."""

    base: str
    appid: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and the instant from which it has to be asked for anew."""

    value: str = field(repr=False)
    expires: datetime


class TokenStore(Protocol):
    """Where the processes of all hosts share a token: it seals what it keeps.

    It may fail or hang; the token is then had without it.
    """

    async def load(self, appid: str) -> Token | None:
        """Return the token kept last, expired or not."""
        ...

    async def claim(self, appid: str, holder: str, now: datetime, until: datetime) -> bool:
        """Take the right to fetch until `until`, in one atomic step; False while another's still runs at `now`."""
        ...

    async def save(self, appid: str, holder: str, token: Token) -> bool:
        """Keep the token and end the claim in one atomic step; False, and nothing kept, if it is another's."""
        ...

    async def release(self, appid: str, holder: str) -> None:
        """End the claim if it is still this holder's; no token came of it."""
        ...


class Tokens:
    """Hands out the account's token. It never forces a new one: that is for a person to do."""

    def __init__(self, wire: Wire, access: Access, store: TokenStore, clock: Clock) -> None:
        """Work for one account; any number of these may share a store."""
        self._wire = wire
        self._access = access
        self._store = store
        self._clock = clock
        self._holder = secrets.token_hex(8)
        self._turn = asyncio.Lock()
        self._held: Token | None = None
        self._held_until: datetime | None = None
        self._vain: tuple[str, float] = ("", 0.0)
        self._failure: tuple[Fault, float] | None = None

    async def current(self) -> str:
        """Return a token that should be good; raises a Fault if there is none to be had."""
        return self._fresh("") or await self._obtain("")

    async def renew(self, failed: str) -> str:
        """Return another token after this one was refused (40001, 40014, 42001).

        One is fetched only if nobody else has done so. If the platform itself gives the refused one again, it is
        returned: whoever fails with it a second time must stop.
        """
        return await self._obtain(failed)

    async def _obtain(self, failed: str) -> str:
        async with self._turn:
            fresh = self._fresh(failed) or self._called_good(failed)
            if fresh:
                return fresh
            token = await self._shared(failed) or await self._fetched(failed)
            self._held, self._held_until = token, min(token.expires, self._clock.now() + KEPT)
            return token.value

    def _fresh(self, failed: str) -> str:
        if self._held is None or self._held_until is None or self._held.value == failed:
            return ""
        return self._held.value if self._clock.now() < self._held_until else ""

    def _called_good(self, failed: str) -> str:
        value, since = self._vain
        return failed if failed and failed == value and _monotonic() - since < VAIN else ""

    async def _shared(self, failed: str) -> Token | None:
        token = await self._from_store(self._store.load(self._access.appid), None)
        if token is None or token.value == failed or self._clock.now() >= token.expires:
            return None
        return token

    async def _fetched(self, failed: str) -> Token:
        """Fetch under the shared claim, or take what its holder fetched; it spares calls and never blocks one."""
        if self._failure and _monotonic() - self._failure[1] < PACE:
            raise self._failure[0].with_traceback(None)
        for _ in range(QUEUE):
            if await self._claimed():
                break
            await asyncio.sleep(LOOK)
            if token := await self._shared(failed):
                return token
        # The holder before us may have saved between our look and our claim.
        token = await self._shared(failed)
        if token:
            await self._from_store(self._store.release(self._access.appid, self._holder), None)
            return token
        return await self._ask_platform(failed)

    async def _claimed(self) -> bool:
        now = self._clock.now()
        return await self._from_store(self._store.claim(self._access.appid, self._holder, now, now + LEASE), True)

    async def _ask_platform(self, failed: str) -> Token:
        try:
            token = await self._call()
        except Fault as fault:
            metrics.TOKEN_FETCHES.labels("failed").inc()
            self._failure = fault, _monotonic()
            await self._from_store(self._store.release(self._access.appid, self._holder), None)
            raise
        self._failure = None
        if token.value == failed:
            self._vain = failed, _monotonic()
        metrics.TOKEN_FETCHES.labels("same" if token.value == failed else "fetched").inc()
        await self._from_store(self._store.save(self._access.appid, self._holder, token), False)
        return token

    async def _call(self) -> Token:
        wish = {"grant_type": "client_credential", "appid": self._access.appid, "secret": self._access.secret}
        begun = self._clock.now()
        answer = await self._wire.ask(Call("POST", PATH, body=json.dumps(wish).encode()))
        if answer.code:
            raise faults.fault(answer.code, answer.rid)
        return _token(answer, begun)

    async def _from_store(self, asked: Awaitable[T], otherwise: T) -> T:
        try:
            async with asyncio.timeout(STORE_PATIENCE):
                return await asked
        except Exception as trouble:  # noqa: BLE001  whatever ails the store, the account has to go on speaking
            log.warning("the token store failed", fault=type(trouble).__name__)
            return otherwise


def _token(answer: Answer, begun: datetime) -> Token:
    value = answer.fields.get("access_token")
    if not isinstance(value, str) or not value:
        raise Busy(note="no token in the answer")
    try:
        life = min(int(answer.fields.get("expires_in") or ASSUMED), LONGEST)
    except (TypeError, ValueError, OverflowError):
        life = ASSUMED
    return Token(value, begun + timedelta(seconds=max(life - RENEWAL, life / 2)))


def _monotonic() -> float:
    return asyncio.get_running_loop().time()
