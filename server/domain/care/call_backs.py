"""A wish to be called back: the number that was left, and what became of each attempt."""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from server.domain.refusals import WrongState

_MOBILE = re.compile(r"(?<!\d)(?:(?:\+|00)?86)?(1[3-9]\d{9})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(?:(?:\+|00)86)?(010|02[0-9]|0[3-9]\d{2})(\d{7,8})(?:转(\d{1,6}))?(?!\d)")
_BETWEEN = re.compile(r"(?<=[\d+])[\s\-()]+(?=[\d(])|(?<=\d)[()]")
_EXTENSION = re.compile(r"[\s\-]*(?:转|分机号?|ext\.?)[\s:]*(?=\d)", re.IGNORECASE)


class CallBackState(StrEnum):
    """Where a wish to be called back stands."""

    OPEN = "open"
    DONE = "done"
    GIVEN_UP = "given-up"


class Tried(StrEnum):
    """What became of one attempt to call back."""

    REACHED = "reached"
    NO_ANSWER = "no-answer"
    GIVEN_UP = "given-up"

    @property
    def called(self) -> str:
        """Return the result as duty staff write it."""
        return {"reached": "通了", "no-answer": "没通", "given-up": "不再打"}[self]


AFTERWARDS = {
    Tried.REACHED: CallBackState.DONE,
    Tried.NO_ANSWER: CallBackState.OPEN,
    Tried.GIVEN_UP: CallBackState.GIVEN_UP,
}


def tried_of(words: str) -> Tried | None:
    """Return the result that these words name, in Chinese or as it is kept."""
    return next((each for each in Tried if words.strip() in (each.called, str(each))), None)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to call back: when, by whom, with what result."""

    at: datetime
    by: str
    result: Tried


@dataclass(frozen=True, slots=True)
class CallBack:
    """A number left by a follower who wishes to be called; `id` is its cause. `phone` is sealed wherever it lies."""

    id: str
    concern: str
    worker: str
    at: datetime
    phone: str = field(repr=False)
    state: CallBackState = CallBackState.OPEN
    attempts: tuple[Attempt, ...] = ()


def attempted(call_back: CallBack, attempt: Attempt) -> CallBack:
    """Return the wish after one more attempt; raises `WrongState` once it is settled."""
    if call_back.state is not CallBackState.OPEN:
        raise WrongState("这个回电已经办完了。")
    return replace(call_back, state=AFTERWARDS[attempt.result], attempts=(*call_back.attempts, attempt))


def read_phone(words: str) -> str | None:
    """Return the first mainland mobile or landline number in these words, None where there is none.

    A mobile comes back as eleven digits; a landline with its area code, `0571-87654321`, an extension after 转.
    Blanks, hyphens, brackets, wide digits and the country's code are read over.
    """
    text = _EXTENSION.sub("转", unicodedata.normalize("NFKC", words))
    text = _BETWEEN.sub("", text)
    if mobile := _MOBILE.search(text):
        return mobile[1]
    if landline := _LANDLINE.search(text):
        area, number, extension = landline.groups()
        return f"{area}-{number}" + (f"转{extension}" if extension else "")
    return None
