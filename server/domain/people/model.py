"""Followers: who follows the account, and which worker each of them is to us."""

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Follower:
    """An openid of the official account and the worker id it got at first sight.

    `event_at` is WeChat's `CreateTime` of the newest follow or unfollow known (0: none yet);
    `owed` says that rows of the post wait for this person's next message.
    """

    openid: str
    worker: str
    follows: bool
    event_at: int
    seen_first: datetime
    owed: bool = False


def followed(follower: Follower, created: int) -> Follower:
    """Return the follower after a follow event; one older than the newest known changes nothing."""
    return _moved(follower, created, follows=True)


def unfollowed(follower: Follower, created: int) -> Follower:
    """Return the follower after an unfollow event; one older than the newest known changes nothing."""
    return _moved(follower, created, follows=False)


def _moved(follower: Follower, created: int, *, follows: bool) -> Follower:
    if created < follower.event_at:
        return follower
    return replace(follower, follows=follows, event_at=created)
