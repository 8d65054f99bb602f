"""Texts as people mistype or hide them, the same every time: so the model learns to lean on what survives."""

import random
from collections.abc import Callable

from server.domain.help.spelling import Spelling

_STRAY = "abdeghjkmnu"
_SPELLED = 0.25  # of the characters changed by sound are written in letters
_LOOKS, _SLIPS = 0.15, 0.5  # of the texts are changed by look and by slips of the thumb; the rest by sound
_ALIKE = 12  # characters of a sound that are tried

Change = Callable[[str, random.Random], str]


class Noise:
    """Changes texts by the tables of writing; it does not know the disguises that the screening is measured with."""

    def __init__(self, spelling: Spelling) -> None:
        self._sounds = spelling.sounds
        self._alike: dict[str, str] = {}
        for character, sound in spelling.sounds.items():
            self._alike[sound] = self._alike.get(sound, "") + character
        self._looks: dict[str, list[str]] = {}
        for written, meant in (*spelling.shapes.items(), *spelling.parts.items()):
            self._looks.setdefault(meant, []).append(written)

    def changed(self, text: str, turn: int) -> str:
        """Return the text with a few of its characters changed; each turn in another way."""
        chance = random.Random(f"{turn}{text}")
        way = chance.random()
        if way < _LOOKS:
            return _changed(text, chance, self._by_look)
        if way < _LOOKS + _SLIPS:
            return _slipped(_slipped(text, chance), chance)
        return _changed(text, chance, self._by_sound)

    def _by_sound(self, character: str, chance: random.Random) -> str:
        sound = self._sounds.get(character)
        if sound is None:
            return character
        return sound if chance.random() < _SPELLED else chance.choice(self._alike[sound][:_ALIKE])

    def _by_look(self, character: str, chance: random.Random) -> str:
        return chance.choice(self._looks.get(character, [character]))


def _changed(text: str, chance: random.Random, change: Change) -> str:
    share = chance.choice((0.2, 0.4))
    return "".join(change(character, chance) if chance.random() < share else character for character in text)


def _slipped(text: str, chance: random.Random) -> str:
    """Return the text with two characters swapped, one doubled, one left out, or a letter too many."""
    at = chance.randrange(len(text))
    return chance.choice(
        (
            text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :],
            text[:at] + text[at] + text[at:],
            text[:at] + text[at + 1 :] if len(text) > 6 else text,
            text[:at] + chance.choice(_STRAY) + text[at:],
        )
    )
