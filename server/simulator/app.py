"""Putting the stand-in together: the table of its paths, its start and its end."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler, StaticFileHandler

from . import ids
from .control.account import AccountControl, ConsoleSendControl, GuardControl, OutcomesControl
from .control.clock import ClockControl, ResetControl
from .control.followers import EventsControl, FollowersControl, InboxControl, MessagesControl
from .control.mini_program import LoginControl, PermissionsControl, PhoneControl
from .control.sink import SinkControl
from .control.watching import CallsControl, DeliveriesControl, FaultsControl
from .gate import Gate
from .live import Live, SinkLive
from .pages import ArticlePage, Picture
from .settings import Settings
from .snapshot import Keeper
from .world import World

PHONE = Path(__file__).parent / "phone"
HOST = "127.0.0.1"
LARGEST_BODY = 16 * 1024 * 1024
OPENID, PAGE = rf"({ids.OPENID.pattern})", r"([0-9A-Za-z_-]+)"


class Page(RequestHandler):
    """The phone, or another page that lies beside it."""

    def initialize(self, file: str) -> None:
        """Takes the name of the file."""
        self.file = PHONE / file

    def get(self) -> None:
        """Sends it as it lies there."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish(self.file.read_bytes())


class PhoneFiles(StaticFileHandler):
    """What the pages are made of, never kept by the browser without asking."""

    def set_extra_headers(self, path: str) -> None:
        """Asks the browser to look again each time."""
        del path
        self.set_header("Cache-Control", "no-cache")


def application(world: World) -> Application:
    """Every path and who answers it."""
    known: dict[str, Any] = {"world": world}
    one = rf"/simulator/followers/{OPENID}"
    rows: list[Any] = [
        (r"/(?:cgi-bin|sns|wxa|wxaapi|customservice|datacube)/.*", Gate, known),
        (r"/simulator/followers", FollowersControl, known),
        (rf"{one}/messages", MessagesControl, known),
        (rf"{one}/events", EventsControl, known),
        (rf"{one}/inbox", InboxControl, known),
        (rf"{one}/login", LoginControl, known),
        (rf"{one}/phone", PhoneControl, known),
        (rf"{one}/permissions", PermissionsControl, known),
        (rf"{one}/live", Live, known),
        (r"/simulator/account", AccountControl, known),
        (r"/simulator/console-send", ConsoleSendControl, known),
        (r"/simulator/guard", GuardControl, known),
        (r"/simulator/outcomes", OutcomesControl, known),
        (r"/simulator/calls", CallsControl, known),
        (r"/simulator/faults", FaultsControl, known),
        (r"/simulator/deliveries", DeliveriesControl, known),
        (r"/simulator/sink/live", SinkLive, known),
        (r"/simulator/sink(/.*)?", SinkControl, known),
        (r"/simulator/clock", ClockControl, known),
        (r"/simulator/reset", ResetControl, known),
        (rf"/s/{PAGE}", ArticlePage, known),
        (rf"/mmbiz/{PAGE}", Picture, known),
        (r"/", Page, {"file": "index.html"}),
        (r"/sink", Page, {"file": "sink.html"}),
        (r"/phone/(.*)", PhoneFiles, {"path": str(PHONE)}),
    ]
    return Application(rows, log_function=lambda _: None, websocket_ping_interval=30)


class Simulator:
    """The stand-in, listening."""

    def __init__(self, settings: Settings) -> None:
        sockets = bind_sockets(settings.port, HOST)
        self.address = f"http://{HOST}:{sockets[0].getsockname()[1]}"
        self.world = World(settings, self.address)
        self._keeper = Keeper(self.world, settings.data)
        self._server = HTTPServer(
            application(self.world), max_body_size=LARGEST_BODY, max_buffer_size=2 * LARGEST_BODY
        )
        self._keeper.load()
        self._keeping = asyncio.get_running_loop().create_task(self._keeper.run())
        self._server.add_sockets(sockets)

    async def stop(self) -> None:
        """Hangs up, ends what is under way and writes the last snapshot."""
        self._server.stop()
        self._keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._keeping
        await self.world.errands.cancel()
        self.world.postman.close()
        self._keeper.save()
