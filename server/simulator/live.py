"""What the pages hear without asking: new items, a changed account, what has come for the duty staff."""

from __future__ import annotations

import json
from typing import Any

from tornado.websocket import WebSocketClosedError, WebSocketHandler

from .clock import iso
from .inbox import Item
from .sink import Message
from .world import World


class Line(WebSocketHandler):
    """A line on which only the stand-in speaks."""

    def initialize(self, world: World) -> None:
        """Takes the platform's state."""
        self.world = world

    def on_message(self, message: str | bytes) -> None:
        """Nothing is expected on this line."""

    def send(self, document: object) -> None:
        """Says something, unless nobody listens any more."""
        try:
            self.write_message(json.dumps(document, ensure_ascii=False))
        except WebSocketClosedError:
            self.on_close()


class Live(Line):
    """The line to one follower's phone."""

    def initialize(self, world: World) -> None:
        """Takes the platform's state."""
        super().initialize(world)
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

    def _item(self, item: Item) -> None:
        self.send({"item": item.shape()})

    def _account(self) -> None:
        account = self.world.account
        shown = ("name", "kind", "verified", "recognition", "menu")
        shape = {name: getattr(account, name) for name in shown}
        self.send({"account": shape | {"now": iso(self.world.clock.seconds(), precise=True)}})


class SinkLive(Line):
    """The line to the page of the duty staff's phones."""

    def open(self) -> None:
        """Listens to what comes."""
        self.world.sink.watchers.add(self._message)

    def on_close(self) -> None:
        """Listens no more."""
        self.world.sink.watchers.discard(self._message)

    def _message(self, message: Message | None) -> None:
        self.send({"message": message.shape()} if message else {"emptied": True})
