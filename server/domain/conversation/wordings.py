"""The account's own words: replies to what people write, and the texts of welcome and fallback."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from server.domain.publishing.piece import Piece, ReplyRule

_GAPS = re.compile(r"[\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]+")


@dataclass(frozen=True, slots=True)
class ArticleRef:
    """An answer that is the card of an article."""

    article: str


Answer = str | ArticleRef


@dataclass(frozen=True, slots=True)
class Welcome:
    """The texts said when somebody comes, and when nothing better is known to say."""

    first: str
    again: str
    fallback: tuple[str, ...]
    help: str
    other: str

    def fallback_for(self, key: str) -> str:
        """Return one of the fallback wordings, always the same for the same message."""
        return chosen(self.fallback, key)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Words that must all stand in the text, and the rule they lead to."""

    words: tuple[str, ...]
    id: str
    rule: ReplyRule

    def rank(self) -> tuple[int, int, str]:
        """Return what decides between matches: highest weight, then longest words, then the rule's id."""
        return (-self.rule.weight, -sum(map(len, self.words)), self.id)


class Replies:
    """The reply rules made ready: exact words first, then words that occur, the weightiest rule before others."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        rules = [(piece.id, piece.body) for piece in pieces if isinstance(piece.body, ReplyRule)]
        self._exact: dict[str, _Candidate] = {}
        for candidate in _candidates(rules, "exact"):
            self._exact.setdefault(candidate.words[0], candidate)
        self._within: dict[str, list[_Candidate]] = {}  # by the character they begin with
        for candidate in _candidates(rules, "contains") + _candidates(rules, "all_of"):
            self._within.setdefault(candidate.words[0][:1], []).append(candidate)

    def answer(self, text: str, key: str) -> Answer | None:
        """Return the answer of the rule that matches best, or None.

        `key` is the message's key: it chooses among several wordings, so that a repeated message is answered alike.
        """
        folded = fold(text)
        found = self._exact.get(folded) or min(self._matches(folded), key=_Candidate.rank, default=None)
        if found is None:
            return None
        if found.rule.article is not None:
            return ArticleRef(found.rule.article)
        return chosen(found.rule.answers, f"{found.id}:{key}")

    def _matches(self, folded: str) -> Iterator[_Candidate]:
        """Yield the candidates that occur; of some hundred only those are looked for that could begin in the text."""
        for character in set(folded):
            for candidate in self._within.get(character, ()):
                if candidate.words[0] in folded and all(word in folded for word in candidate.words[1:]):
                    yield candidate


def fold(text: str) -> str:
    """Return the text as words are compared: one width, one case, no spaces, no punctuation at its end."""
    tight = _GAPS.sub("", unicodedata.normalize("NFKC", text).casefold())
    end = len(tight)
    while end and not tight[end - 1].isalnum():
        end -= 1
    return tight[:end] or tight


def chosen(wordings: Sequence[str], key: str) -> str:
    """Return the wording that this key always chooses."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
    return wordings[number % len(wordings)]


def _candidates(rules: Iterable[tuple[str, ReplyRule]], way: str) -> list[_Candidate]:
    found = [
        _Candidate(tuple(map(fold, words)), id_, rule) for id_, rule in rules for words in _words(rule, way)
    ]
    return sorted(found, key=_Candidate.rank)


def _words(rule: ReplyRule, way: str) -> Iterable[tuple[str, ...]]:
    match way:
        case "exact":
            return ((word,) for word in rule.exact)
        case "contains":
            return ((word,) for word in rule.contains)
        case _:
            return rule.all_of
