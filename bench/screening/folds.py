"""The shared rows judged by a model that has not seen them: five folds, a seed each time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from sklearn.model_selection import StratifiedKFold

from bench.screening.texts import Text
from bench.screening.training import Corpus, Margins, fitted
from server.domain.help.lexicon import Lexicon
from server.domain.help.screening import Grade, Judgement, Screening
from server.domain.help.spelling import Spelling
from server.domain.help.weights import Learned, Weights

FOLDS, SEEDS = 5, (0, 1, 2)
Row = tuple[Text, Judgement]
Reach = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Fold:
    """Rows held back, and what was learned from all the others."""

    held: Sequence[int]
    learned: Learned


def folds(shared: Corpus, ours: Corpus, seed: int) -> Iterator[Fold]:
    """Yield the folds of a seed; our own lessons are in every one, for none of them is measured here."""
    strata = [f"{text.source} {text.grade}" for text in shared.texts]
    for known, held in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(strata, strata):
        yield Fold(held, fitted(shared.part(known) + ours))


def margins(shared: Corpus, each: Sequence[Fold], doubts: frozenset[str]) -> Margins:
    """Return the margins of all rows, each from the fold that had not seen it."""
    texts: list[Text] = []
    found: list[Mapping[str, float]] = []
    doubtful: list[bool] = []
    for fold in each:
        weights = Weights(fold.learned, {})
        texts += [shared.texts[at] for at in fold.held]
        found += [weights.margins(shared.readings[at].buckets()) for at in fold.held]
        doubtful += [shared.readings[at].is_doubtful(doubts) for at in fold.held]
    return Margins(texts, found, doubtful)


def judged(shared: Corpus, each: Sequence[Fold], words: tuple[Lexicon, Spelling], reach: Reach) -> list[Row]:
    """Return all rows with their judgement, each by the fold that had not seen it."""
    rows = []
    for fold in each:
        screening = Screening(*words, Weights(fold.learned, reach))
        rows += [(shared.texts[at], screening.judge(shared.texts[at].text)) for at in fold.held]
    return rows


def mean_of(each: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the mean of each figure."""
    return {name: mean(one[name] for one in each) for name in each[0]}


def figures(rows: Sequence[Row]) -> dict[str, float]:
    """Return the figures of the shared rows, shares from 0 to 1; a share of nothing is 1."""
    crisis = [row for row in rows if row[0].source == "crisis"]
    ordinary = [row for row in rows if row[0].source == "ordinary"]
    own, urgent = [r for r in crisis if r[0].is_own], [r for r in crisis if r[0].grade == "urgent"]
    gentle, rung = [r for r in crisis if is_gentle(r[1])], [r for r in crisis if is_alarm(r[1])]
    return {
        "gentle: recall on urgent and watch rows": _share(own, is_gentle),
        "gentle: recall on urgent rows": _share(urgent, is_gentle),
        "gentle: precision": _right(gentle),
        "gentle: share of `none` rows": _share([r for r in crisis if r[0].grade == "none"], is_gentle),
        "gentle: share of ordinary talk": _share(ordinary, is_gentle),
        "alarm: recall on urgent rows": _share(urgent, is_alarm),
        "alarm: precision": _right(rung),
        "alarm: share of ordinary talk": _share(ordinary, is_alarm),
        "other: share of ordinary talk": _share(ordinary, lambda judgement: judgement.grade is Grade.OTHER),
    }


def is_gentle(judgement: Judgement) -> bool:
    """Tell whether the writer gets a gentle answer at least."""
    return judgement.grade in {Grade.URGENT, Grade.WATCH}


def is_alarm(judgement: Judgement) -> bool:
    """Tell whether a person is woken."""
    return judgement.grade is Grade.URGENT


def _share(rows: Sequence[Row], rule: Callable[[Judgement], bool]) -> float:
    return mean(rule(judgement) for _, judgement in rows) if rows else 1.0


def _right(rows: Sequence[Row]) -> float:
    return mean(text.is_own for text, _ in rows) if rows else 1.0
