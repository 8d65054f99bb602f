"""`xinyi doctor`: what is wrong and how to mend it; exit code 0 fine, 1 to be looked at, 2 broken."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence

import click

from server.app import opened
from server.commands import ground
from server.commands._variables import mistyped
from server.doctor import Finding, Level, examine
from server.settings import Settings
from server.storage.shelf.faults import BadContent

_MARKS = {Level.FINE: "✓", Level.WARN: "!", Level.BROKEN: "✗"}


@click.command("doctor", help="检查设置、数据库、时间、节假日、内容、微信和等着办的事。")
@click.option("--json", "as_json", is_flag=True, help="写成 JSON")
def command(as_json: bool) -> None:
    """Examine the service."""
    findings = [*_unknown(), *asyncio.run(_examine(ground("doctor")))]
    if as_json:
        rows = [{"level": each.level.name.lower(), "name": each.name, "sentence": each.sentence} for each in findings]
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        for each in findings:
            click.echo(f"{_MARKS[each.level]} {each.name:<9} {each.sentence}")
    sys.exit(max(each.level for each in findings))


def _unknown() -> list[Finding]:
    return [Finding(Level.WARN, "settings", sentence) for sentence in mistyped(os.environ)]


async def _examine(settings: Settings) -> Sequence[Finding]:
    try:
        async with opened(settings, "doctor") as app:
            return await examine(app)
    except BadContent as bad:
        return [Finding(Level.BROKEN, "content", bad.sentence)]
