"""The ceiling of a row over HTTP: a bare Tornado handler that answers 600 bytes, on the loop the service runs on.

`python -m bench.ceiling` listens at `XINYI_CEILING_PORT` until it is asked to end.
"""

import asyncio
import logging
import os

import uvloop
from tornado.web import Application, RequestHandler

BODY = b"x" * 600


class Bare(RequestHandler):
    """Reads nothing, decides nothing, keeps nothing."""

    def get(self) -> None:
        """Say that it is there."""
        self.finish(BODY)

    def post(self) -> None:
        """Answer."""
        self.finish(BODY)


async def _serve() -> None:
    Application([(r"/wechat", Bare)]).listen(int(os.environ["XINYI_CEILING_PORT"]), "127.0.0.1")
    await asyncio.Event().wait()


if __name__ == "__main__":
    logging.getLogger("tornado.access").setLevel(logging.CRITICAL)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve())
