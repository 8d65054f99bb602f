"""What the screening says of single sentences: of each its own, however it is written, and of none too much."""

import json
from pathlib import Path

import pytest

from server.domain.help.screening import Grade, Kind
from server.storage.shelf.reading import read_screening
from tests.domain.scenes import CONTENT, the_screening

EXAMPLES = Path(__file__).parent / "examples"
GENTLE = {Grade.URGENT, Grade.WATCH}


def examples(*names: str) -> list[str]:
    pages = [(EXAMPLES / f"{name}.jsonl").read_text(encoding="utf-8") for name in names]
    return [json.loads(line)["text"] for page in pages for line in page.splitlines()]


def test_an_example_stands_once():
    texts = examples(*(path.stem for path in EXAMPLES.glob("*.jsonl")))
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize(
    ("text", "grade", "kind"),
    [
        ("我同事说想跳", Grade.OTHER, Kind.SOMEBODY),
        ("他又打我了", Grade.OTHER, Kind.VIOLENCE),
        ("我要杀了他", Grade.OTHER, Kind.THREAT),
        ("老板欠我三个月工资", Grade.NONE, None),
        ("今晚我就从楼顶跳下去", Grade.URGENT, Kind.OWN),
        ("不想活了", Grade.WATCH, Kind.OWN),
        ("我不想活了", Grade.URGENT, Kind.OWN),
        ("热得我不想活了", Grade.NONE, None),
        ("我现在在楼顶", Grade.URGENT, Kind.OWN),
        ("想死你了，什么时候回来", Grade.NONE, None),
        ("我不会自杀的", Grade.NONE, None),
        ("4", Grade.NONE, None),
    ],
)
def test_a_sentence_gets_its_own_answer(text, grade, kind):
    judgement = the_screening().judge(text)
    assert (judgement.grade, judgement.kind) == (grade, kind)


def test_a_question_for_a_way_to_die_is_a_question_and_is_answered_gently():
    judgement = the_screening().judge("怎么自杀不痛")
    assert judgement.kind is Kind.ASKING
    assert judgement.grade in GENTLE


@pytest.mark.parametrize("text", ["我同事开玩笑说想跳楼，我看不像玩笑", "群里说有个工友爬上塔吊要跳"])
def test_somebody_else_in_danger_is_never_discounted(text):
    assert the_screening().judge(text).grade is not Grade.NONE


def test_a_denial_that_says_yes_is_none():
    assert the_screening().judge("我没有一天不想死").grade in GENTLE


@pytest.mark.parametrize("text", ["想4", "我想歹匕", "woxiangsi", "我 想 死", "我想死😶", "我想死\u200b", "我想S"])
def test_hidden_words_are_read(text):
    assert the_screening().judge(text).grade in GENTLE


def test_another_screening_says_the_same():
    again, texts = read_screening(CONTENT), examples("own")[:50]
    assert [again.judge(text) for text in texts] == [the_screening().judge(text) for text in texts]


def test_reasons_are_names_of_the_lexicon_and_never_words_that_were_written():
    for text in examples("own"):
        assert all(reason.isascii() for reason in the_screening().judge(text).reasons)


def test_what_counts_scores_half_at_least_and_what_does_not_scores_less():
    for text in examples("own", "harmless"):
        judgement = the_screening().judge(text)
        assert (judgement.score >= 0.5) == (judgement.grade is not Grade.NONE)


@pytest.mark.parametrize("text", ["死" * 3000, "a" * 1999 + "v", "想4" * 900, "\ud83d", "\U0002a700" * 50, "|" * 500])
def test_no_text_is_too_strange_or_too_long(text):
    assert the_screening().judge(text).grade in set(Grade)
