"""Judging a passive reply as the platform would (fact sheet §1.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .envelope import BadReply, Fields, Letter, parse
from .media import Media
from .refusal import Refusal

TEXT_BYTES = 2048
ARTICLES = 8
SINGLE = frozenset({"text", "image", "voice", "video", "news", "location"})
SHOWN = {"image": "[图片]", "voice": "[语音]", "video": "[视频]", "music": "[音乐]"}


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that was taken, in the words of the control: type, words, articles."""

    kind: str
    content: str
    articles: tuple[dict[str, str], ...]
    create_time: int
    media_id: str = ""

    def shape(self) -> dict[str, Any]:
        """The reply as the control gives it."""
        return {
            "type": self.kind,
            "content": self.content,
            "articles": list(self.articles),
            "media_id": self.media_id,
            "create_time": self.create_time,
        }


@dataclass(frozen=True, slots=True)
class Judge:
    """Knows which media there are."""

    media: Media

    def judge(self, document: bytes, letter: Letter, now: float) -> Reply:
        """The reply in that XML; `BadReply` names what the platform would not take."""
        fields = parse(document)
        _check_names(fields, letter)
        kind, created = _word(fields, "MsgType"), _word(fields, "CreateTime")
        if not created.isdecimal():
            raise BadReply("CreateTime is not a whole number")
        if kind == "text":
            return Reply(kind, _text(fields), (), int(created))
        if kind == "news":
            return Reply(kind, "", _articles(fields, letter), int(created))
        if kind in SHOWN:
            return Reply(kind, SHOWN[kind], (), int(created), self._medium(fields, kind, now))
        if kind == "transfer_customer_service" and not letter.event:
            return Reply(kind, "", (), int(created))
        raise BadReply(f"MsgType {kind!r} cannot answer this")

    def _medium(self, fields: Fields, kind: str, now: float) -> str:
        inner = fields.get(kind.capitalize())
        if not isinstance(inner, dict):
            raise BadReply(f"{kind.capitalize()} is missing")
        media_id = _word(inner, "ThumbMediaId" if kind == "music" else "MediaId")
        try:
            medium = self.media.usable(media_id, ("thumb", "image") if kind == "music" else (kind,), now)
        except Refusal as refusal:
            raise BadReply(f"MediaId is not known: {refusal.words}") from refusal
        if kind == "image" and medium.name.lower().endswith(".gif"):
            raise BadReply("a moving picture cannot be a passive reply")
        return media_id


def _check_names(fields: Fields, letter: Letter) -> None:
    if _word(fields, "ToUserName") != letter.openid:
        raise BadReply("ToUserName is not the follower who wrote")
    if _word(fields, "FromUserName") != letter.fields.get("ToUserName"):
        raise BadReply("FromUserName is not the account")


def _word(fields: Fields, name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise BadReply(f"{name} is missing")
    return value


def _text(fields: Fields) -> str:
    content = _word(fields, "Content")
    if len(content.encode()) > TEXT_BYTES:
        raise BadReply(f"Content has {len(content.encode())} bytes, {TEXT_BYTES} are allowed")
    return content


def _articles(fields: Fields, letter: Letter) -> tuple[dict[str, str], ...]:
    holder = fields.get("Articles")
    items = holder.get("item") if isinstance(holder, dict) else None
    listed = [each for each in (items if isinstance(items, list) else [items]) if isinstance(each, dict)]
    if not listed:
        raise BadReply("Articles has no item")
    if _word(fields, "ArticleCount") != str(len(listed)):
        raise BadReply("ArticleCount is not the number of items")
    limit = 1 if letter.kind in SINGLE else ARTICLES
    if len(listed) > limit:
        raise BadReply(f"{len(listed)} articles, {limit} allowed here")
    return tuple(_article(each) for each in listed)


def _article(item: Fields) -> dict[str, str]:
    names = {"title": "Title", "description": "Description", "url": "Url", "picture": "PicUrl"}
    missing = [node for node in names.values() if not isinstance(item.get(node), str)]
    if missing:
        raise BadReply(f"an article has no {missing[0]}")
    return {name: str(item[node]) for name, node in names.items()}
