"""The words of danger as values: concepts, phrases, idioms, and finding them in a text."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What an editor says about words: content/screening/lexicon.yaml, its patterns written out."""

    concepts: Mapping[str, tuple[str, ...]]
    phrases: Mapping[str, tuple[str, ...]]
    grades: Mapping[str, str]  # family to urgent, watch or a kind
    sure: frozenset[str]  # families that alarm by themselves, whatever the model thinks
    against: frozenset[str]  # concepts beside which a phrase alone decides nothing
    doubts: frozenset[str]  # concepts beside which an alarm must be surer
    echoed: frozenset[str]  # groups of concepts that are also listened for by their sound
    mended: frozenset[str]  # words that are known in disguise
    idioms: tuple[str, ...]
    denials: tuple[str, ...]
    innocent: frozenset[str]
    pictures: Mapping[str, str]


class Sign(NamedTuple):
    """A concept or a family found at a place of the text; many are made of every text, so it is a quick tuple."""

    name: str
    group: str  # the name up to its first dot
    start: int
    end: int


class Words:
    """Finds words in a text; the longest at a place wins, and no two overlap."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words) - {""}
        lengths: dict[str, set[int]] = {}
        for word in self._words:
            lengths.setdefault(word[:2], set()).add(len(word))
        for pair, found in lengths.items():
            if pair[0] in self._words:
                found.add(1)
        self._lengths = {pair: tuple(sorted(found, reverse=True)) for pair, found in lengths.items()}
        # A pattern of first characters alone: whole words as one pattern would be tried one after the other.
        firsts = "".join(sorted({pair[0] for pair in lengths}))
        self._firsts = re.compile(f"[{re.escape(firsts)}]" if firsts else r"(?!)")

    def places(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Yield each word found, with where it begins and ends."""
        words, lengths, free = self._words, self._lengths, 0
        for candidate in self._firsts.finditer(text):
            start = candidate.start()
            if start < free:
                continue
            for length in lengths.get(text[start : start + 2]) or lengths.get(text[start], ()):
                word = text[start : start + length]
                if word in words:
                    free = start + length
                    yield word, start, free
                    break

    def everywhere(self, text: str) -> Iterator[str]:
        """Yield every word that stands anywhere in the text, also within or across another."""
        words, lengths = self._words, self._lengths
        for candidate in self._firsts.finditer(text):
            start = candidate.start()
            for length in lengths.get(text[start : start + 2]) or lengths.get(text[start], ()):
                if (word := text[start : start + length]) in words:
                    yield word

    def replaced(self, text: str, mark: str, unless_behind: str = "") -> str:
        """Return the text with a mark in the place of each word that does not stand right behind certain characters."""
        parts: list[str] = []
        at = 0
        for _, start, end in self.places(text):
            if start and text[start - 1] in unless_behind:
                continue
            parts += (text[at:start], mark)
            at = end
        return "".join((*parts, text[at:])) if parts else text


class Finder:
    """Finds words, each with a name."""

    def __init__(self, named: Mapping[str, str]) -> None:
        self._named = {word: (name, name.partition(".")[0]) for word, name in named.items()}
        self._words = Words(named)

    def signs(self, text: str) -> list[Sign]:
        """Return what stands in the text, in its order."""
        named = self._named
        return [Sign(*named[word], start, end) for word, start, end in self._words.places(text)]

    def groups(self, text: str) -> list[str]:
        """Return the groups of what stands in the text, in its order."""
        named = self._named
        return [named[word][1] for word, _, _ in self._words.places(text)]


def minimal(words: Iterable[str]) -> list[str]:
    """Return the words that hold no other of them: the rest would never decide anything."""
    kept: set[str] = set()
    lengths: list[int] = []
    for word in sorted(set(words), key=len):
        if not any(word[at : at + length] in kept for length in lengths for at in range(len(word) - length + 1)):
            kept.add(word)
            lengths += [len(word)] if len(word) not in lengths else []
    return sorted(kept)
