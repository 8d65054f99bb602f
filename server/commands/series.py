"""`xinyi series`: the standing plan that sends the next article every day."""

import asyncio
import json
from datetime import time

import click

from server.app import opened
from server.commands import Said, ground
from server.domain.publishing.edition import Way
from server.domain.publishing.service import Outlook
from server.settings import Settings

MORNING = "morning"


@click.group("series", help="每日推送计划：按顺序每天发下一篇文章。")
def command() -> None:
    """Hold the verbs of series together."""


@command.command("start", help="开始每天推送；已有的计划会改到新的时间。")
@click.argument("name", default=MORNING)
@click.option("--at", "hour", default="07:30", show_default=True, help="北京时间")
@click.option("--way", type=click.Choice([str(way) for way in Way]), default=str(Way.MASS), show_default=True)
def start(name: str, hour: str, way: str) -> None:
    """Start a series."""
    try:
        wanted = time.fromisoformat(hour)
    except ValueError:
        raise Said(f"看不懂时间 {hour}，请写成 07:30 这样。") from None
    asyncio.run(_start(ground("series"), name, wanted, Way(way)))
    click.echo(f"{name}：每天 {wanted:%H:%M} 推送下一篇文章。")


async def _start(settings: Settings, name: str, hour: time, way: Way) -> None:
    async with opened(settings, "series") as app:
        await app.stores.ensure_indexes()
        await app.publishing.start_series(name, hour, way)


@command.command("stop", help="停止计划；已经排好的那一次要用 xinyi edition cancel 取消。")
@click.argument("name", default=MORNING)
def stop(name: str) -> None:
    """Stop a series."""
    asyncio.run(_stop(ground("series"), name))
    click.echo(f"{name} 不再安排新的推送。")


async def _stop(settings: Settings, name: str) -> None:
    async with opened(settings, "series") as app:
        await app.publishing.stop_series(name)


@command.command("list", help="列出计划，还够发几天。")
@click.option("--json", "as_json", is_flag=True, help="写成 JSON")
def list_(as_json: bool) -> None:
    """List every series."""
    rows = [_row(outlook) for outlook in asyncio.run(_list(ground("series")))]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['id']:<12} 每天 {row['hour']}  {row['state']:<8} 还够发 {row['left']} 天")


async def _list(settings: Settings) -> list[Outlook]:
    async with opened(settings, "series") as app:
        return list(await app.publishing.outlooks())


def _row(outlook: Outlook) -> dict[str, object]:
    series = outlook.series
    return {
        "id": series.id,
        "hour": f"{series.hour:%H:%M}",
        "way": str(series.way),
        "state": str(series.state),
        "left": outlook.left,
    }
