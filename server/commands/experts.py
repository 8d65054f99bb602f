"""`xinyi experts`: the pool of those who can be booked."""

import asyncio
import json

import click

from server.app import opened
from server.commands import Said, ground
from server.domain.booking.model import Expert
from server.settings import Settings
from server.storage.experts import from_entry


@click.group("experts", help="专家库：可以预约的老师。")
def command() -> None:
    """Hold the verbs of the pool together."""


@command.command("import", help="读入专家；--sample 读入样例专家（只在没有接真实微信时可用）。")
@click.option("--sample", "is_sample", is_flag=True, required=True, help="样例专家")
def import_(is_sample: bool) -> None:
    """Import the sample experts."""
    settings = ground("experts")
    if is_sample and settings.is_connected:
        raise Said("样例专家是虚构的人，接真实的微信时不能导入。")
    click.echo(f"专家库：{asyncio.run(_import(settings))} 位样例专家")


async def _import(settings: Settings) -> int:
    async with opened(settings, "experts") as app:
        experts = [from_entry(entry) for entry in app.workshops.shelf.experts]
        await app.stores.mongo.together(lambda: app.stores.experts.keep(experts), within=30.0)
        return len(experts)


@command.command("list", help="列出专家库。")
@click.option("--json", "as_json", is_flag=True, help="写成 JSON")
def list_(as_json: bool) -> None:
    """List every expert."""
    rows = [_row(expert) for expert in asyncio.run(_list(ground("experts")))]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['id']:<24} {row['name']:<8} {row['kind']}　{'可约' if row['offered'] else '不再提供'}")


async def _list(settings: Settings) -> list[Expert]:
    async with opened(settings, "experts") as app:
        return list(await app.stores.experts.experts())


def _row(expert: Expert) -> dict[str, object]:
    return {"id": expert.id, "name": expert.name, "kind": expert.kind.title, "offered": expert.offered}
