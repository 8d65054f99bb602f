"""Uploaded pictures, voices and videos: what is taken, what it is called, and where its bytes lie (fact sheet §3.1)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import Any

from . import ids
from .refusal import Refusal

KB, MB = 1024, 1024 * 1024
TEMPORARY_LIFE = 3 * 86400

IMAGE_TYPES = frozenset({"bmp", "png", "jpeg", "jpg", "gif"})
PERMANENT = {
    "image": (10 * MB, IMAGE_TYPES),
    "voice": (2 * MB, frozenset({"mp3", "wma", "wav", "amr"})),
    "video": (10 * MB, frozenset({"mp4"})),
    "thumb": (64 * KB, frozenset({"jpg", "jpeg"})),
}
TEMPORARY = {
    **PERMANENT,
    "image": (10 * MB, IMAGE_TYPES - {"bmp"}),
    "voice": (2 * MB, frozenset({"amr", "mp3"})),
}
LIBRARY = {"image": 100_000, "voice": 1_000, "video": 1_000, "thumb": 1_000}

MARKS = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpg",
    b"GIF8": "gif",
    b"BM": "bmp",
    b"#!AMR": "amr",
    b"ID3": "mp3",
    b"\xff\xfb": "mp3",
    b"\xff\xf3": "mp3",
    b"RIFF": "wav",
    b"\x30\x26\xb2\x75": "wma",
}
CONTENT_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "mp4": "video/mp4",
    "amr": "audio/amr",
    "mp3": "audio/mpeg",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in the form field `media`."""

    name: str
    data: bytes


@dataclass(slots=True)
class Medium:
    """One thing of the library; temporary ones have an end."""

    media_id: str
    kind: str
    name: str
    page: str
    url: str
    created: float
    expires: float | None = None
    title: str = ""
    introduction: str = ""


def nature(data: bytes) -> str:
    """What the bytes say they are, whatever the name says; empty when unknown."""
    if data[4:8] == b"ftyp":
        return "mp4"
    return next((kind for mark, kind in MARKS.items() if data.startswith(mark)), "")


def check(upload: Upload | None, kind: str, rules: dict[str, tuple[int, frozenset[str]]]) -> Upload:
    """The upload when it fits its kind: 40004, 41005, 44001, 40113, 45001 and 40005 when it does not."""
    if kind not in rules:
        raise Refusal(40004)
    if upload is None:
        raise Refusal(41005)
    if not upload.data:
        raise Refusal(44001)
    limit, types = rules[kind]
    if PurePath(upload.name).suffix.lower().lstrip(".") not in types:
        raise Refusal(40113)
    if len(upload.data) > limit:
        raise Refusal(45001)
    if nature(upload.data) not in types:
        raise Refusal(40005)
    return upload


def check_body_picture(upload: Upload | None) -> Upload:
    """The upload when it may stand in an article: jpg or png below 1 MB; 41005, 44001, 40005 and 40009."""
    if upload is None:
        raise Refusal(41005)
    if not upload.data:
        raise Refusal(44001)
    suffix = PurePath(upload.name).suffix.lower()
    if suffix not in (".jpg", ".jpeg", ".png") or nature(upload.data) not in ("jpg", "png"):
        raise Refusal(40005)
    if len(upload.data) >= MB:
        raise Refusal(40009)
    return upload


class Media:
    """The library and the pictures of article bodies, which are not in it. Bytes lie in `folder`, else in memory."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder / "media" if folder else None
        self._bytes: dict[str, bytes] = {}
        self.library: dict[str, Medium] = {}
        self.body_urls: set[str] = set()
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)

    def keep_bytes(self, data: bytes) -> str:
        """Stores the bytes and gives the name under which `/mmbiz/` shows them."""
        page = ids.page_id()
        if self._folder:
            (self._folder / page).write_bytes(data)
        else:
            self._bytes[page] = data
        return page

    def bytes_of(self, page: str) -> tuple[str, bytes] | None:
        """Content type and bytes, or None."""
        data = self._bytes.get(page)
        if data is None and self._folder and (self._folder / page).is_file():
            data = (self._folder / page).read_bytes()
        if data is None:
            return None
        return CONTENT_TYPES.get(nature(data), "application/octet-stream"), data

    def add(self, medium: Medium) -> None:
        """Takes a medium into the library; 45001 when that part of it is full."""
        if medium.expires is None and len(self.permanent(medium.kind)) >= LIBRARY[medium.kind]:
            raise Refusal(45001, "the library is full")
        self.library[medium.media_id] = medium

    def permanent(self, kind: str) -> list[Medium]:
        """The permanent media of a kind, newest first."""
        found = [each for each in self.library.values() if each.kind == kind and each.expires is None]
        return found[::-1]

    def usable(self, media_id: str, kinds: tuple[str, ...], now: float) -> Medium:
        """A living medium of one of the kinds; 41006 for none named, 40007 for any other."""
        if not media_id:
            raise Refusal(41006)
        medium = self.library.get(media_id)
        if medium is None or medium.kind not in kinds or (medium.expires is not None and now >= medium.expires):
            raise Refusal(40007)
        return medium

    def cover(self, media_id: str) -> Medium:
        """A permanent picture that can be a cover; 40007 otherwise."""
        medium = self.library.get(media_id)
        if medium is None or medium.kind not in ("image", "thumb") or medium.expires is not None:
            raise Refusal(40007)
        return medium

    def clear(self) -> None:
        """Throws everything away."""
        self._bytes.clear()
        self.library.clear()
        self.body_urls.clear()
        for left in self._folder.iterdir() if self._folder else ():
            left.unlink()

    def plain(self) -> dict[str, Any]:
        """Library and body pictures, without their bytes."""
        return {"library": [asdict(each) for each in self.library.values()], "body": sorted(self.body_urls)}

    def revive(self, record: dict[str, Any]) -> None:
        """Takes the library of an earlier life."""
        self.library = {each["media_id"]: Medium(**each) for each in record["library"]}
        self.body_urls = set(record["body"])
