"""The studio: covers, body pictures and pages as publishing and the reading door ask for them."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from server.domain.help.lines import HelpLine
from server.domain.publishing.piece import Article, Piece, Source
from server.domain.refusals import NotFound
from server.media import covers, pictures
from server.media.fonts import Typeface
from server.media.pages import wechat_page
from server.media.reading import Reading, missing_page, reading_page
from server.media.runner import Runner

PICTURES = "/read/pictures/"
_COVERS_KEPT = 64  # some 40 KB each


@dataclass(frozen=True, slots=True)
class Materials:
    """What the studio works with: a typeface, sources by id, the lines of the foot, body pictures by file name."""

    typeface: Typeface
    sources: Mapping[str, Source]
    lines: Sequence[HelpLine]
    picture: Callable[[str], bytes]


class Studio:
    """Fulfils `publishing.ports.Studio` and what the reading door needs. Blocking work goes through the runner."""

    def __init__(self, materials: Materials, runner: Runner) -> None:
        self._with = materials
        self._runner = runner
        self._covers: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    async def cover(self, piece: Piece) -> bytes:
        """Return the cover of an article: a JPEG of 900 × 383 pixels; the latest 64 are kept."""
        key, article = (piece.id, piece.version), _article(piece)
        if key not in self._covers:
            given = (article.title, article.theme, piece.id, self._with.typeface)
            self._covers[key] = await self._runner.run("cover", covers.draw, *given)
            if len(self._covers) > _COVERS_KEPT:
                self._covers.popitem(last=False)
        return self._covers[key]

    async def picture(self, name: str) -> bytes:
        """Return a body picture as JPEG or PNG under 1 MB; raises `NotFound`, or `Malformed` if it is none."""
        return await self._runner.run("picture", self._fitted, name)

    def html(self, article: Article, pictures: Mapping[str, str]) -> str:
        """Return the article as the HTML that WeChat keeps, body pictures at the addresses given by file name."""
        return wechat_page(article, pictures, self._cited(article))

    def page(self, piece: Piece) -> str:
        """Return the public reading page of an article."""
        article = _article(piece)
        addresses = {picture.name: PICTURES + picture.name for picture in article.pictures}
        return reading_page(Reading(article, self._cited(article), self._with.lines, addresses))

    def missing(self) -> str:
        """Return the page that says that there is no such article."""
        return missing_page(self._with.lines)

    def _cited(self, article: Article) -> list[Source]:
        return [self._with.sources[id_] for id_ in article.sources if id_ in self._with.sources]

    def _fitted(self, name: str) -> bytes:
        try:
            return pictures.fit(self._with.picture(name))
        except FileNotFoundError as error:
            raise NotFound(f"没有图片 {name}") from error


def _article(piece: Piece) -> Article:
    if not isinstance(piece.body, Article):
        raise NotFound("这不是一篇文章。")
    return piece.body
