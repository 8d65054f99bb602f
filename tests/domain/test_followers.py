"""Followers come and go; an event that WeChat delivers late changes nothing."""

from datetime import UTC, datetime
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from server.domain.people.model import Follower, followed, unfollowed

NEW = Follower("openid-1", "w-1", follows=True, event_at=0, seen_first=datetime(2026, 11, 23, tzinfo=UTC))


def test_who_leaves_no_longer_follows() -> None:
    gone = unfollowed(NEW, 100)
    assert not gone.follows
    assert gone.event_at == 100
    assert followed(gone, 101).follows


def test_an_event_older_than_the_newest_known_changes_nothing() -> None:
    gone = unfollowed(NEW, 100)
    assert followed(gone, 99) == gone
    assert unfollowed(followed(NEW, 100), 99).follows


def test_a_follower_stays_the_same_worker() -> None:
    back = followed(unfollowed(NEW, 100), 200)
    assert (back.worker, back.seen_first) == (NEW.worker, NEW.seen_first)


@given(st.lists(st.booleans(), min_size=1, max_size=5))
def test_in_whatever_order_events_arrive_the_newest_decides(comings: list[bool]) -> None:
    events = list(enumerate(comings, start=1))
    for order in permutations(events):
        follower = NEW
        for created, comes in order:
            follower = followed(follower, created) if comes else unfollowed(follower, created)
        assert follower.follows == comings[-1]
        assert follower.event_at == len(comings)
