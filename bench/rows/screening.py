"""Screening: lines a second through `xinyi screen` after its start, over our own examples, harmless and not.

What the command does with stdin and stdout is left out of the clock by nothing: lines go in as text and come out as
JSON, in the command's own loop.
"""

import asyncio
import json
import statistics
import time

from bench.screening.texts import HELD, ROOT
from bench.table import Goal, Outcome
from server.commands.screen import judged
from server.domain.help.screening import Screening
from server.storage.shelf.reading import read_screening

GOAL = Goal("screening", floor=8_000, aim=15_000, unit="lines/s on one core")
LINES, ROUNDS = 8_000, 7


async def measure(share: float) -> Outcome:
    """Judge so many lines, seven times; the median counts."""
    return await asyncio.to_thread(_measured, max(500, round(LINES * share)))


def _measured(count: int) -> Outcome:
    screening = read_screening(ROOT / "content")
    lines = _lines(count)
    _rate(screening, lines)
    rates = sorted(_rate(screening, lines) for _ in range(ROUNDS))
    return Outcome(GOAL, round(statistics.median(rates)), [f"rounds from {rates[0]:,.0f} to {rates[-1]:,.0f} lines/s"])


def _lines(count: int) -> list[str]:
    rows = [line for path in sorted(HELD.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
    texts = [str(json.loads(row)["text"]) for row in rows]
    return [f"{texts[number % len(texts)]}\n" for number in range(count)]


def _rate(screening: Screening, lines: list[str]) -> float:
    began = time.process_time()
    written = sum(1 for _ in judged(screening, lines))
    return written / (time.process_time() - began)
