"""Office hours as the union writes them: 周一至周五 08:30-17:30."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from server.domain.help.lines import DAY, WEEKDAYS, Hours, Span
from server.domain.refusals import Malformed

_DAYS = "一二三四五六日"
_TEXT = re.compile(
    r"(?:(?P<every>每天)|(?:周|星期)(?P<first>[一二三四五六日天])(?:(?:至|到|-)(?:周|星期)?(?P<last>[一二三四五六日天]))?)"
    r"\s*(?P<start>\d{1,2}:\d{2})-(?P<end>\d{1,2}:\d{2})"
)
_SENTENCE = "时间看不懂：“{}”。请写成 周一至周五 08:30-17:30，几段就写几个 --hours。"


def read_hours(texts: Iterable[str]) -> Hours:
    """Return the hours that these texts name, one stretch each; one may run past midnight (`每天 20:00-02:00`).

    Raises `Malformed` for what cannot be read, and where stretches overlap.
    """
    week: list[list[Span]] = [[] for _ in WEEKDAYS]
    for text in texts:
        found = _TEXT.fullmatch(unicodedata.normalize("NFKC", text).replace("–", "-").strip())
        if found is None:
            raise Malformed(_SENTENCE.format(text))
        for day in _days(found):
            week[day].append(_span(found["start"], found["end"], text))
    for spans in week:
        spans.sort()
        if any(later.start < earlier.end for earlier, later in pairwise(spans)):
            raise Malformed("值守的时间段有重叠，请改一下。")
    return Hours(tuple(map(tuple, week)))


def _days(found: re.Match[str]) -> range:
    if found["every"]:
        return range(len(WEEKDAYS))
    first = _DAYS.index(found["first"].replace("天", "日"))
    last = _DAYS.index(found["last"].replace("天", "日")) if found["last"] else first
    if last < first:
        raise Malformed(_SENTENCE.format(found[0]))
    return range(first, last + 1)


def _span(start: str, end: str, text: str) -> Span:
    begins, ends = _minute(start), _minute(end)
    if begins is None or ends is None or begins == DAY:
        raise Malformed(_SENTENCE.format(text))
    return Span(begins, ends if ends > begins else ends + DAY)


def _minute(wall: str) -> int | None:
    hour, minute = map(int, wall.split(":"))
    return hour * 60 + minute if minute < 60 and hour * 60 + minute <= DAY else None
