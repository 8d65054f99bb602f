"""Documents: domain values as MongoDB keeps them, and back; every document names its shape's version `v`."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, cast, get_type_hints

import msgspec

from server.storage.mongo import Document

T = TypeVar("T")
SHAPE = 1


class ShapeMismatch(Exception):
    """A document does not have the shape its collection has now: a migration was forgotten."""


def to_document(value: object, key: str = "id", without: Collection[str] = ()) -> Document:
    """Return a dataclass as a document whose `_id` is the field `key`; fields in `without` are left out."""
    document = {
        name: msgspec.to_builtins(getattr(value, name), builtin_types=(datetime, bytes))
        for name in _fields(cast("Any", type(value)))
        if name != key and name not in without
    }
    return {"_id": getattr(value, key), "v": SHAPE, **document}


def from_document(
    kind: type[T],
    document: Document,
    key: str = "id",
    *,
    beside: Collection[str] = (),
    given: Mapping[str, object] | None = None,
) -> T:
    """Return the value a document holds.

    Fields named in `beside` belong to the store alone; fields in `given` are known already (what was
    sealed, opened) and replace those of the document. Anything else that the value does not know, or does
    not find, is a forgotten migration and raises `ShapeMismatch`.
    """
    if document.get("v") != SHAPE:
        raise ShapeMismatch(f"{kind.__name__} v{document.get('v')}")
    values: dict[str, Any] = {key: document["_id"], **(given or {})}
    types = _fields(cast("Any", kind))
    for name, stored in document.items():
        if name in values or name in beside or name in ("_id", "v"):
            continue
        if name not in types:
            raise ShapeMismatch(f"{kind.__name__}.{name}")
        try:
            values[name] = msgspec.convert(stored, types[name])
        except msgspec.ValidationError as fault:
            raise ShapeMismatch(f"{kind.__name__}.{name}") from fault
    try:
        return kind(**values)
    except TypeError as fault:
        raise ShapeMismatch(f"{kind.__name__} lacks a field") from fault


@cache
def _fields(kind: Any) -> dict[str, Any]:  # noqa: ANN401  any dataclass
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
