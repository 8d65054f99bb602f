"""The table: what a row aims at, what came out, how both are printed and kept."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

REPORT = Path(__file__).resolve().parent.parent / "build" / "bench.json"


@dataclass(frozen=True, slots=True)
class Goal:
    """What a row of design.md 8 asks for: the floor gates, the aim does not."""

    bench: str
    floor: float
    aim: float
    unit: str
    less_is_better: bool = False

    def is_met_by(self, value: float) -> bool:
        """Return whether the value is no worse than the floor."""
        return value <= self.floor if self.less_is_better else value >= self.floor


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a row came to, and what else was seen while it ran, a line each."""

    goal: Goal
    value: float
    notes: Sequence[str] = ()

    @property
    def is_good(self) -> bool:
        """Return whether the floor holds."""
        return self.goal.is_met_by(self.value)


def printed(outcomes: Sequence[Outcome]) -> str:
    """Return the table for the terminal, each row with its notes below."""
    lines = [f"{'bench':<18}{'value':>8}{'floor':>8}{'aim':>8}  unit"]
    for outcome in outcomes:
        goal = outcome.goal
        verdict = "" if outcome.is_good else "   below its floor"
        figures = "".join(f"{_told(number):>8}" for number in (outcome.value, goal.floor, goal.aim))
        lines.append(f"{goal.bench:<18}{figures}  {goal.unit}{verdict}")
        lines += [f"    {note}" for note in outcome.notes]
    return "\n".join(lines)


def _told(number: float) -> str:
    """Return a ratio with three places, a count without any."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3f}"


def kept(outcomes: Sequence[Outcome]) -> None:
    """Write the rows to `build/bench.json`."""
    rows = [
        {
            "bench": outcome.goal.bench,
            "value": round(outcome.value, 4),
            "floor": outcome.goal.floor,
            "aim": outcome.goal.aim,
            "unit": outcome.goal.unit,
        }
        for outcome in outcomes
    ]
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
