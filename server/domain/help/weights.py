"""What the model learned: for each bucket one small whole number a head, and how far a sum must reach to count."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from math import sqrt
from struct import Struct

HEADS = ("own", "urgent", "threat", "violence", "somebody", "asking")
ZERO = 128  # how a weight of nothing is stored: weights are bytes, from 0 to 255
_ROW = Struct(f"<{len(HEADS)}II")  # four bytes a head, which no text can fill, and above them each row counts one
_FIELD = 4

@dataclass(frozen=True, slots=True)
class Head:
    """How the whole numbers of one head become its margin: `sum × scale / √known buckets + bias`."""

    scale: float
    bias: float


@dataclass(frozen=True, slots=True)
class Learned:
    """What training writes down: the known buckets, and one byte a bucket for each head, in the order of HEADS."""

    buckets: Sequence[int]
    weights: Sequence[bytes]
    heads: Mapping[str, Head]


class Weights:
    """The weights, those of all heads of a bucket packed side by side into one integer so that one sum adds all."""

    def __init__(self, learned: Learned, reach: Mapping[str, float]) -> None:
        """Take what was learned; `reach` holds the margins from which a text counts: gentle, alarm, each kind."""
        rows = bytearray(_ROW.size * len(learned.buckets))
        for head, weights in enumerate((*learned.weights, b"\1" * len(learned.buckets))):
            rows[head * _FIELD :: _ROW.size] = weights
        starts = range(0, len(rows), _ROW.size)
        packed = (int.from_bytes(rows[start : start + _ROW.size], "little") for start in starts)
        self._packed = dict(zip(learned.buckets, packed, strict=True))
        self._heads = tuple((name, learned.heads[name].scale, learned.heads[name].bias) for name in HEADS)
        self.reach = dict(reach)

    def margins(self, found: Iterable[int]) -> dict[str, float]:
        """Return the margin of each head for the buckets of a text; those never learned count for nothing."""
        packed = sum(map(self._packed.get, found, repeat(0)))
        *sums, known = _ROW.unpack(packed.to_bytes(_ROW.size, "little"))
        nothing, share = ZERO * known, 1 / sqrt(known or 1)
        return {
            name: (total - nothing) * share * scale + bias
            for total, (name, scale, bias) in zip(sums, self._heads, strict=True)
        }
