"""A race: ours and the ceiling in turn, seven rounds, medians."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median

ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Lap:
    """One stretch of work: how many were done, in how long, for how many seconds of the server's CPU."""

    done: int
    seconds: float
    cpu_seconds: float

    @property
    def rate(self) -> float:
        """Return how many were done in a second."""
        return self.done / self.seconds

    @property
    def micros(self) -> float:
        """Return the CPU microseconds that one of them took."""
        return self.cpu_seconds / self.done * 1e6


@dataclass(frozen=True, slots=True)
class Race:
    """The laps of ours and of the ceiling, one of each a round."""

    ours: Sequence[Lap]
    ceiling: Sequence[Lap]

    @property
    def ratio(self) -> float:
        """Return our median rate as a part of the ceiling's."""
        return median(lap.rate for lap in self.ours) / median(lap.rate for lap in self.ceiling)

    def notes(self, work: str) -> list[str]:
        """Return a line for ours and one for the ceiling: rate and CPU, then the spread of the rounds' ratios."""
        ratios = sorted(ours.rate / ceiling.rate for ours, ceiling in zip(self.ours, self.ceiling, strict=True))
        return [
            f"{work}: {_told(self.ours)}",
            f"ceiling: {_told(self.ceiling)}",
            f"ratio of each round from {ratios[0]:.3f} to {ratios[-1]:.3f}",
        ]


async def race(
    ours: Callable[[int], Awaitable[Lap]], ceiling: Callable[[int], Awaitable[Lap]], rounds: int = ROUNDS
) -> Race:
    """Run both in every round, who begins changing from round to round; each is told the round's number."""
    laps: dict[bool, list[Lap]] = {True: [], False: []}
    for number in range(rounds):
        for is_ours in (number % 2 == 0, number % 2 != 0):
            laps[is_ours].append(await (ours if is_ours else ceiling)(number))
    return Race(laps[True], laps[False])


def _told(laps: Sequence[Lap]) -> str:
    return f"{median(lap.rate for lap in laps):,.0f}/s, {median(lap.micros for lap in laps):,.0f} µs of CPU each"
