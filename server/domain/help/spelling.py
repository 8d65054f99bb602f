"""How a text is written, made plain: script, width, spaces, sounds and looks; nothing here knows what a word means."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

USUAL = 0xFFFF  # characters beyond it are worked out anew each time, so that nobody can fill the memory with them
STOP = "|"  # what a text keeps of all punctuation that ends a clause
_STOPS = frozenset("，。！？；：,!?;\n\r…、~～")
_KEPT = frozenset("LN")  # the Unicode categories, by their first letter, that carry words
_LATIN = re.compile(r"[a-z]+")
_STOP_RUN = re.compile(r"\|{2,}")
_FIRST_SOUND = 0xE000  # sounds are written with private-use characters, one for a syllable
_HAN = "\u4e00-\u9fff"
_COUNTED = (
    "点个月天号年岁次人块元万千百时小分秒级层周折成季楼路车班组"
    "斤米条只位名套种本张家口度份毛角双倍场局期排台日栋单座"
)
_ENDS_A_WORD = "了掉吧算去得"
# A lone 4 is written for the word that sounds like it, unless it counts something or stands in a number.
_LONE_FOUR = re.compile(
    f"(?<=[{_HAN}])4(?![0-9a-z{_COUNTED}])|(?<![0-9a-z第{_HAN}])4(?=[{_ENDS_A_WORD}])",
)
_STRAY_LETTER = re.compile(f"(?<=[{_HAN}])[a-rt-z](?=[{_HAN}])")  # a slip of the thumb
_MAY_BE_NOTHING = re.compile(r"^(?:\([^)]*\|\))+|(?:\([^)]*\|\))+$")
_MOST_LETTERS = 60  # of a run that may be pinyin: whole sentences are written so, whole pages are not
_LONGEST_SYLLABLE = 6
_LETTERS = {"s": "si"}  # letters that stand for a word of danger by themselves


class Plain(dict[int, str]):
    """A table for `str.translate` that works out each character when it is first met and remembers the usual ones."""

    def __init__(self, read_as: Mapping[str, str]) -> None:
        super().__init__()
        self._read_as = read_as

    def __missing__(self, code: int) -> str:
        plain = self._plain(chr(code))
        if code <= USUAL:
            self[code] = plain
        return plain

    def _plain(self, character: str) -> str:
        if character in _STOPS:
            return STOP
        wide = unicodedata.normalize("NFKC", character).casefold()
        return "".join(self._read_as.get(c, c) for c in wide if unicodedata.category(c)[0] in _KEPT)


@dataclass(frozen=True, slots=True)
class Spelling:
    """The tables of writing, read from content/: each maps what is written to what it is read as."""

    simplified: Mapping[str, str]
    parts: Mapping[str, str]  # a character's halves, or one that nobody writes otherwise, to the character
    sounds: Mapping[str, str]  # character to syllable
    shapes: Mapping[str, str]  # look-alike, a common character itself, to the one it is taken for in a word of danger
    _plain: Plain = field(init=False, repr=False, compare=False)
    _halves: re.Pattern[str] = field(init=False, repr=False, compare=False)
    _heard: dict[int, int] = field(init=False, repr=False, compare=False)
    _seen: dict[int, str] = field(init=False, repr=False, compare=False)
    _syllables: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        marks = {syllable: chr(_FIRST_SOUND + at) for at, syllable in enumerate(sorted(set(self.sounds.values())))}
        single = {written: meant for written, meant in self.parts.items() if len(written) == 1}
        letters = {letter: marks[sound] for letter, sound in _LETTERS.items() if sound in marks}
        object.__setattr__(self, "_plain", Plain({**self.simplified, **single}))
        object.__setattr__(self, "_halves", _pattern(written for written in self.parts if len(written) > 1))
        object.__setattr__(self, "_syllables", marks | letters)
        object.__setattr__(self, "_heard", {ord(c): ord(marks[sound]) for c, sound in self.sounds.items()})
        object.__setattr__(self, "_seen", str.maketrans(dict(self.shapes)))

    def fold(self, text: str) -> str:
        """Return the text in simplified script without width, case, spaces, emoji; of punctuation only clause ends.

        Halves become characters. Where nearly every character stands alone between stops, the stops are a
        disguise and go as well.
        """
        folded = self._joined(text.translate(self._plain))
        if "4" in folded:
            folded = _LONE_FOUR.sub("死", folded)
        if _LATIN.search(folded):
            folded = _STRAY_LETTER.sub("", folded)
        if STOP not in folded:
            return folded
        folded = _STOP_RUN.sub(STOP, folded).strip(STOP)
        stops = folded.count(STOP)
        alone = stops > 2 and stops * 2.5 > len(folded) - stops
        return self._joined(folded.replace(STOP, "")) if alone else folded

    def _joined(self, text: str) -> str:
        return self._halves.sub(lambda halves: self.parts[halves[0]], text)

    def heard(self, folded: str) -> str:
        """Return how the text sounds, one private-use character for each syllable; what has none stays as it is."""
        return self.sounds_of(self.spoken(folded))

    def sounds_of(self, spoken: str) -> str:
        """Return how a text sounds in which nothing is spelled in letters any more."""
        return spoken.translate(self._heard)

    def seen(self, folded: str) -> str:
        """Return the text with each look-alike replaced by the character it is taken for."""
        return folded.translate(self._seen)

    def spoken(self, folded: str) -> str:
        """Return the text with runs of Latin letters that are pinyin turned into sounds, the others left alone."""
        return _LATIN.sub(lambda run: self._pinyin(run[0]) or run[0], folded)

    def _pinyin(self, letters: str) -> str:
        """Return the sounds of letters that can be cut into syllables, the longest that fit; else nothing."""
        if len(letters) > _MOST_LETTERS:
            return ""
        cuts: list[str | None] = [None] * len(letters) + [""]  # the sounds from each letter on, from behind
        for at in range(len(letters) - 1, -1, -1):
            for length in range(min(_LONGEST_SYLLABLE, len(letters) - at), 0, -1):
                mark, rest = self._syllables.get(letters[at : at + length]), cuts[at + length]
                if mark is not None and rest is not None:
                    cuts[at] = mark + rest
                    break
        return cuts[0] or ""


def kernel(pattern: str) -> str:
    """Return a pattern without the groups at its ends that may be nothing: they never decide whether it is found."""
    return _MAY_BE_NOTHING.sub("", pattern) or pattern


def variants(pattern: str) -> list[str]:
    """Return all words that a pattern of the lexicon means: `(a|b|)` is a or b or nothing."""
    words = [""]
    for at, part in enumerate(re.split(r"\(([^)]*)\)", pattern)):
        choices = part.split("|") if at % 2 else [part]
        words = [word + choice for word in words for choice in choices]
    return words


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds the longest of the words at a place."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
