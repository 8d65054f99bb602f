"""`xinyi edition`: plan what goes out, and see what became of it."""

import asyncio
import json
from datetime import datetime

import click

from server.app import opened
from server.commands import Said, ground
from server.domain.clock import SHANGHAI, wall
from server.domain.publishing.edition import Edition, Way
from server.settings import Settings

BY = "console"


@click.group("edition", help="推送：安排、查看、取消。")
def command() -> None:
    """Hold the verbs of editions together."""


@command.command("plan", help="安排一次推送，时间是北京时间，例如 2026-11-23T07:30。")
@click.option("--piece", required=True, help="文章的编号，见 xinyi library list")
@click.option("--at", "hour", required=True, help="北京时间")
@click.option("--way", type=click.Choice([str(way) for way in Way]), default=str(Way.MASS), show_default=True)
def plan(piece: str, hour: str, way: str) -> None:
    """Plan one edition."""
    edition = asyncio.run(_plan(ground("edition"), piece, _instant(hour), Way(way)))
    click.echo(json.dumps(_row(edition), ensure_ascii=False))


def _instant(hour: str) -> datetime:
    try:
        instant = datetime.fromisoformat(hour)
    except ValueError:
        raise Said(f"看不懂时间 {hour}，请写成 2026-11-23T07:30 这样。") from None
    return instant.replace(tzinfo=instant.tzinfo or SHANGHAI)


async def _plan(settings: Settings, piece: str, at: datetime, way: Way) -> Edition:
    async with opened(settings, "edition") as app:
        return await app.publishing.plan(piece, at, way, BY)


@command.command("show", help="查看一次推送走到了哪一步。")
@click.argument("edition")
def show(edition: str) -> None:
    """Show one edition."""
    found = asyncio.run(_ask(ground("edition"), edition, cancelling=False))
    click.echo(json.dumps(_row(found), ensure_ascii=False, indent=1))


@command.command("cancel", help="取消一次还没有开始发送的推送。")
@click.argument("edition")
def cancel(edition: str) -> None:
    """Cancel one edition."""
    found = asyncio.run(_ask(ground("edition"), edition, cancelling=True))
    click.echo(json.dumps(_row(found), ensure_ascii=False, indent=1))


async def _ask(settings: Settings, edition: str, *, cancelling: bool) -> Edition:
    async with opened(settings, "edition") as app:
        if cancelling:
            return await app.publishing.cancel(edition, BY)
        return await app.publishing.show(edition)


@command.command("list", help="列出最近的推送。")
@click.option("--json", "as_json", is_flag=True, help="写成 JSON")
def list_(as_json: bool) -> None:
    """List editions, newest first."""
    rows = [_row(edition) for edition in asyncio.run(_list(ground("edition")))]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['at']}  {row['state']:<10} {row['way']:<6} {row['piece']:<40} {row['id']}")


async def _list(settings: Settings) -> list[Edition]:
    async with opened(settings, "edition") as app:
        return list(await app.stores.editions.everything())


def _row(edition: Edition) -> dict[str, object]:
    return {
        "id": edition.id,
        "state": str(edition.state),
        "piece": edition.piece,
        "version": edition.version,
        "way": str(edition.way),
        "at": f"{wall(edition.at):%Y-%m-%dT%H:%M}",
        "series": edition.series,
        "message": edition.sending.message if edition.sending else "",
        "history": [
            {"state": str(step.state), "at": step.at.isoformat(), "by": step.by, "note": step.note}
            for step in edition.history
        ],
    }
