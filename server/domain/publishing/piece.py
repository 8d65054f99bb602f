"""The pieces of the library: what they hold, their versions, and what an import does to them."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What a piece is."""

    ARTICLE = "article"
    LINE = "line"
    REPLY = "reply"


class PieceState(StrEnum):
    """Whether a version of a piece may be shown: `waiting` for a professional's eye, `accepted`, or `withdrawn`."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


THEMES = ("心理百科", "婚姻家庭", "亲子教育", "职场心理")


@dataclass(frozen=True, slots=True)
class Source:
    """Something that was really looked up: where it stands and the day on which it was seen."""

    id: str
    title: str
    publisher: str
    address: str
    seen: date
    used_for: str = ""


@dataclass(frozen=True, slots=True)
class BodyPicture:
    """A picture of an article's body: file name and SHA-256 of its bytes; another picture is another version."""

    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article of the day; `sources` holds ids, and is empty where the text is common knowledge (常识)."""

    title: str
    theme: str
    digest: str
    author: str
    keywords: tuple[str, ...]
    sources: tuple[str, ...]
    markdown: str
    pictures: tuple[BodyPicture, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the day (每日一语)."""

    text: str


@dataclass(frozen=True, slots=True)
class ReplyRule:
    """Words that are answered, with one of several wordings or with the card of an article."""

    title: str
    exact: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    all_of: tuple[tuple[str, ...], ...] = ()
    answers: tuple[str, ...] = ()
    article: str | None = None
    weight: int = 0


Body = Article | Line | ReplyRule


@dataclass(frozen=True, slots=True)
class Piece:
    """One version of a piece; `origin` is `original` or a source's id, `checked_by` a professional's name."""

    id: str
    kind: Kind
    version: int
    origin: str
    checked_by: str | None
    body: Body
    digest: str

    @property
    def title(self) -> str:
        """Return what a listing calls the piece: its title, or the line itself."""
        return self.body.text if isinstance(self.body, Line) else self.body.title


@dataclass(frozen=True, slots=True)
class Standing:
    """How the library stands on a piece: its newest version, that version's digest and state."""

    version: int
    digest: str
    state: PieceState


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import will do, worked out before anything is written.

    `new`, `changed`, `returned` and `accepted` hold pieces under the version they are to be kept as; `returned` had
    been withdrawn, `accepted` had waited and needs to no longer. `withdrawn` and `unchanged` hold ids. `waiting`
    holds the id of every piece whose newest version waits afterwards; the version shown before it stays shown.
    """

    new: tuple[Piece, ...] = ()
    changed: tuple[Piece, ...] = ()
    returned: tuple[Piece, ...] = ()
    accepted: tuple[Piece, ...] = ()
    withdrawn: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    waiting: frozenset[str] = field(default_factory=frozenset)

    @property
    def written(self) -> tuple[Piece, ...]:
        """Return every piece of which a row is written, in whatever group."""
        return self.new + self.changed + self.returned + self.accepted

    def state_of(self, piece: Piece) -> PieceState:
        """Return the state in which the piece's version is to be kept."""
        return PieceState.WAITING if piece.id in self.waiting else PieceState.ACCEPTED


def of_file(id: str, body: Body, origin: str, checked_by: str | None) -> Piece:  # noqa: A002  the value's own name
    """Return a piece as its file tells it; as version 1 until an import has compared it with what is kept."""
    kind = _kind_of(body)
    return Piece(id, kind, 1, origin, checked_by, body, _digest_of(kind, body))


def plan_import(current: Mapping[str, Standing], found: Sequence[Piece], connected: bool) -> ImportPlan:
    """Return what importing the found pieces does to the library as it stands.

    The same text keeps its version, changed text gets the next, a file taken away withdraws the piece; nothing is
    deleted. On a connected account a text that no professional has checked waits until it is accepted by name.
    """
    groups: dict[str, list[Piece]] = {"new": [], "changed": [], "returned": [], "accepted": []}
    unchanged, waiting = [], set()
    for piece in found:
        standing = current.get(piece.id)
        group = _group(piece, standing, connected)
        if group == "unchanged":
            unchanged.append(piece.id)
        else:
            groups[group].append(replace(piece, version=_version(piece, standing)))
        if _waits(piece, standing, connected):
            waiting.add(piece.id)
    return ImportPlan(
        **{name: tuple(pieces) for name, pieces in groups.items()},
        withdrawn=tuple(_missing(current, found)),
        unchanged=tuple(unchanged),
        waiting=frozenset(waiting),
    )


def _kind_of(body: Body) -> Kind:
    match body:
        case Article():
            return Kind.ARTICLE
        case Line():
            return Kind.LINE
        case ReplyRule():
            return Kind.REPLY


def _digest_of(kind: Kind, body: Body) -> str:
    canonical = json.dumps([kind, asdict(body)], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _group(piece: Piece, standing: Standing | None, connected: bool) -> str:
    if standing is None:
        return "new"
    if standing.state is PieceState.WITHDRAWN:
        return "returned"
    if standing.digest != piece.digest:
        return "changed"
    if standing.state is PieceState.WAITING and not _waits(piece, standing, connected):
        return "accepted"
    return "unchanged"


def _version(piece: Piece, standing: Standing | None) -> int:
    if standing is None:
        return 1
    return standing.version if standing.digest == piece.digest else standing.version + 1


def _waits(piece: Piece, standing: Standing | None, connected: bool) -> bool:
    known = standing is not None and standing.digest == piece.digest and standing.state is PieceState.ACCEPTED
    return connected and not piece.checked_by and not known


def _missing(current: Mapping[str, Standing], found: Sequence[Piece]) -> Iterator[str]:
    there = {piece.id for piece in found}
    for id_, standing in current.items():
        if id_ not in there and standing.state is not PieceState.WITHDRAWN:
            yield id_
