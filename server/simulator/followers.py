"""The people who follow the account, kept small so that 400,000 of them fit, and what each may still be sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .refusal import Refusal

TALK = (5, 48 * 3600)  # A message of the follower's own allows five within 48 hours.
TOUCH = (3, 60)  # A tap on the menu, a scan or a follow allows three within a minute.
TOUCHES = frozenset({"click", "scancode_push", "scancode_waitmsg", "subscribe", "scan"})
MONTHLY = 4  # What one follower of a 服务号 may get by mass send in a calendar month.


class Follower:
    """One person. Instants are seconds since 1970; `inbox` holds the numbers of items, oldest first."""

    __slots__ = (
        "follows",
        "got",
        "inbox",
        "month",
        "openid",
        "place",
        "scene",
        "seen",
        "since",
        "talk_left",
        "talk_until",
        "touch_left",
        "touch_until",
        "unionid",
    )

    def __init__(self, openid: str, place: int) -> None:
        self.openid, self.place = openid, place
        self.follows = False
        self.since = 0
        self.scene = ""
        self.unionid = ""
        self.inbox: list[int] = []
        self.seen = 0
        self.month = self.got = 0
        self.talk_left = self.touch_left = 0
        self.talk_until = self.touch_until = 0.0

    @property
    def refuses(self) -> bool:
        """A known fate: `o_blocked…` refuses everything the account sends of its own accord."""
        return self.openid.startswith("o_blocked")

    @property
    def has_left(self) -> bool:
        """A known fate: `o_left…` has gone, and the event that told so was lost."""
        return self.openid.startswith("o_left")

    @property
    def is_slow(self) -> bool:
        """A known fate: what is sent to `o_slow…` arrives, but the call is answered late."""
        return self.openid.startswith("o_slow")

    @property
    def is_reached(self) -> bool:
        """Whether the platform itself still counts this person as a follower."""
        return self.follows and not self.has_left

    def follow(self, now: float) -> None:
        """Follows from now on."""
        self.follows, self.since = True, int(now)

    def leave(self) -> None:
        """Unfollows; every window closes."""
        self.follows = False
        self.talk_until = self.touch_until = 0.0
        self.talk_left = self.touch_left = 0

    def talked(self, now: float) -> None:
        """Wrote something: a new allowance takes the place of the last one of its kind."""
        self.talk_left, self.talk_until = TALK[0], now + TALK[1]

    def touched(self, now: float) -> None:
        """Tapped, scanned or followed: likewise."""
        self.touch_left, self.touch_until = TOUCH[0], now + TOUCH[1]

    def spend(self, now: float) -> None:
        """Takes one customer-service message from the allowance that ends first; 45015 or 45047 when none is left."""
        if not self.is_reached:
            raise Refusal(45015)
        is_touch, is_talk = now < self.touch_until, now < self.talk_until
        if is_touch and self.touch_left:
            self.touch_left -= 1
        elif is_talk and self.talk_left:
            self.talk_left -= 1
        else:
            raise Refusal(45047 if is_touch or is_talk else 45015)

    def is_full(self, month: int) -> bool:
        """Whether this month's four mass messages are used up."""
        return self.month == month and self.got >= MONTHLY

    def count(self, month: int) -> None:
        """Counts one mass message."""
        if self.month != month:
            self.month, self.got = month, 0
        self.got += 1

    def plain(self) -> list[Any]:
        """The record as a list, in the order of the slots."""
        return [getattr(self, name) for name in self.__slots__]

    @classmethod
    def revived(cls, values: list[Any]) -> Follower:
        """The record that `plain` wrote."""
        follower = cls.__new__(cls)
        for name, value in zip(cls.__slots__, values, strict=True):
            setattr(follower, name, value)
        return follower


class Followers:
    """Everybody the account has ever seen, in the order in which they came."""

    def __init__(self) -> None:
        self._by_openid: dict[str, Follower] = {}
        self._order: list[Follower] = []

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Follower]:
        return iter(self._order)

    def find(self, openid: str) -> Follower | None:
        """The person of that openid, or None."""
        return self._by_openid.get(openid)

    def known(self, openid: str) -> Follower:
        """The person of that openid; 40003 when there is none."""
        follower = self._by_openid.get(openid)
        if follower is None:
            raise Refusal(40003)
        return follower

    def admit(self, openid: str) -> Follower:
        """The person of that openid, made when new."""
        follower = self._by_openid.get(openid)
        if follower is None:
            follower = Follower(openid, len(self._order))
            self._by_openid[openid] = follower
            self._order.append(follower)
        return follower

    def following(self) -> int:
        """How many follow."""
        return sum(1 for each in self._order if each.is_reached)

    def after(self, openid: str, limit: int) -> list[str]:
        """The next openids that follow, after that one (or from the start); 40003 when it is not known."""
        start = self.known(openid).place + 1 if openid else 0
        found: list[str] = []
        for place in range(start, len(self._order)):
            if self._order[place].is_reached:
                found.append(self._order[place].openid)
                if len(found) == limit:
                    break
        return found

    def plain(self) -> list[list[Any]]:
        """All records."""
        return [each.plain() for each in self._order]

    def revive(self, records: list[list[Any]]) -> None:
        """Takes the records of an earlier life."""
        self._order = [Follower.revived(record) for record in records]
        self._by_openid = {each.openid: each for each in self._order}
