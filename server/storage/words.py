"""Sealed words: how values that hold what was said lie in a document, and come back."""

from datetime import datetime
from typing import Any

import msgspec

from server.domain.post.saying import Card, Picture, Saying, Words
from server.vault.keys import chat_key
from server.vault.seals import Seals

_KINDS: dict[str, type[Saying]] = {"words": Words, "card": Card, "picture": Picture}
_NAMES: dict[type[Saying], str] = {kind: name for name, kind in _KINDS.items()}


def pack(saying: Saying) -> dict[str, Any]:
    """Return a saying as a plain value that can be encoded."""
    return {"kind": _NAMES[type(saying)], **msgspec.to_builtins(saying)}


def unpack(packed: dict[str, Any]) -> Saying:
    """Return the saying a plain value holds."""
    content = dict(packed)
    return msgspec.convert(content, _KINDS[content.pop("kind")])


async def seal_saying(seals: Seals, saying: Saying, place: str, at: datetime) -> bytes:
    """Return a saying sealed under the chat key of the instant's month."""
    return await seals.seal(chat_key(at), msgspec.json.encode(pack(saying)), place)


async def open_saying(seals: Seals, sealed: bytes, place: str) -> Saying:
    """Return the saying that was sealed in this place."""
    return unpack(msgspec.json.decode(await seals.open(sealed, place)))
