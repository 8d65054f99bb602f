"""The file of weights that training writes: small whole numbers in hashed buckets, no words."""

import json
import zlib
from base64 import b85decode, b85encode
from collections.abc import Mapping
from itertools import accumulate
from typing import Any

from server.domain.help.weights import HEADS, Head, Learned, Weights
from server.storage.shelf.desk import Desk

_GAP = 3  # bytes that hold a gap between two buckets


def read_weights(desk: Desk, name: str) -> Weights | None:
    """Return the weights, or None after noting that the file is not one that training writes."""
    text = desk.text(name)
    if text is None:
        return None
    try:
        return unpacked(json.loads(text))
    except (ValueError, KeyError, TypeError, zlib.error):
        desk.faults.note(name, 1, "不是训练写出的文件，请重新训练")
        return None


def packed(learned: Learned, reach: Mapping[str, float]) -> dict[str, Any]:
    """Return what the file holds: gaps between buckets, and a byte for each bucket and head, deflated."""
    gaps, last = bytearray(), -1
    for bucket in learned.buckets:
        gaps += (bucket - last).to_bytes(_GAP)
        last = bucket
    return {
        "heads": {name: {"scale": head.scale, "bias": head.bias} for name, head in learned.heads.items()},
        "reach": dict(reach),
        "buckets": _text_of(bytes(gaps)),
        "weights": dict(zip(HEADS, map(_text_of, learned.weights), strict=True)),
    }


def unpacked(stored: Mapping[str, Any]) -> Weights:
    """Return the weights that `packed` wrote down."""
    gaps = _bytes_of(stored["buckets"])
    steps = (int.from_bytes(gaps[start : start + _GAP]) for start in range(0, len(gaps), _GAP))
    heads = {name: Head(head["scale"], head["bias"]) for name, head in stored["heads"].items()}
    weights = [_bytes_of(stored["weights"][name]) for name in HEADS]
    return Weights(Learned([at - 1 for at in accumulate(steps)], weights, heads), stored["reach"])


def _text_of(raw: bytes) -> str:
    return b85encode(zlib.compress(raw, 9)).decode()


def _bytes_of(text: str) -> bytes:
    return zlib.decompress(b85decode(text))
