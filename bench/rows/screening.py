"""The screening: lines a second through `xinyi screen`, after its start, one process on one core.

The lines are the shared rows where XINYI_SCREENING_DATA names their folder, else the lessons of our own, which are
longer than what people write. What is measured runs from the first line that is sent to the last answer that is read.
"""

import asyncio
import os
import random
import statistics
import sys
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from bench.screening.texts import ROOT, VARIABLE, lessons, shared
from bench.table import Goal, Outcome

GOAL = Goal("screening", floor=8_000, aim=15_000, unit="lines/s through xinyi screen")
LINES = 9_480
ROUNDS = 7
_PIECE = 1 << 16  # bytes of answers read at once


async def measure(share: float) -> Outcome:
    """Send the lines in seven rounds to one process, with `share` of them."""
    source, lines = _lines(max(200, round(LINES * share)))
    sent = "".join(f"{line}\n" for line in lines).encode()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server", "screen", stdin=PIPE, stdout=PIPE, cwd=ROOT
    )
    began = time.perf_counter()
    await _answered(process, b"\n", 1)
    start = time.perf_counter() - began
    await _answered(process, sent, len(lines))
    rates = [len(lines) / await _answered(process, sent, len(lines)) for _ in range(ROUNDS)]
    process.stdin.close()  # type: ignore[union-attr]  # it was asked for above
    await process.wait()
    characters = statistics.mean(map(len, lines))
    notes = (
        f"{len(lines)} lines of {characters:.1f} characters ({source})",
        f"{min(rates):.0f}–{max(rates):.0f} in {ROUNDS} rounds",
        f"ready after {start:.2f} s",
    )
    return Outcome(GOAL, statistics.median(rates), notes)


def _lines(count: int) -> tuple[str, list[str]]:
    """Return where the lines are from, and so many of them in an order that is always the same."""
    folder = os.environ.get(VARIABLE, "")
    texts = shared(Path(folder)) if folder else lessons()
    lines = [text.text.replace("\n", " ") for text in texts]
    random.Random(0).shuffle(lines)
    return "shared rows" if folder else "our own lessons", (lines * (count // len(lines) + 1))[:count]


async def _answered(process: Process, sent: bytes, count: int) -> float:
    """Send the lines and read as many answers; return the seconds that took."""
    assert process.stdin is not None
    assert process.stdout is not None
    began, answers = time.perf_counter(), 0
    process.stdin.write(sent)
    while answers < count:
        piece = await process.stdout.read(_PIECE)
        if not piece:
            raise RuntimeError("xinyi screen ended early")
        answers += piece.count(b"\n")
    return time.perf_counter() - began
