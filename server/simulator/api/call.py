"""One call of WeChat's interface as it came in, and how its JSON is read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..media import Upload
from ..reading import Document
from ..refusal import Refusal

ESCAPE = re.compile(rb"(?<!\\)((?:\\\\)*)\\u(?=[0-9a-fA-F]{4})")


@dataclass(frozen=True, slots=True)
class Late:
    """An answer that is given so many seconds (real ones) after the deed."""

    answer: Document
    seconds: float


@dataclass(frozen=True, slots=True)
class File:
    """An answer that is no JSON: bytes, what they are, and the name under which they may be stored."""

    data: bytes
    content_type: str
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """Query, body and file of one call, and when it came (seconds)."""

    path: str
    method: str
    query: Mapping[str, str]
    body: bytes
    ip: str
    at: float
    fields: Mapping[str, str] = field(default_factory=dict)
    upload: Upload | None = None

    @property
    def has_escapes(self) -> bool:
        r"""Whether the raw JSON spells a character as \uXXXX."""
        return ESCAPE.search(self.body) is not None

    def document(self) -> Document:
        r"""The body as a JSON object; 44002 when empty, 47001 when it is none.

        The platform does not turn \uXXXX into a character: it keeps the six signs, and people see them.
        """
        if not self.body.strip():
            raise Refusal(44002)
        try:
            document = json.loads(ESCAPE.sub(rb"\1\\\\u", self.body))
        except (ValueError, RecursionError) as broken:
            raise Refusal(47001) from broken
        if not isinstance(document, dict):
            raise Refusal(47001)
        return document
