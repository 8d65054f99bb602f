"""Fail points of a testing mongod: what the server is told to do wrong, and for whom."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from server.storage.mongo import Mongo


@asynccontextmanager
async def failing(mongo: Mongo, commands: Sequence[str], times: int, **how: Any) -> AsyncIterator[None]:
    """Let the next so many of these commands of this connection's process fail as told."""
    appname = mongo.client.options.pool_options.appname
    await _set(mongo, {"times": times}, {"failCommands": list(commands), "appName": appname, **how})
    try:
        yield
    finally:
        await _set(mongo, "off")


async def _set(mongo: Mongo, mode: str | Mapping[str, int], data: Mapping[str, Any] | None = None) -> None:
    command: dict[str, Any] = {"configureFailPoint": "failCommand", "mode": mode}
    await mongo.client.admin.command({**command, "data": data} if data else command)
