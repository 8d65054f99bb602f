"""What the platform does to the HTML of an article before it keeps it."""

from __future__ import annotations

import html
from collections.abc import Collection
from html.parser import HTMLParser

SILENT = frozenset({"script", "style", "noscript", "object", "applet"})  # Gone with all they hold.
GONE = frozenset({"iframe", "embed", "form", "input", "button", "textarea", "select", "link", "meta", "base"})
VOID = frozenset({"br", "hr", "img", "wbr", "col", "source", "track", "area"})

Attributes = list[tuple[str, str | None]]


class _Washer(HTMLParser):
    """Copies what may stay, as it was written."""

    def __init__(self, own_pictures: Collection[str]) -> None:
        super().__init__(convert_charrefs=False)
        self._own = own_pictures
        self._silent = 0
        self.kept: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if tag in SILENT:
            self._silent += 1
        elif not self._silent and tag not in GONE and not self._is_foreign_picture(tag, attrs):
            self.kept.append(_tag(tag, attrs, self.get_starttag_text() or ""))

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        if tag not in SILENT:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        elif not self._silent and tag not in GONE and tag not in VOID:
            self.kept.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._text(data, data)

    def handle_entityref(self, name: str) -> None:
        self._text(f"&{name};", html.unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self._text(f"&#{name};", html.unescape(f"&#{name};"))

    def _text(self, written: str, read: str) -> None:
        if not self._silent:
            self.kept.append(written)
            self.words.append(read)

    def _is_foreign_picture(self, tag: str, attrs: Attributes) -> bool:
        if tag != "img":
            return False
        named = dict(attrs)
        return (named.get("src") or named.get("data-src") or "") not in self._own


def _tag(tag: str, attrs: Attributes, written: str) -> str:
    kept = [(name, value) for name, value in attrs if not _is_active(name, value or "")]
    if len(kept) == len(attrs):
        return written
    spelled = "".join(f' {name}="{html.escape(value or "")}"' for name, value in kept)
    return f"<{tag}{spelled}>"


def _is_active(name: str, value: str) -> bool:
    return name.startswith("on") or "".join(value.split()).lower().startswith("javascript:")


def wash(content: str, own_pictures: Collection[str]) -> tuple[str, str]:
    """The HTML that is kept and its bare words: scripts go, and pictures that were not uploaded here go silently."""
    washer = _Washer(own_pictures)
    washer.feed(content)
    washer.close()
    words = " ".join("".join(washer.words).split())
    return "".join(washer.kept), words
