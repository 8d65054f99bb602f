"""screening/lexicon.yaml, the tables of writing beside it, and weights.json: all that the screening knows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod

from server.domain.help.lexicon import Lexicon, minimal
from server.domain.help.screening import Grade, Kind, Screening
from server.domain.help.spelling import Spelling, kernel, variants
from server.storage.shelf.desk import Desk
from server.storage.shelf.sheet import Counts, Sheet
from server.storage.shelf.weights import read_weights

FOLDER = "screening"
_MANY = Counts(1, 2_000, 600)
_MOST_VARIANTS = 20_000  # words that one pattern may mean
_WORTH = (Grade.URGENT, Grade.WATCH, Kind.THREAT, Kind.VIOLENCE, Kind.SOMEBODY, Kind.ASKING)
_EACH_LINE = "每行应是：一个写法、一个空格、代替它的字"


def read(desk: Desk) -> Screening | None:
    """Return the screening, or None after noting what is wrong with its files."""
    spelling = read_spelling(desk)
    lexicon = read_lexicon(desk, spelling)
    weights = read_weights(desk, f"{FOLDER}/weights.json")
    return None if lexicon is None or weights is None else Screening(lexicon, spelling, weights)


def read_spelling(desk: Desk) -> Spelling:
    """Return the tables: in each line what is meant, a space, and what stands for it."""
    script, sounds, shapes = (_table(desk, name) for name in ("script.txt", "sounds.txt", "shapes.txt"))
    return Spelling(script, {written: meant for meant, written in _pairs(desk, "parts.txt")}, sounds, shapes)


def _table(desk: Desk, name: str) -> dict[str, str]:
    """Return a table in whose lines each character stands for what is meant."""
    return {character: meant for meant, written in _pairs(desk, name) for character in written}


def _pairs(desk: Desk, name: str) -> Iterator[tuple[str, str]]:
    for line, content in enumerate((desk.text(f"{FOLDER}/{name}") or "").splitlines(), start=1):
        if content.startswith("#"):
            continue
        meant, _, written = content.partition(" ")
        if not meant or not written or " " in written:
            desk.faults.note(f"{FOLDER}/{name}", line, _EACH_LINE)
        yield meant, written


def read_lexicon(desk: Desk, spelling: Spelling) -> Lexicon | None:
    """Return the lexicon with its patterns written out and folded, or None after noting that there is no page."""
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
    _check_concepts(concepts, lexicon.concepts)
    groups = {name.partition(".")[0] for name in lexicon.concepts}
    for key, known in (("sure", set(families)), ("against", groups), ("doubts", groups), ("echoed", groups)):
        _check_names(page, key, known)
    for family in families.values():
        family.close()
    page.close()
    return lexicon


def _words(
    sheet: Sheet, key: str, spelling: Spelling, what_decides: Callable[[str], str] = str
) -> tuple[str, ...]:
    """Return the words of a list of patterns, each once, in plain spelling."""
    words: dict[str, None] = {}
    for at, pattern in enumerate(sheet.several(key, _MANY)):
        decisive = what_decides(pattern)
        wrong = _fault_of(pattern, decisive)
        if wrong is not None:
            sheet.note_item(key, at, f"“{pattern}”{wrong}")
            continue
        found = [spelling.fold(word) for word in variants(decisive)]
        if pattern and not any(found):
            sheet.note_item(key, at, f"“{pattern}”里没有可以比对的字")
        words.update(dict.fromkeys(word for word in found if word))
    return tuple(words)


def _fault_of(pattern: str, decisive: str) -> str | None:
    """Return what is wrong with how a pattern is written, or None; `decisive` is what of it will be written out."""
    depth = 0
    for character in pattern:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth not in {0, 1}:
            return "的括号不成对，或括号里又有括号"
        if character == "|" and depth == 0:
            return "的 | 要写在括号里"
    if depth:
        return "的括号不成对，或括号里又有括号"
    many = prod(group.count("|") + 1 for group in decisive.split("(")[1:])
    return f"一共是 {many} 种写法，太多了，请分成几条" if many > _MOST_VARIANTS else None


def _check_concepts(sheet: Sheet, concepts: Mapping[str, Sequence[str]]) -> None:
    """Note each word that stands in two concepts: it can mean only one."""
    seen: dict[str, str] = {}
    for name, words in concepts.items():
        for word in words:
            if word in seen:
                sheet.note(f"“{word}”已经在 {seen[word]} 里了", name)
            seen[word] = name


def _check_names(page: Sheet, key: str, known: set[str]) -> None:
    """Note each name of a list that nothing of the lexicon has."""
    for at, name in enumerate(page.several(key, _MANY)):
        if name not in known:
            page.note_item(key, at, f"{key} 里的 {name} 不在 {'phrases' if key == 'sure' else 'concepts'} 里")
