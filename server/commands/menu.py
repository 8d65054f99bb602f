"""`xinyi menu`: the account's menu, from content/menu.json to WeChat."""

import asyncio
import json

import click

from server.app import opened
from server.commands import ground
from server.settings import Settings


@click.group("menu", help="公众号菜单。")
def command() -> None:
    """Hold the verbs of the menu together."""


@command.command("push", help="把 content/menu.json 设为公众号的菜单。")
def push() -> None:
    """Push the menu."""
    asyncio.run(_push(ground("menu")))
    click.echo("菜单已经更新；关注者重新打开公众号后看到新菜单。")


async def _push(settings: Settings) -> None:
    async with opened(settings, "menu") as app:
        await app.menu.push(app.workshops.shelf.menu["button"])


@command.command("show", help="看公众号现在的菜单。")
def show() -> None:
    """Show the menu that WeChat has."""
    click.echo(json.dumps(asyncio.run(_read(ground("menu"))), ensure_ascii=False, indent=1))


async def _read(settings: Settings) -> object:
    async with opened(settings, "menu") as app:
        return await app.menu.read()
