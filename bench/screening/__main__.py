"""`python -m bench.screening [DATA] [--train]`: the measures of the screening as a table; `--train` writes weights."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean

from bench.rows import screening as row
from bench.screening import own
from bench.screening.texts import ROOT, VARIABLE, Text
from server.domain.help.lexicon import Lexicon
from server.domain.help.screening import Judgement, Screening
from server.domain.help.spelling import Spelling
from server.storage.shelf import screening as shelf
from server.storage.shelf.desk import Desk
from server.storage.shelf.faults import Faults
from server.storage.shelf.weights import read_weights

CONTENT = ROOT / "content"


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(prog="python -m bench.screening", description=__doc__)
    asked.add_argument("data", nargs="?", default=os.environ.get(VARIABLE, ""), help=f"the folder; or {VARIABLE}")
    asked.add_argument("--train", action="store_true", help="write content/screening/weights.json anew")
    given = asked.parse_args()
    faults = Faults()
    desk = Desk(CONTENT, faults)
    spelling = shelf.read_spelling(desk)
    lexicon = shelf.read_lexicon(desk, spelling)
    faults.refuse_if_any()
    assert lexicon is not None
    if given.data:
        _shared(Path(given.data), (lexicon, spelling), is_training=given.train)
    else:
        print(f"{VARIABLE} names no folder: only our own examples are measured\n")
    weights = read_weights(desk, f"{shelf.FOLDER}/weights.json")
    faults.refuse_if_any()
    assert weights is not None
    screening = Screening(lexicon, spelling, weights)
    _print(own.figures(screening))
    _print_confusion(own.judged(screening))
    speed = asyncio.run(row.measure(1.0))
    print("\n".join((f"{'lines a second through xinyi screen':44}{speed.value:8.0f}", *speed.notes)))


def _shared(folder: Path, words: tuple[Lexicon, Spelling], *, is_training: bool) -> None:
    """Measure the shared rows out of fold, and train on all of them where asked."""
    try:
        from bench.screening import folds, lesson
    except ModuleNotFoundError as missing:
        needed = ".venv/bin/python -m pip install -r requirements-train.lock"
        sys.exit(f"{missing.name} is not there: {needed} brings it")
    shared, ours = lesson.corpora(folder, words)
    each = {seed: list(folds.folds(shared, ours, seed)) for seed in folds.SEEDS}
    reach = folds.mean_of([folds.margins(shared, found, words[0].doubts).reach() for found in each.values()])
    reach = {name: round(margin, 3) for name, margin in reach.items()}
    judged = {seed: folds.judged(shared, found, words, reach) for seed, found in each.items()}
    _print_spread([folds.figures(rows_of_seed) for rows_of_seed in judged.values()])
    _print_confusion(judged[0])
    if is_training:
        learned = lesson.stored(shared + ours, reach)
        (CONTENT / shelf.FOLDER / "weights.json").write_text(json.dumps(learned, indent=1) + "\n", encoding="utf-8")


def _print(figures: Mapping[str, float]) -> None:
    for name, figure in figures.items():
        print(f"{name:44}{figure:8.4f}")
    print()


def _print_spread(each: Sequence[Mapping[str, float]]) -> None:
    for name in each[0]:
        values = [one[name] for one in each]
        print(f"{name:44}{mean(values):8.4f}   {min(values):.4f}–{max(values):.4f}")
    print()


def _print_confusion(pairs: Sequence[tuple[Text, Judgement]]) -> None:
    for truth, got in own.confusion(pairs).items():
        print(f"{truth:20}" + ", ".join(f"{verdict} {count}" for verdict, count in got.most_common()))
    print()


main()
