"""Which telephone lines an answer of help names at this minute, in which order, and how they are written."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from server.domain.help.lines import HelpLine, LineKind, ordered
from server.domain.help.words import RIGHTS, Card, Unread

NATIONAL = "12356"  # the national line of mental support: the ministry asks for 18 hours a day at least
_COUNSELLING = "counselling"
_DANGER = (_COUNSELLING, "110", "120")
_WANTED: Mapping[str, tuple[str, ...]] = {
    Card.THREAT: ("110", "120", _COUNSELLING),
    Card.VIOLENCE: ("110", "12338", "12351"),
    Card.WATCH: (_COUNSELLING,),
    Unread.PICTURE: ("120", "110", _COUNSELLING),
    Unread.LINK: (_COUNSELLING,),
    Unread.POSITION: ("110", "120", _COUNSELLING),
    RIGHTS: ("12351", "12333", "12348"),
}
_LISTENING = {LineKind.UNION, LineKind.YOUTH, LineKind.WOMEN}
_WITH_LISTENING = {Card.OWN, Card.SOMEBODY, Card.ASKING}


def named(kind: str, lines: Sequence[HelpLine], now: datetime) -> list[HelpLine]:
    """Return the lines for a kind of answer: the open ones first, each in its place, closed ones last.

    Of lines that listen 12356 is always among them, others only if they are known to be answered now.
    """
    by_need = ordered(lines, now)
    found = [line for want in _wanted(kind) for line in _answering(want, by_need, now)]
    if kind in _WITH_LISTENING:
        found += [line for line in by_need if line.kind in _LISTENING and line.is_open(now)]
    if not is_somebody_listening(found, now):
        found += [line for line in by_need if line.number in _DANGER and line not in found]
    return sorted(found, key=lambda line: _rank(line, now))


def fewer(lines: Sequence[HelpLine], kind: str) -> Iterator[Sequence[HelpLine]]:
    """Yield all the lines, then ever fewer from the end, until only those are left that the answer needs."""
    kept = list(lines)
    yield kept
    for line in reversed(lines):
        if line.number not in _wanted(kind) and line.number != NATIONAL:
            kept = [each for each in kept if each is not line]
            yield kept


def written(lines: Sequence[HelpLine], now: datetime, with_hours: bool = True) -> str:
    """Return the lines as a text, each number plain on a line of its own; a closed line says so, with its hours."""
    return "\n".join(f"{line.name}{_hours(line, now, with_hours)}\n{line.number}" for line in lines)


def is_somebody_listening(lines: Sequence[HelpLine], now: datetime) -> bool:
    """Tell whether a counselling line among these may be answered now; true where none is among them."""
    counselling = [line for line in lines if line.kind is LineKind.COUNSELLING]
    return not counselling or any(line.is_open(now) is not False for line in counselling)


def _wanted(kind: str) -> tuple[str, ...]:
    return _WANTED.get(kind, _DANGER)


def _answering(want: str, lines: Sequence[HelpLine], now: datetime) -> list[HelpLine]:
    if want != _COUNSELLING:
        return [line for line in lines if line.number == want]
    counselling = [line for line in lines if line.kind is LineKind.COUNSELLING]
    return [line for line in counselling if line.number == NATIONAL or line.is_open(now)]


def _rank(line: HelpLine, now: datetime) -> int:
    """Return 0 for what is open, or likely to be (12356 of unknown hours), 1 for unknown, 2 for closed."""
    is_open = line.is_open(now)
    if is_open is None:
        return 0 if line.number == NATIONAL else 1
    return 0 if is_open else 2


def _hours(line: HelpLine, now: datetime, with_hours: bool) -> str:
    hours = line.hours_in_words() if with_hours else ""
    closed = "现在没人接" if line.is_open(now) is False else ""
    told = "，".join(filter(None, (hours, closed)))
    return f"（{told}）" if told else ""
