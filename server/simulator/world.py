"""Everything the stand-in knows, in one place, and what the platform does of its own accord."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from . import kinds
from .account import Account
from .callbacks import Outcome, Postman
from .calls import Calls
from .clock import Clock
from .crypto import Sealer
from .drafts import Desk, Drafts
from .envelope import Envelopes, Fields, Letter
from .errands import Errands
from .faults import Faults
from .followers import Follower, Followers
from .inbox import FAILURE_LINE, Inboxes
from .mass import Book
from .media import Media
from .mini_program import MiniProgram
from .quotas import Quotas
from .replies import Judge, Reply
from .settings import Settings
from .sink import Sink
from .tokens import Tokens


class World:
    """The platform's state; `base` is the address at which this stand-in is reached."""

    def __init__(self, settings: Settings, base: str, real: Callable[[], float] = time.time) -> None:
        self.settings = settings
        self.base = base
        self.clock = Clock(real)
        self.errands = Errands()
        self.account = Account.of(settings)
        self.followers, self.inboxes = Followers(), Inboxes()
        self.tokens, self.quotas, self.calls, self.faults = Tokens(), Quotas(), Calls(), Faults()
        self.media, self.drafts, self.mass = Media(settings.data), Drafts(), Book(int(real()))
        self.mini_program = MiniProgram()
        self.sink = Sink()
        self.account_watchers: set[Callable[[], None]] = set()
        self.last_message = 24_000_000_000_000_000 + int(real() * 1000)  # Never again a number of an earlier life.
        self.is_changed = False
        self.postman = Postman(
            f"{settings.service}/wechat",
            self.account,
            self.clock,
            Envelopes(settings.token, Sealer(settings.aes_key, settings.appid)),
            Judge(self.media),
            self.errands,
            self._arrived,
        )

    def desk(self) -> Desk:
        """What a new article is held against."""
        return Desk(self.media, self.account.comments, self.base)

    def secrets(self) -> list[str]:
        """What must never stand in a record."""
        own = self.settings
        given = [*self.tokens.values(), *self.mini_program.tokens.values()]
        return [own.secret, own.mini_secret, own.token, own.aes_key, *given]

    def letter(self, openid: str, fields: Fields, wishes: Fields) -> Letter:
        """A letter from that person: common nodes first, `create_time` and raw `xml` as wished."""
        common = {
            "ToUserName": self.account.original,
            "FromUserName": openid,
            "CreateTime": int(wishes.get("create_time", self.clock.seconds())),
        }
        return Letter(openid, common | fields, str(wishes.get("xml", "")))

    def next_message_id(self) -> int:
        """A MsgId that was never given before."""
        self.last_message += 1
        return self.last_message

    def show(self, follower: Follower, side: str, kind: str, **more: Any) -> None:  # noqa: ANN401  fields of Item
        """Puts a new item into an inbox."""
        self.inboxes.place(follower, self.inboxes.make(self.clock.seconds(), side, kind, **more))
        self.is_changed = True

    def tell_watchers(self) -> None:
        """The menu or the account has changed: whoever looks at it is told."""
        for watcher in tuple(self.account_watchers):
            watcher()

    def _arrived(self, letter: Letter, outcome: Outcome) -> None:
        follower = self.followers.find(letter.openid)
        if follower is None or not follower.follows:
            return
        if outcome.reply:
            self._show_reply(follower, outcome.reply)
        elif outcome.has_failed and kinds.shows_failure(letter.event):
            self.show(follower, "system", "system", text=FAILURE_LINE)

    def _show_reply(self, follower: Follower, reply: Reply) -> None:
        if reply.kind != "transfer_customer_service":
            more = {"text": reply.content, "articles": reply.articles, "by": "reply"}
            self.show(follower, "account", reply.kind, **more)

    async def reset(self, clock: bool) -> None:
        """Empties everything; the clock keeps its offset unless asked otherwise."""
        await self.errands.cancel()
        self.account.begin_anew(self.settings)
        self.followers.revive([])
        for emptied in (self.inboxes, self.calls, self.faults, self.media, self.drafts, self.mass, self.mini_program):
            emptied.clear()
        self.tokens.forget()
        self.quotas.forget()
        self.sink.clear()
        self.postman.rules.clear()
        if clock:
            self.clock.restart()
        self.is_changed = True
        self.tell_watchers()
