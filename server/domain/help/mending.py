"""Words of danger written with other characters of the same sound or look, put right before anything is found."""

from collections.abc import Collection, Mapping

from server.domain.help.lexicon import Words
from server.domain.help.spelling import Spelling

SHORTEST = 2  # characters a word needs to be known in disguise
SHORTEST_SWAPPED = 3  # and to be known with two of its characters swapped


class Mender:
    """Puts right the words of danger that are written with other characters of the same sound or look."""

    def __init__(self, words: Collection[str], innocent: Collection[str], spelling: Spelling) -> None:
        self._spelling = spelling
        self._true = frozenset(words)
        self._innocent = frozenset(innocent)
        long = [word for word in sorted(words) if len(word) >= SHORTEST]
        self._by_sound = {spelling.heard(word): word for word in long}
        self._by_look = {spelling.seen(word): word for word in long}
        for word in long:
            for swapped in _swapped(word):
                self._by_look.setdefault(spelling.seen(swapped), word)
        self._sounds, self._looks = Words(self._by_sound), Words(self._by_look)

    def mended(self, folded: str) -> str:
        """Return the text with every disguised word of danger in its plain spelling."""
        spelling = self._spelling
        text = self._put_right(folded, spelling.seen(folded), (self._looks, self._by_look))
        spoken = spelling.spoken(text)
        put_right = self._put_right(spoken, spelling.sounds_of(spoken), (self._sounds, self._by_sound))
        return text if put_right == spoken else put_right

    def _put_right(self, text: str, read: str, known: tuple[Words, Mapping[str, str]]) -> str:
        """Return the text with the words found in how it is read, where what is written there is no word by itself."""
        words, meant = known
        parts: list[str] = []
        at = 0
        for found, start, end in words.places(read):
            word = meant[found]
            written = text[start:end]
            if written != word and written not in self._true and not self._is_innocent(text, start, end):
                parts += (text[at:start], word)
                at = end
        return "".join((*parts, text[at:])) if parts else text

    def _is_innocent(self, text: str, start: int, end: int) -> bool:
        """Tell whether an ordinary word lies in or across this place."""
        return any(
            text[a:b] in self._innocent
            for a in range(max(0, start - 1), end)
            for b in range(max(a + 2, start + 1), min(a + 4, end + 1) + 1)
        )


def _swapped(word: str) -> list[str]:
    """Return the word with each two neighbours changed round; a short one says too little for that."""
    if len(word) < SHORTEST_SWAPPED:
        return []
    return [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]
