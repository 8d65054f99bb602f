"""/cgi-bin/media/… and /cgi-bin/material/…: uploads and the library."""

from __future__ import annotations

import json

from .. import ids, media, reading
from ..media import Medium
from ..reading import Document
from ..refusal import Refusal
from ..world import World
from .call import Call, File


def upload_body_picture(world: World, call: Call) -> Document:
    """A picture for the body of articles: an address, no media_id, not in the library."""
    upload = media.check_body_picture(call.upload)
    url = f"{world.base}/mmbiz/{world.media.keep_bytes(upload.data)}"
    world.media.body_urls.add(url)
    return {"url": url}


def upload_temporary(world: World, call: Call) -> Document:
    """A medium that lives three days."""
    kind = call.query.get("type", "")
    upload = media.check(call.upload, kind, media.TEMPORARY)
    page = world.media.keep_bytes(upload.data)
    medium = Medium(ids.media_id(), kind, upload.name, page, "", call.at, call.at + media.TEMPORARY_LIFE)
    world.media.add(medium)
    name = "thumb_media_id" if kind == "thumb" else "media_id"
    return {"type": kind, name: medium.media_id, "created_at": int(call.at)}


def download(world: World, call: Call) -> Document | File:
    """A temporary medium, sent by a person or uploaded: a file, or where a video lies; 41006 and 40007."""
    medium = world.media.usable(call.query.get("media_id", ""), ("image", "voice", "video", "thumb"), call.at)
    found = world.media.bytes_of(medium.page)
    if medium.expires is None or found is None:
        raise Refusal(40007)
    if medium.kind == "video":
        return {"video_url": f"{world.base}/mmbiz/{medium.page}"}
    content_type, data = found
    return File(data, content_type, f"{medium.media_id}.{media.nature(data)}")


def add(world: World, call: Call) -> Document:
    """A permanent medium; a video brings its title and introduction in the form field `description`."""
    kind = call.query.get("type", "")
    upload = media.check(call.upload, kind, media.PERMANENT)
    title, introduction = _description(call) if kind == "video" else ("", "")
    page = world.media.keep_bytes(upload.data)
    url = f"{world.base}/mmbiz/{page}"
    medium = Medium(ids.media_id(), kind, upload.name, page, url, call.at, None, title, introduction)
    world.media.add(medium)
    answer = {"media_id": medium.media_id}
    return answer | {"url": url} if kind in ("image", "thumb") else answer


def _description(call: Call) -> tuple[str, str]:
    try:
        described = json.loads(call.fields.get("description", ""))
    except ValueError as broken:
        raise Refusal(47001, "data format error, field description") from broken
    if not isinstance(described, dict):
        raise reading.wrong("description")
    title = reading.text(described, "title")
    if not title:
        raise Refusal(40227)
    return title, reading.text(described, "introduction")


def count(world: World, call: Call) -> Document:
    """How many permanent media there are, and no errcode."""
    del call
    counts = {f"{kind}_count": len(world.media.permanent(kind)) for kind in ("voice", "video", "image")}
    return counts | {"news_count": 0}


def batch(world: World, call: Call) -> Document:
    """A page of the permanent media of one type, newest first."""
    document = call.document()
    kind = reading.text(document, "type")
    if kind not in ("image", "voice", "video", "news"):
        raise Refusal(40004)
    offset, number = reading.page(document)
    found = world.media.permanent(kind)
    items = [_shape(each) for each in found[offset : offset + number]]
    return {"item": items, "total_count": len(found), "item_count": len(items)}


def _shape(medium: Medium) -> Document:
    shape = {"media_id": medium.media_id, "name": medium.name, "update_time": int(medium.created)}
    return shape | {"url": medium.url}


def get(world: World, call: Call) -> Document | bytes:
    """A permanent medium: bytes, or title and address of a video."""
    media_id = reading.text(call.document(), "media_id")
    medium = world.media.usable(media_id, ("image", "voice", "video", "thumb"), call.at)
    if medium.expires is not None:
        raise Refusal(40007)
    if medium.kind == "video":
        return {"title": medium.title, "description": medium.introduction, "down_url": medium.url}
    found = world.media.bytes_of(medium.page)
    if found is None:
        raise Refusal(40007)
    return found[1]


def delete(world: World, call: Call) -> Document:
    """Throws a permanent medium away; 48005 while the menu holds it."""
    media_id = reading.text(call.document(), "media_id")
    medium = world.media.usable(media_id, ("image", "voice", "video", "thumb"), call.at)
    if medium.expires is not None:
        raise Refusal(40007)
    if media_id in json.dumps(world.account.menu or {}):
        raise Refusal(48005)
    del world.media.library[media_id]
    return {}
