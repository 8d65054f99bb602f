"""Words about a worker's rights (unpaid wages, injury, dismissal …): which of them a text speaks of, if any."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from server.domain.help.folding import fold
from server.domain.help.lexicon import Words

REACH = 16  # characters at most between two words that say it together
_SENTENCES = re.compile(r"[。！？!?;；…\n]+")
_BREAK = "\n"  # a reach never crosses what was taken out
_NOTHING = r"(?!)"


@dataclass(frozen=True, slots=True)
class Pair:
    """Words that say it only together: one of each, near one another, in either order."""

    one: tuple[str, ...]
    other: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """One matter of rights: phrases that say it by themselves, its names, and pairs of words that say it together.

    `stakes` are words that mean it only where a place of work is spoken of.
    """

    id: str
    words: tuple[str, ...]
    matters: tuple[str, ...] = ()
    stakes: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class RightsList:
    """The words of content/: topics in the order in which they are tried, and what they are not.

    A topic's matter counts near a word of `wronged`, `claimed` or `asked`; its stakes near one of the first two, in a
    sentence with one of `workplaces`. `false_friends` are taken out of a sentence before it is looked at. A sentence
    with a word of `elsewhere` speaks of a film, the news, a landlord, unless one of `nevertheless` brings it home.
    """

    topics: tuple[Topic, ...] = ()
    workplaces: tuple[str, ...] = ()
    wronged: tuple[str, ...] = ()
    claimed: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    false_friends: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    nevertheless: tuple[str, ...] = ()


class Rights:
    """The words about rights made ready to be looked for."""

    def __init__(self, listed: RightsList) -> None:
        self._matters = [(topic.id, _of_matters(topic, listed)) for topic in listed.topics]
        self._stakes = [(topic.id, _of_stakes(topic, listed)) for topic in listed.topics]
        self._leads = _leads(listed.topics)
        self._first_words = Words(self._leads)
        self._workplaces = _any_of(listed.workplaces)
        self._false_friends = _any_of(listed.false_friends)
        self._elsewhere = _any_of(listed.elsewhere)
        self._nevertheless = _any_of(listed.nevertheless)

    def topic(self, text: str) -> str | None:
        """Return the id of the first topic that a sentence of the text speaks of, or None."""
        led_to = self._led_to(fold(text))
        if not led_to:
            return None  # most talk ends here
        sentences = [self._looked_at(fold(sentence)) for sentence in _SENTENCES.split(text)]
        at_work = [sentence for sentence in sentences if self._workplaces.search(sentence)]
        return _first(self._matters, led_to, sentences) or _first(self._stakes, led_to, at_work)

    def _looked_at(self, sentence: str) -> str:
        if self._elsewhere.search(sentence) and not self._nevertheless.search(sentence):
            return ""
        return self._false_friends.sub(_BREAK, sentence)

    def _led_to(self, folded: str) -> set[str]:
        """Return the ids of the topics of which a word stands there that they cannot do without."""
        return {topic for word in self._first_words.everywhere(folded) for topic in self._leads[word]}


def _first(
    topics: Iterable[tuple[str, re.Pattern[str]]], led_to: Collection[str], sentences: Sequence[str]
) -> str | None:
    return next((id_ for id_, pattern in topics if id_ in led_to and any(map(pattern.search, sentences))), None)


def _leads(topics: Iterable[Topic]) -> Mapping[str, set[str]]:
    """Return the words of which one stands in every sentence that speaks of a topic, each with its topics."""
    leads: dict[str, set[str]] = {}
    for topic in topics:
        for word in _first_words(topic):
            leads.setdefault(fold(word), set()).add(topic.id)
    leads.pop("", None)
    return leads


def _of_matters(topic: Topic, listed: RightsList) -> re.Pattern[str]:
    near = Pair(topic.matters, (*listed.wronged, *listed.claimed, *listed.asked))
    return re.compile("|".join((_alternatives(topic.words), *map(_together, (near, *topic.pairs)))))


def _of_stakes(topic: Topic, listed: RightsList) -> re.Pattern[str]:
    return re.compile(_together(Pair(topic.stakes, (*listed.wronged, *listed.claimed))))


def _together(pair: Pair) -> str:
    one, other = _alternatives(pair.one), _alternatives(pair.other)
    return f"(?:{one}).{{0,{REACH}}}(?:{other})|(?:{other}).{{0,{REACH}}}(?:{one})"


def _first_words(topic: Topic) -> Iterator[str]:
    yield from (*topic.words, *topic.matters, *topic.stakes)
    for pair in topic.pairs:
        yield from pair.one


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(_alternatives(words))


def _alternatives(words: Iterable[str]) -> str:
    """Return the words as alternatives, the longest first, so that a false friend is taken out whole."""
    folded: Sequence[str] = sorted({fold(word) for word in words} - {""}, key=lambda word: (-len(word), word))
    return "|".join(map(re.escape, folded)) or _NOTHING
