"""What the phone page hears without asking: new items, and a changed account."""

from __future__ import annotations

import json
from typing import Any

from tornado.websocket import WebSocketClosedError, WebSocketHandler

from .clock import iso
from .inbox import Item
from .world import World


class Live(WebSocketHandler):
    """The line to one follower's phone."""

    def initialize(self, world: World) -> None:
        """Takes the platform's state."""
        self.world = world
        self._stop: list[Any] = []

    def open(self, openid: str) -> None:
        """Listens to that inbox; an unknown openid is hung up on."""
        if self.world.followers.find(openid) is None:
            self.close(4404, "nobody has this openid")
            return
        self._stop = [self.world.inboxes.watch(openid, self._item)]
        self.world.account_watchers.add(self._account)

    def on_close(self) -> None:
        """Listens no more."""
        for stop in self._stop:
            stop()
        self.world.account_watchers.discard(self._account)

    def on_message(self, message: str | bytes) -> None:
        """Nothing is expected from the phone on this line."""

    def _item(self, item: Item) -> None:
        self._send({"item": item.shape()})

    def _account(self) -> None:
        account = self.world.account
        shape = {"name": account.name, "kind": account.kind, "verified": account.verified, "menu": account.menu}
        self._send({"account": shape | {"now": iso(self.world.clock.seconds(), precise=True)}})

    def _send(self, document: object) -> None:
        try:
            self.write_message(json.dumps(document, ensure_ascii=False))
        except WebSocketClosedError:
            self.on_close()
