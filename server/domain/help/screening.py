"""Signs of danger in a text: whose danger, how near, and why we think so; pure, the same answer every time."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log1p

from server.domain.help.lexicon import Lexicon
from server.domain.help.reading import Reader, Reading
from server.domain.help.spelling import Spelling
from server.domain.help.weights import Weights

URGENT_LIFT = 1.5  # found out of fold: a rare urgent sentence is not drowned by the many of the head `own`
URGENT_SHARE = 0.8  # found out of fold, as the lift
HIDDEN = 1.0  # how much nearer a word of danger brings that is written in disguise: who hides it means it
ALMOST = 1.5  # how near to an alarm the model must come where a phrase says it plainly
NEARLY = 1.7  # how near to own danger a question must come to be taken for more than a question
DOUBT_GENTLE = 0.8  # how much surer a gentle answer must be beside a tale, the news, a joke or a denial
DOUBT = 4.0  # how much surer an alarm must be there
_JUST_BELOW = 0.499
_STEEP = 1.5  # how fast the score leaves 0.5 on both sides of what counts


class Grade(StrEnum):
    """How near the writer's own danger is; `other` is a danger that is not the writer's own wish to die."""

    URGENT = "urgent"
    WATCH = "watch"
    OTHER = "other"
    NONE = "none"


class Kind(StrEnum):
    """Whose danger, or what is asked."""

    OWN = "own"
    THREAT = "threat"
    VIOLENCE = "violence"
    SOMEBODY = "somebody"
    ASKING = "asking"


_OF_OTHERS = tuple(kind.value for kind in (Kind.THREAT, Kind.VIOLENCE, Kind.SOMEBODY))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the screening says of a text.

    `score` is 0 to 1, from 0.5 the text counts; `reasons` are names of the lexicon, never words of the text.
    """

    grade: Grade
    kind: Kind | None
    score: float
    reasons: tuple[str, ...]


class Screening:
    """The lexicon and the model together."""

    def __init__(self, lexicon: Lexicon, spelling: Spelling, weights: Weights) -> None:
        self._reader = Reader(lexicon, spelling)
        self._weights = weights
        self._reach = weights.reach
        self._grades = lexicon.grades
        self._sure = lexicon.sure
        self._against = lexicon.against
        self._doubts = lexicon.doubts
        self._pictures = str.maketrans(dict(lexicon.pictures))
        self._drawn = frozenset(lexicon.pictures)

    def judge(self, text: str) -> Judgement:
        """Return grade, kind, score and reasons of a text.

        Emoji that stand for a word of danger are read as that word too; the graver reading holds.
        """
        judgement = self.judge_reading(self._reader.read(text))
        if self._drawn.isdisjoint(text):
            return judgement
        drawn = self.judge_reading(self._reader.read(text.translate(self._pictures)))
        return max(judgement, drawn, key=_gravity)

    def judge_reading(self, reading: Reading) -> Judgement:
        """Return the judgement of a text that was read already."""
        margins = self._weights.margins(reading.buckets())
        doubtful = reading.is_doubtful(self._doubts)
        said = None if doubtful else self._plainly_said(reading)
        gentle, alarm = self._own(margins, hidden=reading.is_mended, doubtful=doubtful)
        ahead, other = max((margins[name] - self._reach[name], name) for name in _OF_OTHERS)
        asked = margins["asking"] - self._reach["asking"]
        if said is None and ahead >= max(0.0, gentle, asked):
            return _judgement(reading, (Grade.OTHER, Kind(other)), ahead)
        kind = Kind.ASKING if asked >= 0 else Kind.OWN
        is_sure = said is Grade.URGENT and not self._sure.isdisjoint([sign.name for sign in reading.families])
        if is_sure or alarm >= (-ALMOST if said is Grade.URGENT else 0.0):
            return _judgement(reading, (Grade.URGENT, kind), max(gentle, 0.0))
        if gentle >= 0 or said is not None or (asked >= 0 and gentle >= -NEARLY):
            return _judgement(reading, (Grade.WATCH, kind), max(gentle, 0.0))
        if asked >= 0:
            return _judgement(reading, (Grade.OTHER, kind), asked)
        return Judgement(Grade.NONE, None, min(_score(max(gentle, ahead, asked)), _JUST_BELOW), ())

    def _own(self, margins: Mapping[str, float], *, hidden: bool, doubtful: bool) -> tuple[float, float]:
        """Return how far the writer's own danger goes beyond what counts for a gentle answer, and for an alarm."""
        gentle, alarm = danger(margins) - self._reach["gentle"], alarming(margins) - self._reach["alarm"]
        if doubtful:
            gentle, alarm = gentle - DOUBT_GENTLE, alarm - DOUBT
        return gentle + HIDDEN if hidden else gentle, alarm

    def _plainly_said(self, reading: Reading) -> Grade | None:
        """Return what a phrase of own danger is worth where nothing in the sentence speaks against it."""
        if not reading.families or not self._against.isdisjoint([sign.group for sign in reading.concepts]):
            return None
        grades = {self._grades[sign.name] for sign in reading.families}
        return next((grade for grade in (Grade.URGENT, Grade.WATCH) if grade in grades), None)


def _judgement(reading: Reading, verdict: tuple[Grade, Kind], ahead: float) -> Judgement:
    said = dict.fromkeys(sign.name for sign in reading.families)
    hidden = ("disguised",) if reading.is_mended else ()
    return Judgement(*verdict, _score(ahead), (*said, *hidden) or ("model",))


def danger(margins: Mapping[str, float]) -> float:
    """Return how far the writer's own danger reaches, near or less near: the two heads as one soft maximum."""
    own, urgent = margins["own"], margins["urgent"] + URGENT_LIFT
    return max(own, urgent) + log1p(exp(-abs(own - urgent)))


def alarming(margins: Mapping[str, float]) -> float:
    """Return how far the danger reaches that wakes a person: sure to be the writer's own, and near."""
    return margins["own"] + URGENT_SHARE * margins["urgent"]


def _score(ahead: float) -> float:
    """Return 0.5 for what just counts, less below it, more above."""
    return round(1 / (1 + exp(-_STEEP * max(-40.0, min(40.0, ahead)))), 3)


def _gravity(judgement: Judgement) -> tuple[int, float]:
    return -list(Grade).index(judgement.grade), judgement.score
