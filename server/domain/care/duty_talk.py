"""What duty staff write in the chat, read as values: 在岗, 接 1234, 看, 记, 转, 放, 回, 打, 结 and 求助."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

_ARRIVE = re.compile(r"\s*在岗\s*[:：]?\s*([0-9A-Za-z０-９Ａ-Ｚａ-ｚ\-－]*)[\s。.!！]*")
_LIST = re.compile(r"\s*求助[\s。.!！]*")
_DEED = re.compile(
    r"\s*(?:回复)?[\s“”\"]*(?P<deed>[接看记转放回打结])[\s“”\"]*(?P<number>\d{4})(?!\d)[\s,，:：”\"]*(?P<rest>.*)",
    re.DOTALL,
)
_CODE = 8


@dataclass(frozen=True, slots=True)
class Arrive:
    """在岗, with a one-time code the first time."""

    code: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Take:
    """接: take a concern."""

    number: int


@dataclass(frozen=True, slots=True)
class Look:
    """看: see everything of a concern."""

    number: int


@dataclass(frozen=True, slots=True)
class Remark:
    """记: keep a note."""

    number: int
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HandOver:
    """转: hand one's concern over to somebody of this name."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class GiveBack:
    """放: give one's concern back to the line."""

    number: int


@dataclass(frozen=True, slots=True)
class Write:
    """回: write to the follower."""

    number: int
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CalledBack:
    """打: what became of an attempt to call back, in the words that were written."""

    number: int
    result: str


@dataclass(frozen=True, slots=True)
class Close:
    """结: close a concern with an outcome, in the words that were written."""

    number: int
    outcome: str


@dataclass(frozen=True, slots=True)
class ListAll:
    """求助: see which concerns there are."""


DutyWord = Arrive | Take | Look | Remark | HandOver | GiveBack | Write | CalledBack | Close | ListAll


def read(words: str) -> DutyWord | None:
    """Return what a duty person means by these words; None for words that are nobody's command.

    From somebody who is not on the roster each of them is an ordinary word; only 在岗 with a valid code makes one.
    """
    if arrival := _ARRIVE.fullmatch(words):
        return _arrival(unicodedata.normalize("NFKC", arrival[1]))
    if _LIST.fullmatch(words):
        return ListAll()
    if deed := _DEED.fullmatch(words):
        return _deed(deed["deed"], int(deed["number"]), deed["rest"].strip())
    return None


def _arrival(code: str) -> Arrive | None:
    plain = code.replace("-", "").casefold()
    if not plain:
        return Arrive()
    return Arrive(plain) if len(plain) == _CODE else None


def _deed(deed: str, number: int, rest: str) -> DutyWord | None:
    if deed in _WITH_WORDS:
        return _WITH_WORDS[deed](number, rest)
    return _ALONE[deed](number) if not rest.strip("。.!！ ") else None


_WITH_WORDS: dict[str, Callable[[int, str], DutyWord]] = {
    "记": Remark,
    "转": HandOver,
    "回": Write,
    "打": CalledBack,
    "结": Close,
}
_ALONE: dict[str, Callable[[int], DutyWord]] = {"接": Take, "看": Look, "放": GiveBack}
