"""From texts to the file of weights: the corpora that are learned from, and what is stored of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.screening.noise import Noise
from bench.screening.texts import lessons, shared
from bench.screening.training import Corpus, fitted
from server.domain.help.lexicon import Lexicon
from server.domain.help.reading import Reader
from server.domain.help.spelling import Spelling
from server.storage.shelf.weights import packed


def corpora(folder: Path, words: tuple[Lexicon, Spelling]) -> tuple[Corpus, Corpus]:
    """Return the shared rows and our own lessons as corpora."""
    reader, noise = Reader(*words), Noise(words[1])
    return Corpus.of(shared(folder), reader, noise), Corpus.of(lessons(), reader, noise)


def stored(corpus: Corpus, reach: Mapping[str, float]) -> Mapping[str, Any]:
    """Return what weights.json holds after learning from all texts."""
    return packed(fitted(corpus), reach)
