"""`xinyi work`: the tick, and the worker that does what it finds; any number of these may run."""

import asyncio

import click

from server import metrics
from server.app import opened
from server.commands import _doors, ground
from server.jobs.tick import Tick
from server.jobs.worker import keep_running
from server.settings import Settings

LAST_SECONDS = 8.0


@click.command("work", help="后台任务：准备与发送推送、提醒和客服消息。")
def command() -> None:
    """Work until asked to end."""
    settings = ground("work")
    _doors.live(lambda: _work(settings))


async def _work(settings: Settings) -> None:
    asked = _doors.stop_signal()
    async with opened(settings, "work") as app:
        exporter = metrics.serve(settings.metrics_port)
        await _doors.unless_asked(_doors.reach_stores(app), asked)
        tick = Tick(app.duties, app.workshops.queue, app.clock)
        at_work = [
            asyncio.create_task(tick.run()),
            asyncio.create_task(keep_running(settings.redis_url, app.duties, asked)),
        ]
        behind = [asyncio.create_task(app.workshops.queue.run())]
        await asked.wait()
        tick.stop()
        await asyncio.wait(at_work, timeout=LAST_SECONDS)
        await _doors.end([*at_work, *behind])
        exporter.close()
