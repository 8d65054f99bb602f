"""What publishing needs of the outside, in its own words."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as WeChat keeps it; `source` ends in the edition's mark, by which the draft is found again."""

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
        """Return the media id of the newest permanent picture of this file name, looking at the latest 100."""
        ...

    async def upload_picture(self, name: str, picture: bytes) -> str:
        """Upload a picture of an article's body (JPEG or PNG under 1 MB); return its address."""
        ...

    async def add_draft(self, draft: Draft) -> str:
        """Keep the article as a draft; return its media id."""
        ...

    async def find_draft(self, mark: str) -> str | None:
        """Return the media id of the draft whose source address ends in this mark, looking at the latest 100."""
        ...

    async def send_to_all(self, draft: str, client_id: str) -> str:
        """Mass-send a draft to every follower; return the accepted job's message id.

        Raises `Repeated` (45065), `Hasty` (45066), `Unclear` after a time-out, else the fault of the code.
        """
        ...

    async def outcome(self, message: str) -> Outcome:
        """Ask what became of an accepted mass send."""
        ...
