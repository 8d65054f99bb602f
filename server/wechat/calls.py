"""Which manners each call to WeChat has: how long it may take, and whether it may be made again."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class Effect(Enum):
    """What a call leaves behind, and so what may follow when no answer comes."""

    READS = auto()  # nothing: asked again at will
    RESTATES = auto()  # the same however often: asked again at will
    MAKES = auto()  # one thing more, unless the platform keys it; made again only by who can look it up
    REACHES = auto()  # something a person sees, and no key: never made again by itself


@dataclass(frozen=True, slots=True)
class Manner:
    """How one path is called; `seconds` bound one attempt, from the first byte out to the last byte in."""

    effect: Effect
    seconds: float = 8
    file: int = 0  # bytes that the answer may have where it is a file


CALLS: Final[dict[str, Manner]] = {
    "/cgi-bin/stable_token": Manner(Effect.READS, 5),
    "/cgi-bin/menu/create": Manner(Effect.RESTATES),
    "/cgi-bin/menu/get": Manner(Effect.READS),
    "/cgi-bin/menu/delete": Manner(Effect.RESTATES),
    "/cgi-bin/media/get": Manner(Effect.READS, 20, file=2 * 1024 * 1024),  # the longest voice (fact sheet 3.1)
    "/cgi-bin/media/uploadimg": Manner(Effect.MAKES, 30),
    "/cgi-bin/material/add_material": Manner(Effect.MAKES, 30),
    "/cgi-bin/material/batchget_material": Manner(Effect.READS),
    "/cgi-bin/draft/add": Manner(Effect.MAKES),
    "/cgi-bin/draft/batchget": Manner(Effect.READS, 20),
    "/cgi-bin/message/mass/sendall": Manner(Effect.MAKES, 20),
    "/cgi-bin/message/mass/get": Manner(Effect.READS),
    "/cgi-bin/message/custom/send": Manner(Effect.REACHES),
}

_GET: Final = Manner(Effect.READS)
_POST: Final = Manner(Effect.REACHES)


def manner(method: str, path: str) -> Manner:
    """Return the manners of a path; one that is not listed is read by GET and by POST trusted with nothing."""
    return CALLS.get(path) or (_GET if method == "GET" else _POST)
