"""`xinyi bookings`: who has which hour, by ids."""

import asyncio
import json

import click

from server.app import opened
from server.commands import ground
from server.domain.booking.model import Booking
from server.domain.clock import wall
from server.settings import Settings


@click.command("bookings", help="列出预约（只列编号，不列姓名）。")
@click.option("--json", "as_json", is_flag=True, help="写成 JSON")
def command(as_json: bool) -> None:
    """List every booking."""
    rows = [_row(booking) for booking in asyncio.run(_list(ground("bookings")))]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['start']}  {row['minutes']} 分钟  {row['state']:<10} {row['expert']:<24} {row['id']}")


async def _list(settings: Settings) -> list[Booking]:
    async with opened(settings, "bookings") as app:
        return [booking async for booking in app.stores.bookings.everything()]


def _row(booking: Booking) -> dict[str, object]:
    return {
        "id": booking.id,
        "expert": booking.expert,
        "start": f"{wall(booking.start):%Y-%m-%dT%H:%M}",
        "minutes": booking.minutes,
        "state": str(booking.state),
    }
