"""`xinyi serve`: the doors over HTTP, one process or several on one port."""

import asyncio
import contextlib
import gc
import os
import sys

import click
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from server import metrics
from server.app import App, opened
from server.commands import _doors, ground
from server.commands._upkeep import Part, Upkeep
from server.domain.refusals import Refusal
from server.media.reading import STYLE
from server.settings import Settings
from server.web.readiness import Readiness
from server.web.routes import application

LARGEST_BODY = 256 * 1024  # bytes; a door may take less
LAST_SECONDS = 8.0  # for what is under way when the process is asked to end


@click.command("serve", help="网页与微信消息的服务；--processes N 在同一端口上开 N 个进程。")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="进程数")
def command(processes: int) -> None:
    """Serve until asked to end."""
    settings = ground("serve")
    settings.demand_account()
    _doors.live(lambda: _serve(settings) if processes == 1 else _several(processes))


async def _several(processes: int) -> None:
    """Keep so many processes running on one port; each opens it for itself (SO_REUSEPORT)."""
    asked = _doors.stop_signal()
    upkeep = Upkeep(lambda name, line: click.echo(f"{name:>9} | {line}", err=True))
    names = [f"serve-{number}" for number in range(1, processes + 1)]
    for name in names:
        upkeep.keep(Part(name, [sys.executable, "-m", "server", "serve"], dict(os.environ)))
    await asked.wait()
    await upkeep.end(names, LAST_SECONDS + 2.0)


async def _serve(settings: Settings) -> None:
    asked = _doors.stop_signal()
    async with opened(settings, "serve") as app:
        exporter = metrics.serve(settings.metrics_port)
        readiness = _readiness(app)
        server = HTTPServer(application(_services(app, readiness)), max_body_size=LARGEST_BODY)
        server.add_sockets(bind_sockets(settings.port, reuse_port=True))
        app.workshops.bookshelf.house()  # made ready now, so that nobody waits for it
        _settle()
        behind = [asyncio.create_task(each) for each in (app.workshops.queue.run(), _begin(app, readiness))]
        await asked.wait()
        readiness.is_ready = False
        server.stop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(server.close_all_connections(), LAST_SECONDS)
        await _doors.end(behind)
        exporter.close()


def _settle() -> None:
    """Spare the collector what the start has made: it stays, and there is much of it."""
    gc.collect()
    gc.freeze()


async def _begin(app: App, readiness: Readiness) -> None:
    """Say ready once the stores were reached; then keep what is in memory fresh, and store what waits in the spool."""
    await _doors.reach_stores(app)
    with contextlib.suppress(Refusal):  # who keeps the duty is known before anybody is answered, if it can be read
        await app.workshops.bookshelf.refresh()
    readiness.is_ready = True
    await asyncio.gather(_doors.refresh(app), app.workshops.spool.run(app.conversation.recall))


def _readiness(app: App) -> Readiness:
    stores = app.stores
    counts = (
        stores.editions.count_due,
        stores.editions.count_due_series,
        stores.post.count_due,
        stores.bookings.count_due,
        stores.concerns.count_due,
        stores.duty.count_due,
        stores.voices.count_due,
    )
    checks = {"redis": lambda: app.workshops.queue.is_open}
    return Readiness(app.clock, counts, checks, app.workshops.spool.waiting)


def _services(app: App, readiness: Readiness) -> dict[str, object]:
    return {
        "envelope": app.envelope(),
        "conversation": app.conversation,
        "clock": app.clock,
        "library": app.stores.library,
        "pages": app.workshops.studio,
        "path": STYLE,
        "readiness": readiness,
    }
