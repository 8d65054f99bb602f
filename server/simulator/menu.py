"""The rules of the account's menu (fact sheet §5.1)."""

from __future__ import annotations

from . import reading
from .reading import Document
from .refusal import Refusal

KEYED = frozenset(
    {
        "click",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
    }
)
TOP, SUB = 3, 5
KEY_BYTES, URL_BYTES = 128, 1024

# (top button, button of a sub-menu)
NAME_BYTES = (16, 60)
WRONG_TYPE = (40017, 40024)
WRONG_NAME = (40018, 40025)
WRONG_KEY = (40019, 40026)
WRONG_URL = (40020, 40027)
WRONG_DOMAIN = (40055, 40054)


def check(document: Document) -> list[Document]:
    """The buttons as they are kept; the refusal of the first that is wrong."""
    buttons = document.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= TOP:
        raise Refusal(40016)
    return [_top(each) for each in buttons]


def _top(button: object) -> Document:
    if not isinstance(button, dict):
        raise Refusal(40016)
    below = button.get("sub_button") or []
    if not isinstance(below, list) or len(below) > SUB:
        raise Refusal(40023)
    if not below:
        return {**_button(button, 0), "sub_button": []}
    return {"name": _name(button, 0), "sub_button": [_sub(each) for each in below]}


def _sub(button: object) -> Document:
    if not isinstance(button, dict) or button.get("sub_button"):
        raise Refusal(40023)
    return {**_button(button, 1), "sub_button": []}


def _name(button: Document, level: int) -> str:
    name = button.get("name")
    if not isinstance(name, str) or not name.strip() or len(name.encode()) > NAME_BYTES[level]:
        raise Refusal(WRONG_NAME[level])
    return name


def _button(button: Document, level: int) -> Document:
    kind = button.get("type")
    kept: Document = {"type": kind, "name": _name(button, level)}
    if kind in KEYED:
        key = button.get("key")
        if not isinstance(key, str) or not key or len(key.encode()) > KEY_BYTES:
            raise Refusal(WRONG_KEY[level])
        return kept | {"key": key}
    if kind == "view":
        return kept | {"url": _url(button, level)}
    if kind == "miniprogram":
        words = {name: reading.text(button, name) for name in ("appid", "pagepath")}
        if not all(words.values()):
            raise reading.wrong("appid")
        return kept | words | {"url": _url(button, level)}
    if kind in ("article_id", "article_view_limited"):
        raise Refusal(53600)
    if kind in ("media_id", "view_limited"):
        raise Refusal(40007)
    raise Refusal(WRONG_TYPE[level])


def _url(button: Document, level: int) -> str:
    url = button.get("url")
    if not isinstance(url, str) or not url or len(url.encode()) > URL_BYTES:
        raise Refusal(WRONG_URL[level])
    if not url.startswith(("http://", "https://")):
        raise Refusal(WRONG_DOMAIN[level])
    return url
