"""The platform's reply window: what a follower's last deed allows us to send of our own (fact sheet 6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Act(StrEnum):
    """The deeds of a follower that open a window."""

    MESSAGE = "message"
    TAP = "tap"
    FOLLOW = "follow"
    SCAN = "scan"


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many customer-service messages within so long after the deed."""

    messages: int
    within: timedelta


ALLOWANCES = {
    Act.MESSAGE: Allowance(5, timedelta(hours=48)),
    Act.TAP: Allowance(3, timedelta(minutes=1)),
    Act.FOLLOW: Allowance(3, timedelta(minutes=1)),
    Act.SCAN: Allowance(3, timedelta(minutes=1)),
}
LONGEST = max(allowance.within for allowance in ALLOWANCES.values())


@dataclass(frozen=True, slots=True)
class Done:
    """One deed of a follower and its instant."""

    act: Act
    at: datetime


def left(deeds: Iterable[Done], sent: Iterable[datetime], now: datetime) -> int:
    """Return how many messages may still be sent now: the most generous deed whose window is open.

    A new deed starts a new allowance; what was sent before it does not count against it.
    """
    sent_at = sorted(sent)
    best = 0
    for deed in deeds:
        allowance = ALLOWANCES[deed.act]
        if deed.at <= now < deed.at + allowance.within:
            used = sum(1 for instant in sent_at if instant >= deed.at)
            best = max(best, allowance.messages - used)
    return best
