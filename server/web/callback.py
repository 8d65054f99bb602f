"""WeChat's door: open the envelope, let the conversation answer, seal the reply."""

import time
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import unquote_plus

from server import logs, metrics
from server.domain.clock import Clock
from server.domain.conversation.messages import Heard
from server.domain.conversation.model import Reply
from server.domain.refusals import Refusal
from server.web.base import Door
from server.web.front import Answer
from server.wechat import messages
from server.wechat.crypto import Envelope, Opened

log = logs.logger(__name__)

SUCCESS = b"success"  # what WeChat takes for "heard, nothing to say" (fact sheet 1.4)
LOUD_SKEW = 300.0  # seconds between WeChat's clock and ours from which somebody should look


class Listener(Protocol):
    """The room that is told what a follower wrote."""

    async def hear(self, heard: Heard) -> Reply:
        """Return the reply to this message, stored; raises `Unavailable` when it could not be stored in time."""
        ...

    def cause(self, heard: Heard) -> str:
        """Return the name by which logs speak of this message."""
        ...


class Letters:
    """`/wechat` by POST: messages and events. Whatever is no message of WeChat's is answered empty, 400 or 403."""

    def __init__(self, envelope: Envelope, conversation: Listener, clock: Clock) -> None:
        self._envelope = envelope
        self._conversation = conversation
        self._clock = clock

    async def answer(self, query: str, body: bytes) -> Answer:
        """Answer one message; 503 to whatever went wrong here makes WeChat repeat it, so that nothing is lost."""
        try:
            return Answer(200, await self._hear(_read(query), body))
        except Refusal as refusal:
            metrics.REFUSED.labels(refusal.code).inc()
            return Answer(refusal.status)
        except Exception:  # whatever it is, WeChat must hear of it
            log.error("A door failed.", path="/wechat", exc_info=True)
            return Answer(503)

    async def _hear(self, query: Mapping[str, str], body: bytes) -> bytes:
        started, now = time.perf_counter(), self._clock.now()
        opened = self._envelope.open(query, body, now)
        heard = messages.parse(opened.clear, now)
        self._watch(opened)
        kind, outcome = type(heard.content).__name__.lower(), "failed"
        logs.cause.set(self._conversation.cause(heard))
        try:
            answer = await self._reply(heard, opened)
            outcome = "silent" if answer is SUCCESS else "answered"
        except Refusal:
            outcome = "repeat-please"
            raise
        finally:
            metrics.CALLBACK_SECONDS.labels(kind, outcome).observe(time.perf_counter() - started)
        return answer

    async def _reply(self, heard: Heard, opened: Opened) -> bytes:
        reply = await self._conversation.hear(heard)
        if reply.saying is None:
            return SUCCESS
        clear = messages.render(reply.saying, heard, reply.at)
        return self._envelope.seal(clear, opened.nonce, self._clock.now())

    def _watch(self, opened: Opened) -> None:
        """Raise an alarm about clocks that drift apart; a skew never makes the service deaf."""
        metrics.CLOCK_SKEW.set(opened.skew)
        if abs(opened.skew) > LOUD_SKEW:
            log.warning("WeChat's clock and ours are far apart.", seconds=round(opened.skew))


class Callback(Door):
    """`/wechat` by GET: verification. Any other verb, and whatever is not WeChat's, is refused empty."""

    envelope: Envelope

    def get(self) -> None:
        """Prove to WeChat that this address is ours."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(self.envelope.verify_url(_read(self.request.query)))

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ANN401  Tornado's own signature
        """Answer with an empty body."""
        fault = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(fault, Refusal):
            status, code = fault.status, fault.code
        else:  # Tornado's own: a method that WeChat does not use, a form that is none; or a fault of ours
            status, code = (400, "unreadable") if status_code < 500 else (503, "fault")
        metrics.REFUSED.labels(code).inc()
        self.set_status(status)
        self.finish()


def _read(query: str) -> Mapping[str, str]:
    pairs = (pair.partition("=") for pair in query.split("&"))
    return {name: unquote_plus(value) for name, _, value in pairs}
