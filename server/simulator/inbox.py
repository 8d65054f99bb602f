"""What the phones show: items with rising numbers, and those who watch an inbox live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from .clock import iso
from .followers import Follower

FAILURE_LINE = "该公众号提供的服务出现故障，请稍后再试"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on a phone. `at` is seconds; `side`, `kind` and `by` are the words of the phone's interface.

    `seconds` is how long a voice is, `url` where a link leads, `note` what stands small below the text.
    """

    id: int
    at: float
    side: str
    kind: str
    text: str = ""
    articles: tuple[dict[str, str], ...] = ()
    by: str = ""
    seconds: int = 0
    url: str = ""
    note: str = ""

    def shape(self) -> dict[str, Any]:
        """The item as the phone reads it."""
        return {**asdict(self), "at": iso(self.at), "articles": list(self.articles)}


Watcher = Callable[[Item], None]


class Inboxes:
    """All items, shared where many got the same, and the watchers of each follower."""

    def __init__(self) -> None:
        self._items: dict[int, Item] = {}
        self._last = 0
        self._watchers: dict[str, set[Watcher]] = {}

    def make(self, at: float, side: str, kind: str, **more: Any) -> Item:  # noqa: ANN401  the fields of Item
        """A new item that nobody has yet."""
        self._last += 1
        item = Item(self._last, at, side, kind, **more)
        self._items[item.id] = item
        return item

    def place(self, follower: Follower, item: Item) -> None:
        """Puts an item into an inbox and shows it to whoever watches."""
        follower.inbox.append(item.id)
        watchers = self._watchers.get(follower.openid)
        if watchers:
            follower.seen = len(follower.inbox)
            for watcher in tuple(watchers):
                watcher(item)

    def read(self, follower: Follower) -> list[Item]:
        """Everything in an inbox, oldest first; it counts as seen."""
        follower.seen = len(follower.inbox)
        return [self._items[number] for number in follower.inbox]

    def unread(self, follower: Follower) -> int:
        """How many items of the account's have come since the inbox was last looked at."""
        fresh = follower.inbox[follower.seen :]
        return sum(1 for number in fresh if self._items[number].side != "follower")

    def watch(self, openid: str, watcher: Watcher) -> Callable[[], None]:
        """Calls the watcher for each new item until the function handed back is called."""
        self._watchers.setdefault(openid, set()).add(watcher)

        def stop() -> None:
            self._watchers.get(openid, set()).discard(watcher)
            if not self._watchers.get(openid):
                self._watchers.pop(openid, None)

        return stop

    def clear(self) -> None:
        """Forgets the items; whoever watches goes on watching."""
        self._items.clear()

    def plain(self) -> dict[str, Any]:
        """Items and the last number given."""
        return {"last": self._last, "items": [asdict(each) for each in self._items.values()]}

    def revive(self, record: dict[str, Any]) -> None:
        """Takes the items of an earlier life."""
        self._last = record["last"]
        items = (Item(**{**each, "articles": tuple(each["articles"])}) for each in record["items"])
        self._items = {each.id: each for each in items}
