"""The public reading page of a piece: no cookie, no script, nothing from elsewhere."""

from pathlib import Path
from typing import Protocol

from server.domain.publishing.piece import Piece
from server.domain.publishing.ports import Library
from server.domain.refusals import NotFound
from server.web.base import Door

_PNG = b"\x89PNG"


PAGE_SECURITY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
"""A reading page holds no script and nothing to be tapped into; the phone of the simulator shows it in a frame."""


class Pages(Protocol):
    """Who draws the page."""

    def page(self, piece: Piece) -> str:
        """Return the whole reading page of an article as HTML."""
        ...

    def missing(self) -> str:
        """Return the page that says that there is no such article."""
        ...

    async def cover(self, piece: Piece) -> bytes:
        """Return the article's cover as JPEG."""
        ...

    async def picture(self, name: str) -> bytes:
        """Return a body picture, JPEG or PNG; raises `NotFound`."""
        ...


class Read(Door):
    """`/read/{piece}`: one article."""

    library: Library
    pages: Pages

    def set_default_headers(self) -> None:
        """Say what every page says, and that it may stand in a frame."""
        super().set_default_headers()
        self.clear_header("X-Frame-Options")
        self.set_header("Content-Security-Policy", PAGE_SECURITY)

    async def get(self, piece: str) -> None:
        """Show the article as it is shown now."""
        found = await self.library.find(piece)
        if found is None or found.kind != "article":
            raise NotFound("没有这篇文章，或者它已经撤下。")
        self.set_header("Cache-Control", "public, max-age=300")
        self.finish(self.pages.page(found))

    def tell(self, code: str, sentence: str) -> None:
        """Tell a reader on a page, not in JSON."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(self.pages.missing())


class Cover(Door):
    """`/read/{piece}/cover.jpg`: the picture of the article's card."""

    library: Library
    pages: Pages

    async def get(self, piece: str) -> None:
        """Show the cover."""
        found = await self.library.find(piece)
        if found is None or found.kind != "article":
            raise NotFound("没有这张图。")
        self.set_header("Content-Type", "image/jpeg")
        self.set_header("Cache-Control", "public, max-age=86400")
        self.finish(await self.pages.cover(found))


class BodyPicture(Door):
    """`/read/pictures/{name}`: a picture of an article's body."""

    pages: Pages

    async def get(self, name: str) -> None:
        """Show the picture."""
        picture = await self.pages.picture(name)
        self.set_header("Content-Type", "image/png" if picture.startswith(_PNG) else "image/jpeg")
        self.set_header("Cache-Control", "public, max-age=86400")
        self.finish(picture)


class File(Door):
    """A file of ours that pages need: the style of the reading page."""

    path: Path

    def get(self) -> None:
        """Show the file."""
        self.set_header("Content-Type", "text/css; charset=utf-8")
        self.set_header("Cache-Control", "public, max-age=3600")
        self.finish(self.path.read_bytes())
