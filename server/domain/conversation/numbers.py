"""Numbers as people type them in answer to a numbered question."""

import re
import unicodedata

_DIGITS = "零一二三四五六七八九"
_MARKS = re.compile("[\ufe0f\u20e3\u200b-\u200d\ufeff]")  # keycap emoji and invisible joiners around a plain digit
_ANSWER = re.compile(
    r"(?:我?选择?|要|第)*\s*[(（【\[]?\s*(\d{1,2}|[零一二两三四五六七八九十]{1,3})\s*[)）】\]]?\s*[个号项条位]?\s*[.。,，、!！~]*"
)


def plain(words: str) -> str:
    """Return what was typed in one width, without invisible marks, blanks and punctuation around it."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", words)).strip(" \t\r\n.。,，、!！~“”\"'「」").casefold()


def number(words: str) -> int | None:
    """Return the number the words are, two digits at most: `1` `１` `①` `一` `1.` `选1`; None if they are none."""
    found = _ANSWER.fullmatch(_MARKS.sub("", unicodedata.normalize("NFKC", words)).strip())
    if found is None:
        return None
    return int(found[1]) if found[1].isdecimal() else _spelt(found[1].replace("两", "二"))


def _spelt(word: str) -> int | None:
    """Read 一 to 九十九."""
    tens, ten, ones = word.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in tens:
        return None
    if not ten:
        return _DIGITS.index(ones)
    return (_DIGITS.index(tens) if tens else 1) * 10 + (_DIGITS.index(ones) if ones else 0)
