"""The account's menu at the platform: pushed and read."""

from collections.abc import Mapping, Sequence
from typing import Any

from server.domain.post.faults import Declined
from server.wechat.client import Client

NO_MENU = 46003

Button = Mapping[str, Any]


class Menu:
    """The menu of one account; phones fetch it anew when their last look is five minutes old."""

    def __init__(self, client: Client) -> None:
        """Work through this client."""
        self._client = client

    async def push(self, buttons: Sequence[Button]) -> None:
        """Put one to three buttons in place of those that stand; raises a `faults.Fault`."""
        await self._client.menu.create({"button": list(buttons)})

    async def read(self) -> list[Button]:
        """Return the buttons that stand, none if there is no menu; raises a `faults.Fault`."""
        try:
            answer = await self._client.menu.get()
        except Declined as refused:
            if refused.code == NO_MENU:
                return []
            raise
        buttons: list[Button] = answer.get("menu", {}).get("button", [])
        return buttons
