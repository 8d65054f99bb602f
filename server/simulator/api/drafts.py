"""/cgi-bin/draft/…: the box of drafts."""

from __future__ import annotations

from .. import drafts, reading
from ..drafts import Draft
from ..reading import Document
from ..refusal import Refusal
from ..world import World
from .call import Call

HIDDEN = frozenset({"pic_crop_235_1", "pic_crop_1_1"})


def add(world: World, call: Call) -> Document:
    """A new draft."""
    kept = drafts.articles(call.document().get("articles"), world.desk())
    return {"media_id": world.drafts.add(kept, call.at).media_id}


def update(world: World, call: Call) -> Document:
    """A whole article put in the place of another: `articles` is an object here, `index` counts from 0."""
    document = call.document()
    draft = world.drafts.known(reading.text(document, "media_id"))
    index = reading.number(document, "index", -1)
    if not 0 <= index < len(draft.articles):
        raise Refusal(40114)
    fields = document.get("articles")
    if not isinstance(fields, dict):
        raise Refusal(44003)
    draft.articles[index] = drafts.article(fields, world.desk())
    draft.updated = call.at
    return {}


def get(world: World, call: Call) -> Document:
    """The articles of one draft."""
    draft = world.drafts.known(reading.text(call.document(), "media_id"))
    return {"news_item": _articles(draft, no_content=False)}


def batch(world: World, call: Call) -> Document:
    """A page of the box, newest first."""
    document = call.document()
    offset, number = reading.page(document)
    no_content = reading.number(document, "no_content") == 1
    found = world.drafts.all()
    items = [_shape(each, no_content) for each in found[offset : offset + number]]
    return {"total_count": len(found), "item_count": len(items), "item": items}


def count(world: World, call: Call) -> Document:
    """How many drafts there are."""
    del call
    return {"total_count": len(world.drafts.all())}


def delete(world: World, call: Call) -> Document:
    """Throws a draft away for good."""
    draft = world.drafts.known(reading.text(call.document(), "media_id"))
    world.drafts.drop(draft.media_id)
    return {}


def _shape(draft: Draft, no_content: bool) -> Document:
    content = {"news_item": _articles(draft, no_content), "update_time": int(draft.updated)}
    return {"media_id": draft.media_id, "content": content, "update_time": int(draft.updated)}


def _articles(draft: Draft, no_content: bool) -> list[Document]:
    hidden = HIDDEN | {"content"} if no_content else HIDDEN
    return [{name: value for name, value in each.items() if name not in hidden} for each in draft.articles]
