"""/cgi-bin/message/custom/…: customer-service messages within window and allowance (fact sheet §6)."""

from __future__ import annotations

from typing import Any

from .. import reading
from ..reading import Document
from ..refusal import Refusal
from ..world import World
from .call import Call, Late

TEXT_BYTES = 2048
SLOW_SECONDS = 6.0  # How late the call is answered that sends to `o_slow…`.
LOCKED = frozenset({"mpnews", "wxcard"})  # Retired, or nothing this account has.


def send(world: World, call: Call) -> Document | Late:
    """One message to one follower; it spends one of the allowance his last act gave."""
    document = call.document()
    openid = reading.text(document, "touser")
    if not openid:
        raise Refusal(41009)
    follower = world.followers.known(openid)
    kind = reading.text(document, "msgtype")
    item = _item(world, call, document, kind)
    if "customservice" in document:
        raise Refusal(61452)  # This account has no customer-service staff of WeChat's kind.
    if follower.refuses:
        raise Refusal(48002)
    follower.spend(call.at)
    world.show(follower, "account", by="custom", **item)
    return Late({}, SLOW_SECONDS) if follower.is_slow else {}


def _item(world: World, call: Call, document: Document, kind: str) -> dict[str, Any]:
    if kind in LOCKED:
        raise Refusal(48008)
    if kind not in SHAPES:
        raise Refusal(40008)
    return SHAPES[kind](world, call, reading.mapping(document, kind))


def _text(world: World, call: Call, holder: Document) -> dict[str, Any]:
    del world, call
    content = reading.text(holder, "content")
    if not content:
        raise Refusal(44004)
    if len(content.encode()) > TEXT_BYTES:
        raise Refusal(45002)
    return {"kind": "text", "text": content}


def _image(world: World, call: Call, holder: Document) -> dict[str, Any]:
    medium = world.media.usable(reading.text(holder, "media_id"), ("image",), call.at)
    return {"kind": "image", "text": f"{world.base}/mmbiz/{medium.page}"}


def _voice(world: World, call: Call, holder: Document) -> dict[str, Any]:
    world.media.usable(reading.text(holder, "media_id"), ("voice",), call.at)
    return {"kind": "voice", "text": "[语音]"}


def _video(world: World, call: Call, holder: Document) -> dict[str, Any]:
    world.media.usable(reading.text(holder, "media_id"), ("video",), call.at)
    world.media.usable(reading.text(holder, "thumb_media_id"), ("thumb", "image"), call.at)
    return {"kind": "video", "text": reading.text(holder, "title") or "[视频]"}


def _music(world: World, call: Call, holder: Document) -> dict[str, Any]:
    world.media.usable(reading.text(holder, "thumb_media_id"), ("thumb", "image"), call.at)
    for name in ("musicurl", "hqmusicurl"):
        if not reading.text(holder, name):
            raise reading.wrong(name)
    return {"kind": "voice", "text": reading.text(holder, "title") or "[音乐]"}


def _news(world: World, call: Call, holder: Document) -> dict[str, Any]:
    del world, call
    articles = holder.get("articles")
    if not isinstance(articles, list) or not articles or not isinstance(articles[0], dict):
        raise Refusal(44003)
    if len(articles) > 1:
        raise Refusal(45008)
    names = {"title": "title", "description": "description", "url": "url", "picture": "picurl"}
    card = {name: reading.text(articles[0], key) for name, key in names.items()}
    if not card["title"]:
        raise Refusal(40227)
    return {"kind": "news", "articles": (card,)}


def _article(world: World, call: Call, holder: Document) -> dict[str, Any]:
    del world, call, holder
    raise Refusal(53600)  # Nothing has been published (发布) here, so no article_id is known.


def _menu(world: World, call: Call, holder: Document) -> dict[str, Any]:
    del world, call
    listed = reading.listing(holder, "list")
    if not listed or not all(isinstance(each, dict) and each.get("content") and each.get("id") for each in listed):
        raise reading.wrong("list")
    head, tail = reading.text(holder, "head_content"), reading.text(holder, "tail_content")
    lines = [head, *(reading.text(each, "content") for each in listed), tail]
    return {"kind": "text", "text": "\n".join(line for line in lines if line)}


def _mini_program(world: World, call: Call, holder: Document) -> dict[str, Any]:
    for name in ("title", "appid", "pagepath"):
        if not reading.text(holder, name):
            raise reading.wrong(name)
    world.media.usable(reading.text(holder, "thumb_media_id"), ("thumb", "image"), call.at)
    return {"kind": "link", "text": reading.text(holder, "title")}


SHAPES = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "music": _music,
    "news": _news,
    "mpnewsarticle": _article,
    "msgmenu": _menu,
    "miniprogrampage": _mini_program,
}
