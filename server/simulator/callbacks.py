"""Bringing messages and events to the account's server, with the platform's patience and repeats (fact sheet §1.4)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.iostream import StreamClosedError
from tornado.simple_httpclient import HTTPTimeoutError, SimpleAsyncHTTPClient

from .account import Account
from .clock import Clock
from .envelope import BadReply, Envelopes, Letter, Post
from .errands import Errands
from .replies import Judge, Reply

RULES = ("twice", "late", "never", "reorder")
NOTHING_TO_SAY = (b"", b"success")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One try: status (0: no answer), milliseconds, the body opened where it could be, and what was wrong with it."""

    status: int
    ms: int
    body: str
    fault: str = ""
    reply: Reply | None = None

    def shape(self) -> dict[str, Any]:
        """The try as the control gives it."""
        return {"status": self.status, "ms": self.ms, "body": self.body, "fault": self.fault or None}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a letter: all tries, and the reply that was taken."""

    deliveries: tuple[Delivery, ...] = ()

    @property
    def reply(self) -> Reply | None:
        """The first reply that was taken."""
        return next((each.reply for each in self.deliveries if each.reply), None)

    @property
    def has_failed(self) -> bool:
        """Whether every try went wrong, so that the follower sees the line of failure."""
        return bool(self.deliveries) and all(each.fault for each in self.deliveries)

    def shape(self) -> dict[str, Any]:
        """The outcome as the control gives it."""
        reply = self.reply.shape() if self.reply else None
        return {"deliveries": [each.shape() for each in self.deliveries], "reply": reply}


@dataclass(slots=True)
class Rule:
    """What happens to the next `times` letters: of one event, or of any kind when `event` is empty.

    late waits `seconds` of the stand-in's time; reorder waits until another letter was brought, or `seconds` of
    real time.
    """

    kind: str
    event: str = ""
    seconds: float = 60.0
    times: int | None = 1


@dataclass(slots=True)
class Postman:
    """Carries letters to one address."""

    address: str
    account: Account
    clock: Clock
    envelopes: Envelopes
    judge: Judge
    errands: Errands
    arrived: Callable[[Letter, Outcome], None]
    rules: list[Rule] = field(default_factory=list)
    _brought: int = 0
    _client: SimpleAsyncHTTPClient = field(
        default_factory=lambda: SimpleAsyncHTTPClient(force_instance=True, max_clients=512)
    )

    async def deliver(self, letter: Letter) -> Outcome:
        """Brings a letter as the rules say; the outcome is empty for one that comes late or never."""
        rule = self._meet(letter)
        kind = rule.kind if rule else ""
        if rule and kind in ("late", "reorder"):
            self.errands.start(self._hold(letter, rule), waits=True)
            return Outcome()
        if kind == "never":
            return Outcome()
        tries = await self._bring(letter)
        if kind == "twice":
            tries += await self._bring(letter)
        return self._over(letter, Outcome(tuple(tries)))

    async def deliver_copies(self, letter: Letter, copies: int) -> Outcome:
        """Brings identical copies all at once, each tried a single time."""
        tries = await asyncio.gather(*(self._try(letter) for _ in range(copies)))
        return self._over(letter, Outcome(tuple(tries)))

    def close(self) -> None:
        """Lets go of the connections."""
        self._client.close()

    def _meet(self, letter: Letter) -> Rule | None:
        rule = next((each for each in self.rules if not each.event or each.event.lower() == letter.event), None)
        if rule is not None and rule.times is not None:
            rule.times -= 1
            if rule.times == 0:
                self.rules.remove(rule)
        return rule

    async def _hold(self, letter: Letter, rule: Rule) -> None:
        brought, patience = self._brought, time.monotonic() + rule.seconds
        due = self.clock.seconds() + rule.seconds
        while self.clock.seconds() < due if rule.kind == "late" else self._brought == brought:
            if rule.kind == "reorder" and time.monotonic() > patience:
                break
            await asyncio.sleep(0.02)
        self.errands.take_up()
        self._over(letter, Outcome(tuple(await self._bring(letter))))

    def _over(self, letter: Letter, outcome: Outcome) -> Outcome:
        self.arrived(letter, outcome)
        return outcome

    async def _bring(self, letter: Letter) -> list[Delivery]:
        tries: list[Delivery] = []
        while len(tries) < self.account.deliveries:
            tries.append(await self._try(letter))
            if not tries[-1].fault:
                break
            has_waited = tries[-1].status == 0 and tries[-1].ms >= self.account.answer_seconds * 900
            if not has_waited and len(tries) < self.account.deliveries:
                await asyncio.sleep(self.account.retry_seconds)
        self._brought += 1
        return tries

    async def _try(self, letter: Letter) -> Delivery:
        post = self.envelopes.wrap(letter, self.account.mode, self.clock.seconds())
        patience, begun = self.account.answer_seconds, time.monotonic()
        request = HTTPRequest(
            f"{self.address}?{urlencode(post.query)}",
            method="POST",
            body=post.body,
            headers={"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0"},
            connect_timeout=patience,
            request_timeout=patience,
            follow_redirects=False,
        )
        try:
            response = await self._client.fetch(request, raise_error=False)
        except HTTPTimeoutError:
            return Delivery(0, _since(begun), "", "timeout")
        except (OSError, StreamClosedError, HTTPClientError) as broken:
            return Delivery(0, _since(begun), "", f"no connection: {type(broken).__name__}")
        return self._read(response.code, response.body or b"", letter, post, _since(begun))

    def _read(self, status: int, body: bytes, letter: Letter, post: Post, ms: int) -> Delivery:
        raw = body.decode(errors="replace")
        if status != 200:
            return Delivery(status, ms, raw, f"status {status}")
        if body in NOTHING_TO_SAY:
            return Delivery(status, ms, raw)
        try:
            clear = self.envelopes.open(body, post)
            raw = clear.decode(errors="replace")
            reply = self.judge.judge(clear, letter, self.clock.seconds())
        except BadReply as bad:
            return Delivery(status, ms, raw, str(bad))
        return Delivery(status, ms, raw, "", reply)


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
