"""The examples of our own that no lesson is made of: plain, in six disguises, the harmless, the other kinds."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from statistics import mean

from bench.screening.texts import KINDS, Text, held
from server.domain.help.screening import Grade, Judgement, Screening
from tests.domain.help.disguise import DISGUISES

_GENTLE = {Grade.URGENT, Grade.WATCH}


def figures(screening: Screening) -> dict[str, float]:
    """Return the figures of the issue on our own examples, shares from 0 to 1."""
    own, harmless = held("own"), held("harmless")
    told = {"risk: gentle recall, plain": gentle(screening, own)}
    for name, worn in DISGUISES.items():
        told[f"risk: gentle recall, {name}"] = gentle(screening, own, [worn(text.text) for text in own])
    told["harmless: alarm"] = mean(screening.judge(text.text).grade is Grade.URGENT for text in harmless)
    told["harmless: gentle"] = mean(screening.judge(text.text).grade in _GENTLE for text in harmless)
    for kind in KINDS:
        told[f"{kind}: kind right"] = mean(screening.judge(text.text).kind == kind for text in held(kind))
    for name, worn in DISGUISES.items():
        told[f"kinds right together, {name}"] = mean(
            screening.judge(worn(text.text)).kind == kind for kind in KINDS for text in held(kind)
        )
    told["rights: silent"] = mean(screening.judge(text.text).grade is Grade.NONE for text in held("rights"))
    return told


def gentle(screening: Screening, texts: Iterable[Text], written: Iterable[str] | None = None) -> float:
    """Return the share of the texts, or of their other writings, that are graded urgent or watch."""
    each = [text.text for text in texts] if written is None else written
    return mean(screening.judge(text).grade in _GENTLE for text in each)


def confusion(pairs: Iterable[tuple[Text, Judgement]]) -> Mapping[str, Counter[str]]:
    """Return what the texts of each truth were judged to be."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for text, judgement in pairs:
        counted[f"{text.source} {text.grade}"][f"{judgement.grade}/{judgement.kind or '-'}"] += 1
    return dict(sorted(counted.items()))


def judged(screening: Screening) -> list[tuple[Text, Judgement]]:
    """Return every example that is held back, with its judgement."""
    texts = [text for name in ("own", "harmless", *KINDS, "rights", "gray") for text in held(name)]
    return [(text, screening.judge(text.text)) for text in texts]
