"""How a text is written, made plain: script, width, spaces, sounds and looks; nothing here knows what a word means."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

STOP = "|"  # what a text keeps of all punctuation that ends a clause
_STOPS = frozenset("，。！？；：,!?;\n\r…、~～")
_KEPT = frozenset("LN")  # the Unicode categories, by their first letter, that carry words
_LATIN = re.compile(r"[a-z]+")
_STOP_RUN = re.compile(r"\|{2,}")
_FIRST_SOUND = 0xE000  # sounds are written with private-use characters, one for a syllable
# A lone 4 is written for the word that sounds like it, unless it counts something or stands in a number.
_COUNTED = (
    "点个月天号年岁次人块元万千百时小分秒级层周折成季楼路车班"
    "组斤米条只位名套种本张家口度份毛角双倍场局期排台日栋单座"
)  # what a 4 before it counts
_LONE_FOUR = re.compile(
    rf"(?<=[\u4e00-\u9fff])4(?![0-9a-z{_COUNTED}])"
    r"|(?<![0-9a-z第\u4e00-\u9fff])4(?=[了掉吧算去得])"
)
_STRAY_LETTER = re.compile(r"(?<=[\u4e00-\u9fff])[a-rt-z](?=[\u4e00-\u9fff])")  # a slip of the thumb
_MAY_BE_NOTHING = re.compile(r"^(?:\([^)]*\|\))+|(?:\([^)]*\|\))+$")
_LETTERS = {"s": "si"}  # letters that stand for a word of danger by themselves


class Plain(dict[int, str]):
    """A table for `str.translate` that works out each character when it is first met and remembers it."""

    def __init__(self, read_as: Mapping[str, str]) -> None:
        super().__init__()
        self._read_as = read_as

    def __missing__(self, code: int) -> str:
        plain = self[code] = self._plain(chr(code))
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
        """Return how the text sounds: one private-use character for each syllable, those without one as they are."""
        return self.spoken(folded).translate(self._heard)

    def seen(self, folded: str) -> str:
        """Return the text with each look-alike replaced by the character it is taken for."""
        return folded.translate(self._seen)

    def spoken(self, folded: str) -> str:
        """Return the text with runs of Latin letters that are pinyin turned into sounds, the others left alone."""
        return _LATIN.sub(lambda run: self._pinyin(run[0]) or run[0], folded)

    def _pinyin(self, letters: str) -> str:
        """Return the sounds of letters that can be cut into syllables from the left, longest first; else nothing."""
        if not letters:
            return ""
        for length in range(min(6, len(letters)), 0, -1):
            mark = self._syllables.get(letters[:length])
            if mark is None:
                continue
            rest = letters[length:]
            tail = self._pinyin(rest)
            if tail or not rest:
                return mark + tail
        return ""


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
