"""What publishing needs of the outside, in its own words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from server.domain.publishing.edition import Edition
from server.domain.publishing.piece import Article, Piece
from server.domain.publishing.series import Candidate, Series


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as WeChat keeps it; `source` ends in the edition's mark, by which it is found again."""

    title: str
    author: str
    digest: str
    html: str
    cover: str
    source: str


class Outcome(StrEnum):
    """What WeChat says of an accepted mass send when asked."""

    UNKNOWN = "unknown"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Press(Protocol):
    """How an edition reaches the platform. Every call raises a `post.faults.Fault` when it fails."""

    async def upload_cover(self, name: str, picture: bytes) -> str:
        """Keep a JPEG as permanent material under this file name; return its media id."""
        ...

    async def find_cover(self, name: str) -> str | None:
        """Return the media id of the newest permanent picture of this name, looking at the latest 100."""
        ...

    async def upload_picture(self, name: str, picture: bytes) -> str:
        """Upload a picture of an article's body (JPEG or PNG under 1 MB); return its address."""
        ...

    async def add_draft(self, draft: Draft) -> str:
        """Keep the article as a draft; return its media id."""
        ...

    async def find_draft(self, mark: str) -> str | None:
        """Return the media id of the draft whose source ends in this mark, looking at the latest 100."""
        ...

    async def send_to_all(self, draft: str, client_id: str) -> str:
        """Mass-send a draft to every follower; return the accepted job's message id.

        Raises `Repeated` (45065), `Hasty` (45066), `Unclear` after a time-out, else the fault of the code.
        """
        ...

    async def outcome(self, message: str) -> Outcome:
        """Ask what became of an accepted mass send."""
        ...


class Studio(Protocol):
    """Draws covers and renders pages."""

    async def cover(self, piece: Piece) -> bytes:
        """Return the cover of an article: a JPEG 2.35 times as wide as high."""
        ...

    async def picture(self, name: str) -> bytes:
        """Return a body picture small enough for the platform."""
        ...

    def html(self, article: Article, pictures: Mapping[str, str]) -> str:
        """Return the article as the HTML that WeChat keeps, body pictures at the addresses given."""
        ...


class Library(Protocol):
    """The pieces."""

    async def find(self, piece: str, version: int = 0) -> Piece | None:
        """Return a piece as accepted: its shown version, or the version asked for; None if withdrawn."""
        ...

    async def articles(self) -> Sequence[Candidate]:
        """Return every accepted article."""
        ...


@dataclass(frozen=True, slots=True)
class MassEvent:
    """What the platform's event told of a mass send, kept until the edition it speaks of is known."""

    message: str
    good: bool
    status: str
    total: int
    filtered: int
    sent: int
    failed: int


class Editions(Protocol):
    """The editions and series; every change is guarded by the revision that was read."""

    async def add(self, edition: Edition) -> None:
        """Keep a new edition; raises `Taken` when its day has one of the same way."""
        ...

    async def find(self, edition: str) -> Edition | None:
        """Return an edition."""
        ...

    async def due(self, now: datetime, most: int) -> list[str]:
        """Return ids of editions due and not held by a process."""
        ...

    async def claim(self, edition: str, now: datetime) -> Edition | None:
        """Lease a due edition to this process; None if it is not due or another holds it."""
        ...

    async def save(self, edition: Edition, *, release: bool) -> Edition | None:
        """Store a change (majority), guarded by the revision; None if the edition moved on meanwhile."""
        ...

    async def by_message(self, message: str) -> Edition | None:
        """Return the edition of an accepted mass send."""
        ...

    async def keep_event(self, event: MassEvent) -> None:
        """Keep an event whose edition is not known yet; joins a running transaction."""
        ...

    async def kept_event(self, message: str) -> MassEvent | None:
        """Return the event kept for a mass send."""
        ...

    async def latest(self, now: datetime, most: int) -> Sequence[Edition]:
        """Return editions whose hour has come, newest first, cancelled ones left out."""
        ...

    async def taken_days(self, since: datetime, series: str) -> Collection[date]:
        """Return the Shanghai days from `since` on that a mass edition, or one of this series, has for itself."""
        ...

    async def used_by(self, series: str) -> Collection[str]:
        """Return the pieces a series has planned so far."""
        ...

    async def add_series(self, series: Series) -> None:
        """Keep a new series unless its id is taken."""
        ...

    async def series(self) -> Sequence[Series]:
        """Return every series."""
        ...

    async def due_series(self, now: datetime, most: int) -> list[str]:
        """Return ids of running or dry series whose next edition has to be planned now."""
        ...

    async def save_series(self, series: Series) -> bool:
        """Store a change guarded by the revision; False if the series moved on meanwhile."""
        ...
