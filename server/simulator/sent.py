"""The media that people send: kept for three days, as the platform keeps them, and the nodes that name them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import ids, media, recordings
from .media import Medium
from .world import World

Wishes = dict[str, Any]
SECONDS = 3  # How long somebody speaks when nothing is said of it.
LONGEST = 60


def nodes(world: World, kind: str, wishes: Wishes) -> Wishes:
    """The nodes of a message of that kind that stand for what was made here, and nothing for any other kind.

    Who gives a `MediaId` of his own repeats a medium or names one that is not there: then nothing is made.
    """
    if kind not in MAKERS or "MediaId" in wishes:
        return {}
    return MAKERS[kind](world, wishes)


def _picture(world: World, wishes: Wishes) -> Wishes:
    """The picture that was given, else a drawn one."""
    medium = _keep(world, "image", wishes.get("picture") or recordings.picture())
    return {"PicUrl": medium.url, "MediaId": medium.media_id}


def _voice(world: World, wishes: Wishes) -> Wishes:
    """So many seconds, in both widths; the words only while the account has speech recognition (fact sheet §1.6)."""
    length = int(wishes.get("seconds", SECONDS))
    narrow, wide = (_keep(world, "voice", recordings.voice(length, each)).media_id for each in (False, True))
    heard = {"Recognition": str(wishes.get("recognition", ""))} if world.account.recognition else {}
    return {"MediaId": narrow, "Format": "amr", "MediaId16K": wide, **heard}


def _film(world: World, wishes: Wishes) -> Wishes:
    del wishes
    thumb = _keep(world, "thumb", recordings.picture())
    return {"MediaId": _keep(world, "video", recordings.film()).media_id, "ThumbMediaId": thumb.media_id}


def _keep(world: World, kind: str, data: bytes) -> Medium:
    page, now = world.media.keep_bytes(data), world.clock.seconds()
    url, name = f"{world.base}/mmbiz/{page}", f"{kind}.{media.nature(data)}"
    medium = Medium(ids.media_id(), kind, name, page, url, now, now + media.TEMPORARY_LIFE)
    world.media.add(medium)
    return medium


MAKERS: dict[str, Callable[[World, Wishes], Wishes]] = {
    "image": _picture,
    "voice": _voice,
    "video": _film,
    "shortvideo": _film,
}
