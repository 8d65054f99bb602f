"""Drafts of articles: every rule of their fields, and the box they lie in (fact sheet §3.2)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from . import ids, reading
from .media import Media
from .reading import Document, wrong
from .refusal import Refusal
from .washing import wash

ARTICLES = 8
TITLE, AUTHOR, DIGEST, DIGEST_MADE = 32, 16, 128, 54
CONTENT_CHARACTERS, CONTENT_BYTES, SOURCE_BYTES = 20_000, 1024 * 1024, 1024
PICTURES = 20

FIELDS = frozenset(
    {
        "article_type",
        "author",
        "content",
        "content_source_url",
        "cover_info",
        "digest",
        "image_info",
        "need_open_comment",
        "only_fans_can_comment",
        "pic_crop_1_1",
        "pic_crop_235_1",
        "product_info",
        "show_cover_pic",
        "thumb_media_id",
        "title",
    }
)


@dataclass(slots=True)
class Draft:
    """One draft: its articles as the platform keeps them."""

    media_id: str
    articles: list[Document]
    updated: float


@dataclass(frozen=True, slots=True)
class Desk:
    """What an article is held against: the library, the right to comments, and the address pages get."""

    media: Media
    comments: bool
    base: str


def articles(value: object, desk: Desk) -> list[Document]:
    """The articles of a new draft as they are kept; 44003 when nested wrongly or empty, 45008 when too many."""
    if not isinstance(value, list) or not value or not all(isinstance(each, dict) for each in value):
        raise Refusal(44003)
    if len(value) > ARTICLES:
        raise Refusal(45008)
    return [article(each, desk) for each in value]


def article(fields: Document, desk: Desk) -> Document:
    """One article as it is kept, or the refusal its first wrong field earns."""
    unknown = sorted(set(fields) - FIELDS)
    if unknown:
        raise wrong(unknown[0])
    kind = reading.text(fields, "article_type", "news")
    if kind not in ("news", "newspic"):
        raise wrong("article_type")
    kept: Document = {"article_type": kind, **_words(fields), **_comments(fields, desk), **_crops(fields)}
    content, words = _content(fields, desk, kind)
    kept["content"] = content
    kept["digest"] = kept["digest"] or words[:DIGEST_MADE]
    kept |= _pictures(fields, desk) if kind == "newspic" else _cover(fields, desk)
    kept["url"] = f"{desk.base}/s/{ids.page_id()}"
    return kept


def _words(fields: Document) -> Document:
    title, author = reading.text(fields, "title"), reading.text(fields, "author")
    digest, source = reading.text(fields, "digest"), reading.text(fields, "content_source_url")
    if not title.strip():
        raise Refusal(40227)
    if len(title) > TITLE:
        raise Refusal(45003)
    if len(author) > AUTHOR:
        raise Refusal(45110)
    if len(digest) > DIGEST:
        raise Refusal(45004)
    if source and (len(source.encode()) > SOURCE_BYTES or not source.startswith(("http://", "https://"))):
        raise Refusal(41039)
    return {"title": title, "author": author, "digest": digest, "content_source_url": source}


def _content(fields: Document, desk: Desk, kind: str) -> tuple[str, str]:
    content = reading.text(fields, "content")
    if not content.strip():
        raise Refusal(44004)
    if len(content) >= CONTENT_CHARACTERS or len(content.encode()) >= CONTENT_BYTES:
        raise Refusal(45002)
    kept, words = wash(content, desk.media.body_urls)
    return (words, words) if kind == "newspic" else (kept, words)


def _comments(fields: Document, desk: Desk) -> Document:
    kept = {}
    for name in ("need_open_comment", "only_fans_can_comment"):
        kept[name] = reading.number(fields, name)
        if kept[name] not in (0, 1):
            raise wrong(name)
    if kept["need_open_comment"] and not desk.comments:
        raise Refusal(88000)
    return kept


def _crops(fields: Document) -> Document:
    kept = {}
    for name in ("pic_crop_235_1", "pic_crop_1_1"):
        text = reading.text(fields, name)
        if text and not _is_crop(text):
            raise Refusal(40035)
        kept[name] = text
    return kept


def _is_crop(text: str) -> bool:
    try:
        left, top, right, bottom = (float(part) for part in text.split("_"))
    except ValueError:
        return False
    return 0 <= left < right <= 1 and 0 <= top < bottom <= 1


def _cover(fields: Document, desk: Desk) -> Document:
    media_id = reading.text(fields, "thumb_media_id")
    return {"thumb_media_id": media_id, "thumb_url": desk.media.cover(media_id).url}


def _pictures(fields: Document, desk: Desk) -> Document:
    listed = reading.listing(reading.mapping(fields, "image_info"), "image_list")
    if not 1 <= len(listed) <= PICTURES:
        raise wrong("image_list")
    covers = []
    for each in listed:
        if not isinstance(each, dict):
            raise wrong("image_list")
        covers.append(desk.media.cover(reading.text(each, "image_media_id")))
    pictures = [{"image_media_id": each.media_id, "url": each.url} for each in covers]
    return {
        "image_info": {"image_list": pictures},
        "thumb_media_id": covers[0].media_id,
        "thumb_url": covers[0].url,
    }


class Drafts:
    """The draft box."""

    def __init__(self) -> None:
        self._kept: dict[str, Draft] = {}

    def add(self, kept: list[Document], now: float) -> Draft:
        """A new draft."""
        draft = Draft(ids.media_id(), kept, now)
        self._kept[draft.media_id] = draft
        return draft

    def known(self, media_id: str) -> Draft:
        """The draft of that id; 40007 when there is none (any more)."""
        draft = self._kept.get(media_id)
        if draft is None:
            raise Refusal(40007)
        return draft

    def drop(self, media_id: str) -> None:
        """Takes a draft away; its id is dead for ever."""
        self._kept.pop(media_id, None)

    def all(self) -> list[Draft]:
        """All drafts, newest first."""
        return sorted(self._kept.values(), key=lambda draft: draft.updated, reverse=True)

    def previewed(self, page: str) -> Document | None:
        """The article whose preview lies on that page."""
        every = (each for draft in self._kept.values() for each in draft.articles)
        return next((each for each in every if each["url"].endswith(f"/s/{page}")), None)

    def clear(self) -> None:
        """Empties the box."""
        self._kept.clear()

    def plain(self) -> list[Any]:
        """All drafts."""
        return [asdict(each) for each in self._kept.values()]

    def revive(self, records: list[Any]) -> None:
        """Takes the drafts of an earlier life."""
        self._kept = {each["media_id"]: Draft(**each) for each in records}
