"""A model of who holds which hour, learnt only from what people were told; it finds what does not fit together."""

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations, pairwise
from math import inf
from typing import Any

from server.domain.clock import wall

_HOUR = re.compile(r"(\d+)月(\d+)日 周. (\d\d):(\d\d)")
_WHO = re.compile(r"(?:–\d\d:\d\d)?\s+([^\s（\d]+)（")
BOOKED, FREED, GONE = "已预约", "已取消", "这个时间刚被约走"
RECENT = 4  # offers; of two messages at once, one may put again what stood before the other


@dataclass(frozen=True, slots=True, order=True)
class Hour:
    """An hour as people are told of it: month, day, minute of the day, and the name of the expert."""

    day: tuple[int, int]
    minute: int
    expert: str


@dataclass(frozen=True, slots=True)
class Spell:
    """From the instant a message was sent to the instant its reply was there, by the monotonic clock."""

    sent: float
    told: float


@dataclass(slots=True)
class Hold:
    """An hour somebody was told to have, since when and until when."""

    owner: str
    hour: Hour
    booked: Spell
    freed: Spell | None = None

    @property
    def certain(self) -> tuple[float, float]:
        """While it was theirs without any doubt: after they were told so, before they asked to give it back."""
        return self.booked.told, self.freed.sent if self.freed else inf

    @property
    def possible(self) -> tuple[float, float]:
        """While it may have been theirs."""
        return self.booked.sent, self.freed.told if self.freed else inf


def hours_in(text: str) -> Iterator[Hour]:
    """Every hour that a text tells of together with its expert, in order."""
    for found in _HOUR.finditer(text):
        name = _WHO.match(text, found.end())
        if name:
            yield _hour(found, name[1])


def offers_in(text: str) -> list[Hour]:
    """The hours that a question offers by number."""
    lines = [line for line in text.splitlines() if re.match(r"\d ", line) and _HOUR.search(line)]
    head = re.search(r"(?:^|\n)([^\s（]+)（[^\n]*\n[^\n]+\n\n空的时间", text)
    if head:  # the hours of one expert, who is named above them
        return [_hour(found, head[1]) for line in lines if (found := _HOUR.search(line))]
    return list(hours_in("\n".join(lines)))


def _hour(found: re.Match[str], expert: str) -> Hour:
    month, day, hour, minute = map(int, found.groups())
    return Hour((month, day), hour * 60 + minute, expert)


def as_told(start: datetime, expert: str) -> Hour:
    """An hour of the database as people are told of it."""
    local = wall(start)
    return Hour((local.month, local.day), local.hour * 60 + local.minute, expert)


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long an expert's hour is for the worker, and for the expert, in minutes."""

    worker: int
    expert: int


@dataclass
class Ledger:
    """What everybody was told, and what must hold between any two of these things."""

    lengths: Mapping[str, Lengths]
    holds: list[Hold] = field(default_factory=list)
    offered: list[tuple[str, Hour, Spell]] = field(default_factory=list)
    gone: list[tuple[str, Hour, Spell]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _offers: dict[str, deque[list[Hour]]] = field(default_factory=lambda: defaultdict(lambda: deque(maxlen=RECENT)))

    def held_by(self, owner: str) -> dict[Hour, Hold]:
        """What this person was told to have and has not given back."""
        return {hold.hour: hold for hold in self.holds if hold.owner == owner and not hold.freed}

    def hear(self, owner: str, text: str, spell: Spell, in_hand: Hour | None = None) -> None:
        """Take down a reply; `in_hand` is the hour that was being confirmed."""
        told = list(hours_in(text))
        if text.startswith(BOOKED):
            self._is_booked(owner, told[0], spell)
        elif text.startswith(FREED):
            self._is_freed(owner, told[0], spell)
        elif text.startswith(GONE) and in_hand:
            self.gone.append((owner, in_hand, spell))
        self._is_offered(owner, offers_in(text) if "空的时间" in text else [], spell)

    def _is_booked(self, owner: str, hour: Hour, spell: Spell) -> None:
        if hour not in self.held_by(owner):
            self.holds.append(Hold(owner, hour, spell))

    def _is_freed(self, owner: str, hour: Hour, spell: Spell) -> None:
        hold = self.held_by(owner).get(hour)
        if hold:
            hold.freed = spell
        elif not any(each.owner == owner and each.hour == hour for each in self.holds):
            self.faults.append(f"{owner} was told that {hour} was given back, and never had it")

    def _is_offered(self, owner: str, hours: list[Hour], spell: Spell) -> None:
        """Take down what is offered anew; a question that is put once more offers nothing new."""
        if hours and hours not in self._offers[owner]:
            self.offered += [(owner, hour, spell) for hour in hours]
            self._offers[owner].append(hours)

    def listed(self, owner: str, text: str) -> None:
        """Hold the answer to 我的 against what the person was told before."""
        shown, mine = list(hours_in(text)), sorted(self.held_by(owner))
        hidden = re.search(r"后面还有 (\d+) 个", text)
        if shown != mine[: len(shown)] or len(mine) != len(shown) + (int(hidden[1]) if hidden else 0):
            self.faults.append(f"{owner} is shown {shown} and was told {mine}")

    def contradictions(self) -> list[str]:
        """Everything that cannot be true together."""
        return [*self.faults, *self._overlaps(), *self._own_overlaps(), *self._stale_offers(), *self._lies()]

    def _overlaps(self) -> Iterator[str]:
        for holds in self._by_place(self.holds).values():
            for one, other in combinations(holds, 2):
                if one.owner != other.owner and self._touch(one.hour, other.hour) and meet(one.certain, other.certain):
                    yield f"two people were told to have one hour: {one} and {other}"

    def _own_overlaps(self) -> Iterator[str]:
        mine = defaultdict(list)
        for hold in self.holds:
            mine[hold.owner, hold.hour.day].append(hold)
        for holds in mine.values():
            for one, other in combinations(holds, 2):
                first, second = sorted((one.hour, other.hour))
                end = first.minute + self.lengths[first.expert].worker
                if second.minute < end and meet(one.certain, other.certain):
                    yield f"one person has two hours at once: {one} and {other}"

    def _stale_offers(self) -> Iterator[str]:
        places = self._by_place(self.holds)
        for owner, hour, spell in self.offered:
            for hold in places.get((hour.expert, hour.day), ()):
                begins, ends = hold.certain
                if self._touch(hold.hour, hour) and begins < spell.sent and spell.told < ends:
                    yield f"{owner} was offered {hour} while it was {hold}"

    def _lies(self) -> Iterator[str]:
        places = self._by_place(self.holds)
        for owner, hour, spell in self.gone:
            others = (hold for hold in places.get((hour.expert, hour.day), ()) if self._touch(hold.hour, hour))
            if not any(meet(hold.possible, (spell.sent, spell.told)) for hold in others if hold.owner != owner):
                yield f"{owner} was told that {hour} was gone, and nobody had it"

    def _touch(self, one: Hour, other: Hour) -> bool:
        length = self.lengths[one.expert].expert
        return one.expert == other.expert and one.day == other.day and abs(one.minute - other.minute) < length

    def _by_place(self, holds: Iterable[Hold]) -> dict[tuple[str, tuple[int, int]], list[Hold]]:
        places = defaultdict(list)
        for hold in holds:
            places[hold.hour.expert, hold.hour.day].append(hold)
        return places


def meet(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two stretches of time have more than an instant in common."""
    return max(one[0], other[0]) < min(one[1], other[1])


def overlaps_of(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Cells that more than one booking of the database holds."""
    holding = [row for row in rows if row["state"] in ("booked", "begun")]
    cells = sorted((cell, row["_id"]) for row in holding for cell in row["cells"])
    return [f"{one[0]}: {one[1]} and {other[1]}" for one, other in pairwise(cells) if one[0] == other[0]]
