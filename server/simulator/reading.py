"""Reading fields of a call's JSON: the right kind or 47001."""

from __future__ import annotations

from typing import Any

from .refusal import Refusal

Document = dict[str, Any]


def wrong(name: str) -> Refusal:
    """47001 that names the field."""
    return Refusal(47001, f"data format error, field {name}")


def text(document: Document, name: str, default: str = "") -> str:
    """A string; absent and null count as the default."""
    value = document.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        raise wrong(name)
    return value


def number(document: Document, name: str, default: int = 0) -> int:
    """A whole number; the platform takes digits in a string for one."""
    value = document.get(name)
    if value is None:
        return default
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong(name)
    return value


def truth(document: Document, name: str, default: bool = False) -> bool:
    """True or false, and nothing that merely looks like it."""
    value = document.get(name, default)
    if not isinstance(value, bool):
        raise wrong(name)
    return value


def mapping(document: Document, name: str) -> Document:
    """An object that must be there."""
    value = document.get(name)
    if not isinstance(value, dict):
        raise wrong(name)
    return value


def listing(document: Document, name: str) -> list[Any]:
    """A list that must be there."""
    value = document.get(name)
    if not isinstance(value, list):
        raise wrong(name)
    return value


def page(document: Document) -> tuple[int, int]:
    """`offset` and `count` of the listing calls; a count outside 1 to 20 is 40035."""
    offset, count = number(document, "offset", -1), number(document, "count", -1)
    if offset < 0 or not 1 <= count <= 20:
        raise Refusal(40035)
    return offset, count
