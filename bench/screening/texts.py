"""What the screening is trained on and measured with: the shared rows, our own lessons, the examples held back."""

import json
import random
from dataclasses import dataclass
from pathlib import Path

from server.domain.help.spelling import variants

VARIABLE = "XINYI_SCREENING_DATA"  # names the folder of the shared rows
ROOT = Path(__file__).resolve().parents[2]
LESSONS = Path(__file__).parent / "examples"
HELD = ROOT / "tests" / "domain" / "help" / "examples"
KINDS = ("threat", "violence", "somebody", "asking")
GRADES = ("urgent", "watch", *KINDS, "none")
EACH = 8  # sentences made of one pattern
_KIND_OF = {"asking_about_suicide": "asking", "aggression_by_user": "threat", "aggression_by_others": "violence"}


@dataclass(frozen=True, slots=True)
class Text:
    """A text and what is true of it; `source` is crisis, ordinary or ours."""

    text: str
    grade: str  # urgent, watch, none, or the kind of another danger
    source: str

    @property
    def is_own(self) -> bool:
        """Tell whether it speaks of the writer's own danger."""
        return self.grade in {"urgent", "watch"}


def shared(folder: Path) -> list[Text]:
    """Return the rows of crisis-dev and ordinary-dev; they are read where they lie and copied nowhere."""
    crisis = [_crisis(row) for row in _rows(folder / "crisis-dev.jsonl")]
    return crisis + [Text(str(row["text"]), "none", "ordinary") for row in _rows(folder / "ordinary-dev.jsonl")]


def _rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _crisis(row: dict[str, object]) -> Text:
    labels, grade = row["labels"], str(row["grade"])
    assert isinstance(labels, list)
    if grade == "other":
        grade = next(kind for label, kind in _KIND_OF.items() if label in labels)
    return Text(str(row["text"]), grade, "crisis")


def held(name: str) -> list[Text]:
    """Return the examples of a file of tests/domain/help/examples: no lesson is made of them."""
    known = {"own": "grade", "harmless": "", "gray": "grade"}.get(name, "kind")
    return [Text(str(row["text"]), str(row.get(known, "none")), name) for row in _rows(HELD / f"{name}.jsonl")]


def lessons() -> list[Text]:
    """Return sentences made of our own patterns, the same ones every time, none of which is held back for the tests."""
    kept_back = {row["text"] for path in HELD.glob("*.jsonl") for row in _rows(path)}
    made = []
    for grade in GRADES:
        for pattern in (LESSONS / f"{grade}.txt").read_text(encoding="utf-8").splitlines():
            if pattern and not pattern.startswith("#"):
                written = [text for text in variants(pattern) if text not in kept_back]
                random.Random(pattern).shuffle(written)
                made += [Text(text, grade, "ours") for text in written[:EACH]]
    return made
