"""Setting a title in lines: where it may break, and which breaks look best."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

Measure = Callable[[str], float]

_NEVER_FIRST = set("，。！？、：；）》】」』”’…—,.!?:;)%·～") | set("的了着过吗呢吧啊呀们得地么儿")
_NEVER_LAST = set("（《【「『“‘(#") | set("不没别很太最更第小老这那每再")
_GOOD_LAST = set("，。！？、：；…—,!?:;》”")
_GOOD_FIRST = set("（《【「『“‘")
_FAIR_LAST = set("了时后前和与是在就")


@dataclass(frozen=True, slots=True)
class Setting:
    """Lines of a title, and how far from beautiful they are."""

    lines: tuple[str, ...]
    cost: float


def set_title(title: str, measure: Measure, width: float, most: int) -> tuple[str, ...] | None:
    """Return the title in the fewest lines that hold it, evenly filled, or None if `most` lines do not.

    No line is a single character, begins with what closes or trails, or ends with what opens; Latin words and
    numbers stay whole; a break after punctuation is liked best.
    """
    title = " ".join(title.split())
    for count in range(1, most + 1):
        best = min(_settings(title, measure, width, count), key=lambda setting: setting.cost, default=None)
        if best is not None:
            return best.lines
    return None


def _settings(title: str, measure: Measure, width: float, count: int) -> Iterator[Setting]:
    breaks = [at for at in range(1, len(title)) if _may_break(title, at)]
    for chosen in combinations(breaks, count - 1):
        lines = _cut(title, chosen)
        widths = [measure(line) for line in lines]
        if max(widths) <= width and (count == 1 or min(map(len, lines)) > 1):
            yield Setting(lines, _cost(lines, widths, width))


def _cut(title: str, chosen: Sequence[int]) -> tuple[str, ...]:
    ends = (0, *chosen, len(title))
    return tuple(title[start:end].strip() for start, end in pairwise(ends))


def _may_break(title: str, at: int) -> bool:
    before, after = title[:at].rstrip(), title[at:].lstrip()
    if before[-1] in _NEVER_LAST or after[0] in _NEVER_FIRST:
        return False
    return not (_is_latin(title[at - 1]) and _is_latin(title[at]))


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _cost(lines: Sequence[str], widths: Sequence[float], width: float) -> float:
    ragged = sum(((max(widths) - each) / width) ** 2 for each in widths)
    return ragged - sum(_liking(line[-1], after[0]) for line, after in pairwise(lines))


def _liking(last: str, first: str) -> float:
    if last in _GOOD_LAST or first in _GOOD_FIRST:
        return 0.5
    return 0.05 if last in _FAIR_LAST else 0.0
