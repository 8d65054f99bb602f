"""A text as the screening reads it: made plain, idioms and denials taken out, and the signs that stand in it."""

from dataclasses import dataclass

from server.domain.help.features import buckets
from server.domain.help.lexicon import Finder, Lexicon, Sign, Words
from server.domain.help.mending import SHORTEST, Mender
from server.domain.help.spelling import Spelling

LONGEST = 2_000  # characters that are read; WeChat lets nobody write more in one message
IDIOM, DENIAL = "\ue7ff", "\ue7fe"  # stand where an idiom, or a denial, was taken out
_TURNS_A_DENIAL = "会能天刻"  # 会不会死 asks, 没有一天不想死 says yes: neither denies


@dataclass(frozen=True, slots=True)
class Reading:
    """A text made plain, how it sounds, and its signs; `echoes` are groups of concepts heard in it.

    `is_mended` tells that a word of danger was in disguise.
    """

    text: str
    heard: str
    concepts: list[Sign]
    families: list[Sign]
    echoes: list[str]
    is_mended: bool

    def buckets(self) -> set[int]:
        """Return what the model sees."""
        return buckets(self.text, self.heard, (self.concepts, self.families, self.echoes))

    def is_doubtful(self, doubts: frozenset[str]) -> bool:
        """Tell whether something in the text speaks of a tale, the news, a joke or a denial."""
        if IDIOM in self.text or DENIAL in self.text:
            return True
        return not doubts.isdisjoint([sign.group for sign in self.concepts])


class Reader:
    """Reads texts by a lexicon and the tables of writing."""

    def __init__(self, lexicon: Lexicon, spelling: Spelling) -> None:
        named = {word: name for name, words in lexicon.concepts.items() for word in words}
        self._spelling = spelling
        self._mender = Mender(lexicon.mended, lexicon.innocent, spelling)
        self._idioms, self._denials = Words(lexicon.idioms), Words(lexicon.denials)
        self._concepts = Finder(named)
        self._phrases = Finder({word: name for name, words in lexicon.phrases.items() for word in words})
        self._echoes = Finder(
            {
                spelling.heard(word): name
                for word, name in named.items()
                if name.partition(".")[0] in lexicon.echoed and len(word) >= SHORTEST
            }
        )

    def read(self, text: str) -> Reading:
        """Return the text made plain, with its signs."""
        folded = self._spelling.fold(text[:LONGEST])
        mended = self._mender.mended(folded)
        plain = self._denials.replaced(self._idioms.replaced(mended, IDIOM), DENIAL, unless_behind=_TURNS_A_DENIAL)
        heard = self._spelling.heard(plain)
        concepts, families = self._concepts.signs(plain), self._phrases.signs(plain)
        return Reading(plain, heard, concepts, families, self._echoes.groups(heard), mended != folded)
