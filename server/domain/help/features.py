"""What the model sees of a text: numbers of buckets, for what is written, how it sounds, and the signs in it."""

from collections.abc import Sequence
from itertools import pairwise
from zlib import crc32

from server.domain.help.lexicon import Sign
from server.domain.help.spelling import USUAL

BITS = 18
BUCKETS = 1 << BITS  # of each sort; far fewer than there are runs in the world, so that many runs share one
SORTS = 3  # runs of what is written, runs of how it sounds, signs
NEAR = 4  # characters between two signs that still belong together
Signs = tuple[Sequence[Sign], Sequence[Sign], Sequence[str]]  # concepts, families, and the groups of the echoes
_MASK = BUCKETS - 1
_EDGE, _END = 1, 2
_NEXT, _THIRD = 40_503, 30_011  # odd, so that multiplying loses nothing; small, so that sums stay quick


class _Scattered(dict[str, int]):
    """Gives every character, and every name of a sign, a number far from those of its neighbours.

    It remembers the usual ones: there are no more of them than common characters, and than signs side by side.
    """

    def __missing__(self, name: str) -> int:
        number = crc32(name.encode()) & _MASK
        if len(name) > 1 or ord(name) <= USUAL:
            self[name] = number
        return number


_SCATTERED = _Scattered()


def written(text: str) -> set[int]:
    """Return the buckets of all characters and pairs of characters, the edges of the text counted as a character."""
    codes = [_EDGE, *map(_SCATTERED.__getitem__, text), _END]
    found = set(codes)
    found.update([(a * _NEXT + b) & _MASK for a, b in pairwise(codes)])
    return found


def sounding(heard: str) -> set[int]:
    """Return the buckets of all runs of two or three sounds, above those of what is written."""
    codes = [_EDGE, *map(_SCATTERED.__getitem__, heard), _END]
    pairs = [(a * _THIRD + b) & _MASK for a, b in pairwise(codes)]
    found = {BUCKETS + pair for pair in pairs}
    found.update([BUCKETS + ((p * _NEXT + c) & _MASK) for p, c in zip(pairs, codes[2:], strict=False)])
    return found


def bucket(name: str) -> int:
    """Return the bucket of a sign's name, above those of the runs; the same in every process."""
    return 2 * BUCKETS + _SCATTERED[name]


def buckets(text: str, heard: str, signs: Signs) -> set[int]:
    """Return all that the model sees of a text."""
    found = written(text)
    found |= sounding(heard)
    found.update(map(bucket, names(*signs)))
    return found


def names(concepts: Sequence[Sign], families: Sequence[Sign], echoes: Sequence[str]) -> set[str]:
    """Return what is told of the signs: each, and each with the one or two that follow it, near or far.

    A concept `ask.how` is told by itself and as one of the group `ask`, so that a rare one leans on its group.
    """
    told = {f"#{sign.name}" for sign in families}
    told.update([f"~{group}" for group in echoes])
    told.update([f"~{one}~{two}" for one, two in pairwise(echoes)])
    told.update([sign.name for sign in concepts])
    told.update([sign.group for sign in concepts])
    for first, second in pairwise(concepts):
        near = "" if second.start - first.end <= NEAR else ">"
        told.add(f"{first.name}>{near}{second.name}")
        told.add(f"{first.group}>{near}{second.group}")
    for one, two, three in zip(concepts, concepts[1:], concepts[2:], strict=False):
        told.add(f"{one.group}>-{three.group}")
        told.add(f"{one.group}>{two.group}>{three.group}")
    return told
