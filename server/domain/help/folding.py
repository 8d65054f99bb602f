"""A text without what hides its words: width, case, spaces, punctuation and invisible characters."""

import re
import unicodedata

_NOISE = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return the text as words are looked for in it."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())
