"""WeChat's door: open the envelope, let the conversation answer, seal the reply."""

import time
from collections.abc import Mapping
from typing import Any, Protocol

from server import logs, metrics
from server.domain.clock import Clock
from server.domain.conversation.messages import Heard
from server.domain.conversation.model import Reply
from server.domain.refusals import Refusal
from server.web.base import Door
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


class Callback(Door):
    """`/wechat`: verification by GET, messages and events by POST."""

    envelope: Envelope
    conversation: Listener
    clock: Clock

    def get(self) -> None:
        """Prove to WeChat that this address is ours."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(self.envelope.verify_url(self._query()))

    async def post(self) -> None:
        """Answer one message."""
        started = time.perf_counter()
        opened = self.envelope.open(self._query(), self.request.body, self.clock.now())
        heard = messages.parse(opened.clear, self.clock.now())
        self._watch(opened)
        kind, outcome = type(heard.content).__name__.lower(), "failed"
        logs.cause.set(self.conversation.cause(heard))
        try:
            body = await self._answer(heard, opened)
            outcome = "silent" if body is SUCCESS else "answered"
        except Refusal:
            outcome = "repeat-please"
            raise
        finally:
            metrics.CALLBACK_SECONDS.labels(kind, outcome).observe(time.perf_counter() - started)
        self.set_header("Content-Type", "text/xml; charset=utf-8")
        self.finish(body)

    async def _answer(self, heard: Heard, opened: Opened) -> bytes:
        reply = await self.conversation.hear(heard)
        if reply.saying is None:
            return SUCCESS
        clear = messages.render(reply.saying, heard, reply.at)
        return self.envelope.seal(clear, opened.nonce, self.clock.now())

    def _watch(self, opened: Opened) -> None:
        """Raise an alarm about clocks that drift apart; a skew never makes the service deaf."""
        metrics.CLOCK_SKEW.set(opened.skew)
        if abs(opened.skew) > LOUD_SKEW:
            log.warning("WeChat's clock and ours are far apart.", seconds=round(opened.skew))

    def _query(self) -> Mapping[str, str]:
        arguments = self.request.query_arguments
        return {name: values[-1].decode("utf-8", "replace") for name, values in arguments.items()}

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ANN401  Tornado's own signature
        """Answer with an empty body: 400 or 403 to what is not WeChat's, 503 to whatever went wrong here.

        A 503 makes WeChat repeat the message, so that nothing is lost to a fault of ours.
        """
        fault = kwargs.get("exc_info", (None, None, None))[1]
        status = status_code if status_code < 500 else 503
        if isinstance(fault, Refusal):
            status = fault.status
            metrics.REFUSED.labels(fault.code).inc()
        self.set_status(status)
        self.finish()
