"""Fits the heads of the model to buckets of texts, and writes them down as small whole numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, vstack
from sklearn.linear_model import LogisticRegression

from bench.screening.noise import Noise
from bench.screening.texts import KINDS, Text
from server.domain.help.features import BUCKETS, SORTS
from server.domain.help.reading import Reader, Reading
from server.domain.help.screening import DOUBT, DOUBT_GENTLE, alarming, danger
from server.domain.help.weights import HEADS, ZERO, Head, Learned

LEANING = (1.0, 2.0, 1.5)  # how much a written run, a sounding run and a sign weigh before anything is learned
SOFT = {"own": 7.0, "urgent": 7.0}  # the inverse of how strongly weights are held back
SOFT_KIND = 20.0
FEWEST = 4  # texts a bucket must stand in to be learned
TURNS = 3  # noisy writings of each text
NOISE = {"ours": 0.7}  # how much a noisy writing counts beside the plain one
NOISE_OF_OTHERS = 0.35
OURS = {"own": 0.010, "none": 0.08, "asking": 0.0, "other": 0.03}  # how much a lesson of ours counts for own danger
ORDINARY, ORDINARY_KIND = 5.0, 8.0  # how much a line of ordinary talk counts, for own danger and for a kind
OWN_MISSED, URGENT_MISSED = 0.055, 0.04  # shares of the rows that the gentle threshold may miss
CRIED_WOLF = 0.004  # of harmless rows, for each kind
RIGHT, ALARMED = 0.919, 0.0005  # shares of what rings that must be right, and of ordinary talk that may ring
PERSONS = {"other", "colleague", "family", "you"}
Numbers: TypeAlias = "NDArray[np.float64]"


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts with what the model sees of them, plain and as somebody might mistype or hide them."""

    texts: Sequence[Text]
    readings: Sequence[Reading]
    plain: csr_matrix
    noisy: tuple[csr_matrix, ...]

    @classmethod
    def of(cls, texts: Sequence[Text], reader: Reader, noise: Noise) -> "Corpus":
        """Return the corpus of texts."""
        readings = [reader.read(text.text) for text in texts]
        noisy = [[reader.read(noise.changed(text.text, turn)) for text in texts] for turn in range(TURNS)]
        return cls(texts, readings, _seen(readings), tuple(map(_seen, noisy)))

    def part(self, rows: Sequence[int]) -> "Corpus":
        """Return some of the texts."""
        texts, readings = [self.texts[at] for at in rows], [self.readings[at] for at in rows]
        return Corpus(texts, readings, self.plain[rows], tuple(seen[rows] for seen in self.noisy))

    def __add__(self, more: "Corpus") -> "Corpus":
        noisy = tuple(vstack(both).tocsr() for both in zip(self.noisy, more.noisy, strict=True))
        texts, readings = [*self.texts, *more.texts], [*self.readings, *more.readings]
        return Corpus(texts, readings, vstack([self.plain, more.plain]).tocsr(), noisy)


def _seen(readings: Sequence[Reading]) -> csr_matrix:
    found = [sorted(reading.buckets()) for reading in readings]
    starts = np.cumsum([0, *map(len, found)])
    return csr_matrix((np.ones(starts[-1]), np.concatenate(found), starts), shape=(len(found), SORTS * BUCKETS))


def fitted(corpus: Corpus) -> Learned:
    """Return the weights of all buckets that were learned, and the heads that make margins of them."""
    known = np.flatnonzero(np.asarray(corpus.plain.sum(0)).ravel() >= FEWEST)
    leaning = np.array(LEANING)[known // BUCKETS]
    seen = _even(vstack([corpus.plain, *corpus.noisy]).tocsr()[:, known]) @ diags(leaning)
    noise = np.array([NOISE.get(text.source, NOISE_OF_OTHERS) for text in corpus.texts])
    weights_of, heads = [], {}
    for name in HEADS:
        truth, weights = _lesson(name, corpus)
        model = LogisticRegression(C=SOFT.get(name, SOFT_KIND), solver="liblinear", random_state=0)
        every = np.concatenate([weights, *[weights * noise] * TURNS])
        model.fit(seen[every > 0], np.tile(truth, 1 + TURNS)[every > 0], sample_weight=every[every > 0])
        learned = leaning * model.coef_[0]
        scale = float(np.abs(learned).max()) / 127
        weights_of.append((np.rint(learned / scale) + ZERO).astype(np.uint8).tobytes())
        heads[name] = Head(round(scale, 6), round(float(model.intercept_[0]), 4))
    return Learned([int(bucket) for bucket in known], weights_of, heads)


def _even(seen: csr_matrix) -> csr_matrix:
    """Return the rows divided by the square root of how many known buckets they hold: long texts do not shout."""
    return diags(1 / np.sqrt(np.maximum(1.0, np.asarray(seen.sum(1)).ravel()))) @ seen


def _lesson(head: str, corpus: Corpus) -> tuple[NDArray[np.bool_], Numbers]:
    """Return what is true for a head, and how much each text counts in its lesson."""
    told = [_told(head, text, reading) for text, reading in zip(corpus.texts, corpus.readings, strict=True)]
    return np.array([truth for truth, _ in told]), np.array([weight for _, weight in told])


def _told(head: str, text: Text, reading: Reading) -> tuple[bool, float]:
    if head in KINDS:
        return text.grade == head, _kind_weight(head, text, reading)
    ours = OURS["own" if text.is_own else text.grade if text.grade in OURS else "other"]
    share = ours if text.source == "ours" else ORDINARY if text.source == "ordinary" else 1.0
    if head == "own":
        return text.is_own, share * (2.0 if text.is_own else 1.0)
    return text.grade == "urgent", share * {"urgent": 2.0, "watch": 0.3}.get(text.grade, 1.0)


def _kind_weight(head: str, text: Text, reading: Reading) -> float:
    """Return a text's weight for a head of a kind; rows that ask about somebody else's suicide teach neither."""
    if text.source == "crisis" and text.grade == "asking" and head in {"somebody", "asking"}:
        speaks_of_another = any(sign.group in PERSONS for sign in reading.concepts)
        return 0.0 if head == "somebody" or speaks_of_another else 2.0
    return 2.0 if text.grade == head else ORDINARY_KIND if text.source == "ordinary" else 1.0


@dataclass(frozen=True, slots=True)
class Margins:
    """The margins of shared rows that the model had not seen when it gave them."""

    texts: Sequence[Text]
    each: Sequence[Mapping[str, float]]
    doubtful: Sequence[bool]

    def reach(self) -> dict[str, float]:
        """Return from which margins a text counts: the house's choice between missing somebody and crying wolf."""
        gentle, alarm = (np.array([rule(margins) for margins in self.each]) for rule in (danger, alarming))
        doubtful = np.array(self.doubtful)
        gentle, alarm = gentle - DOUBT_GENTLE * doubtful, alarm - DOUBT * doubtful
        own = np.array([text.is_own for text in self.texts])
        urgent = np.array([text.grade == "urgent" for text in self.texts])
        harmless = np.array([text.grade == "none" for text in self.texts])
        missed = min(np.quantile(gentle[own], OWN_MISSED), np.quantile(gentle[urgent], URGENT_MISSED))
        kinds = {kind: self._silent(kind, harmless) for kind in KINDS}
        return {"gentle": float(missed), "alarm": self._alarm(alarm), **kinds}

    def _silent(self, kind: str, harmless: NDArray[np.bool_]) -> float:
        """Return the margin that all but a few harmless rows stay below."""
        margins = np.array([each[kind] for each in self.each])
        return float(np.quantile(margins[harmless], 1 - CRIED_WOLF))

    def _alarm(self, alarm: Numbers) -> float:
        """Return the lowest margin at which the alarm is right often enough and silent enough on ordinary talk."""
        crisis = np.array([text.source == "crisis" for text in self.texts])
        own = np.array([text.source == "crisis" and text.is_own for text in self.texts])
        for margin in np.unique(alarm[own]):
            rung = alarm >= margin
            if (rung & own).sum() >= RIGHT * (rung & crisis).sum() and rung[~crisis].mean() <= ALARMED:
                return float(margin)
        raise ValueError("no margin is good enough")

