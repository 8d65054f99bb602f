"""screening/lexicon.yaml, the tables of writing beside it, and weights.json: all that the screening knows."""

import json
import zlib
from base64 import b85decode, b85encode
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from typing import Any

from server.domain.help.lexicon import Lexicon, minimal
from server.domain.help.screening import Grade, Kind, Screening
from server.domain.help.spelling import Spelling, kernel, variants
from server.domain.help.weights import HEADS, Head, Learned, Weights
from server.storage.shelf.desk import Desk
from server.storage.shelf.sheet import Counts, Sheet

FOLDER = "screening"
_GAP = 3  # bytes that hold a gap between two buckets
_MANY = Counts(1, 2_000, 600)
_WORTH = {Grade.URGENT, Grade.WATCH, Kind.THREAT, Kind.VIOLENCE, Kind.SOMEBODY, Kind.ASKING}


def read(desk: Desk) -> Screening | None:
    """Return the screening, or None after noting what is wrong with its files."""
    spelling = read_spelling(desk)
    lexicon = read_lexicon(desk, spelling)
    weights = read_weights(desk)
    return None if lexicon is None or weights is None else Screening(lexicon, spelling, weights)


def read_spelling(desk: Desk) -> Spelling:
    """Return the tables: in each line what is meant, a space, and what stands for it."""
    script, sounds, shapes = (_table(desk, name) for name in ("script.txt", "sounds.txt", "shapes.txt"))
    parts = {written: meant for meant, written in _pairs(desk, "parts.txt")}
    return Spelling(script, parts, sounds, shapes)


def _table(desk: Desk, name: str) -> dict[str, str]:
    """Return a table in whose lines each character stands for what is meant."""
    return {character: meant for meant, written in _pairs(desk, name) for character in written}


def _pairs(desk: Desk, name: str) -> Iterable[tuple[str, str]]:
    for at, line in enumerate((desk.text(f"{FOLDER}/{name}") or "").splitlines(), start=1):
        if line.startswith("#"):
            continue
        meant, _, written = line.partition(" ")
        if not meant or not written or " " in written:
            desk.faults.note(f"{FOLDER}/{name}", at, "每行应是：一个写法、一个空格、代替它的字")
        yield meant, written


def read_lexicon(desk: Desk, spelling: Spelling) -> Lexicon | None:
    """Return the lexicon with its patterns written out and folded."""
    page = desk.sheet(f"{FOLDER}/lexicon.yaml")
    if page is None:
        return None
    concepts, phrases, pictures = page.sheet("concepts"), page.sheet("phrases"), page.sheet("pictures")
    families = {name: phrases.sheet(name) for name in phrases.names()}
    lexicon = Lexicon(
        concepts={name: _words(concepts, name, spelling) for name in concepts.names()},
        phrases={name: tuple(minimal(_words(family, "words", spelling, kernel))) for name, family in families.items()},
        grades={name: family.choice("grade", _WORTH) for name, family in families.items()},
        sure=frozenset(page.several("sure", _MANY)),
        against=frozenset(page.several("against", _MANY)),
        doubts=frozenset(page.several("doubts", _MANY)),
        echoed=frozenset(page.several("echoed", _MANY)),
        mended=frozenset(_words(page, "mended", spelling)),
        idioms=tuple(minimal(_words(page, "idioms", spelling))),
        denials=tuple(minimal(_words(page, "denials", spelling, kernel))),
        innocent=frozenset(_words(page, "innocent", spelling)),
        pictures={picture: pictures.words(picture, longest=4) for picture in pictures.names()},
    )
    for name in lexicon.sure - set(lexicon.phrases):
        page.note(f"sure 里的 {name} 不在 phrases 里", "sure")
    for name in lexicon.against - {name.partition(".")[0] for name in lexicon.concepts}:
        page.note(f"against 里的 {name} 不在 concepts 里", "against")
    for family in families.values():
        family.close()
    page.close()
    return lexicon


def _words(
    sheet: Sheet, key: str, spelling: Spelling, what_decides: Callable[[str], str] = str
) -> tuple[str, ...]:
    patterns = sheet.several(key, _MANY)
    for pattern in patterns:
        if pattern.count("(") != pattern.count(")"):
            sheet.note(f"“{pattern}”的括号不成对", key)
    folded = (spelling.fold(word) for pattern in patterns for word in variants(what_decides(pattern)))
    return tuple(dict.fromkeys(word for word in folded if word))


def read_weights(desk: Desk) -> Weights | None:
    """Return the weights, or None after noting that the file is not the one that training writes."""
    text = desk.text(f"{FOLDER}/weights.json")
    if text is None:
        return None
    try:
        return unpacked(json.loads(text))
    except (ValueError, KeyError, TypeError, zlib.error):
        desk.faults.note(f"{FOLDER}/weights.json", 1, "不是训练写出的文件，请重新训练")
        return None


def packed(learned: Learned, reach: Mapping[str, float]) -> dict[str, Any]:
    """Return what weights.json holds: gaps between buckets, and a byte for each bucket and head, deflated."""
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
