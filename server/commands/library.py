"""`xinyi library`: the pieces of content/, imported, listed and accepted."""

import asyncio
import json
from datetime import time

import click

from server.app import App, opened
from server.commands import Said, ground
from server.domain.publishing.edition import Way
from server.domain.publishing.piece import ImportPlan, PieceState, plan_import
from server.settings import Settings
from server.storage.shelf import reading
from server.storage.shelf.faults import BadContent

MORNING = time(7, 30)
SERIES = "morning"


@click.group("library", help="内容库：导入 content/ 里的文章、每日一语和回复。")
def command() -> None:
    """Hold the verbs of the library together."""


@command.command("import", help="读入 content/；有一处不对就什么也不导入，并指出文件和行。")
@click.option("--accept", "is_accepting", is_flag=True, help="试用：全部接受，并开始每天早上的推送")
def import_(is_accepting: bool) -> None:
    """Import what the folder holds."""
    settings = ground("library")
    if is_accepting and settings.is_connected:
        raise Said("接真实的微信时，要由一位审核人用 xinyi library accept --by 姓名 接受内容。")
    click.echo(asyncio.run(_import(settings, is_accepting=is_accepting)))


async def _import(settings: Settings, *, is_accepting: bool) -> str:
    try:
        async with opened(settings, "library") as app:
            reading.read_screening(settings.content)  # nothing is imported while the words of danger are broken
            await app.stores.ensure_indexes()
            plan = await app.stores.mongo.together(lambda: _write(app), within=60.0)
            if is_accepting and not await app.stores.editions.series():
                await app.publishing.start_series(SERIES, MORNING, _way(app))
    except BadContent as bad:
        raise Said(str(bad)) from None
    return _told(plan)


def _way(app: App) -> Way:
    return Way.MASS if Way.MASS in app.publishing.ways else Way.REPLY


async def _write(app: App) -> ImportPlan:
    library = app.stores.library
    plan = plan_import(await library.standings(), app.workshops.shelf.pieces, app.settings.is_connected)
    await library.write(plan, app.clock.now())
    return plan


def _told(plan: ImportPlan) -> str:
    parts = [
        ("新增", len(plan.new)),
        ("更新", len(plan.changed)),
        ("恢复", len(plan.returned)),
        ("接受", len(plan.accepted)),
        ("撤下", len(plan.withdrawn)),
        ("没有变化", len(plan.unchanged)),
        ("等待审核", len(plan.waiting)),
    ]
    return "内容库：" + "，".join(f"{name} {count}" for name, count in parts if count)


@command.command("list", help="列出内容库里的全部内容。")
@click.option("--json", "as_json", is_flag=True, help="写成 JSON")
def list_(as_json: bool) -> None:
    """List every piece."""
    rows = asyncio.run(_list(ground("library")))
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['kind']:<8} {row['state']:<10} {row['id']:<40} {row['title']}")


async def _list(settings: Settings) -> list[dict[str, object]]:
    async with opened(settings, "library") as app:
        return list(await app.stores.library.listing())


@command.command("accept", help="接受等待审核的内容；--by 写审核人的姓名。")
@click.argument("pieces", nargs=-1)
@click.option("--by", required=True, help="审核人的姓名")
def accept(pieces: tuple[str, ...], by: str) -> None:
    """Show waiting pieces from now on."""
    if not by.strip():
        raise Said("请写审核人的姓名：--by 姓名。")
    count = asyncio.run(_accept(ground("library"), pieces, by.strip()))
    click.echo(f"接受了 {count} 篇（条）内容。")


async def _accept(settings: Settings, pieces: tuple[str, ...], by: str) -> int:
    async with opened(settings, "library") as app:
        library = app.stores.library
        waiting = [str(row["id"]) for row in await library.listing() if row["state"] == PieceState.WAITING]
        chosen = list(pieces) or waiting
        now = app.clock.now()
        return await app.stores.mongo.together(lambda: library.accept(chosen, by, now), within=60.0)
