"""The guards: who may come in at a door."""

from server.web.base import Door


async def everyone(_door: Door) -> None:
    """Let everybody in: the page is public and knows nobody."""


async def sealed(_door: Door) -> None:
    """Let in whoever proves by signature to be WeChat; the callback judges the envelope itself, body and all."""
