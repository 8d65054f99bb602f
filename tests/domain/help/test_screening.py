"""The screening keeps its floors on our own examples, of which no lesson was made; and it says the same every time."""

import json
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.screening import own
from bench.screening.texts import KINDS, held, lessons
from server.domain.help.screening import Grade, Kind
from tests.domain.help.disguise import DISGUISES
from tests.domain.scenes import the_screening


@cache
def figures() -> dict[str, float]:
    """The figures of the issue on our own examples, worked out once."""
    return own.figures(the_screening())


def test_there_are_as_many_examples_as_the_figures_need():
    assert len(held("own")) >= 300
    assert len(held("harmless")) >= 300
    assert all(len(held(kind)) >= 60 for kind in KINDS)


def test_no_lesson_is_made_of_an_example():
    kept_back = {text.text for name in ("own", "harmless", *KINDS, "rights", "gray") for text in held(name)}
    assert kept_back.isdisjoint(text.text for text in lessons())


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_disguise_hides_hardly_anybody(disguise: str):
    plain = figures()["risk: gentle recall, plain"]
    assert figures()[f"risk: gentle recall, {disguise}"] >= plain - 0.05


def test_own_danger_is_found_as_often_as_when_this_was_written():
    assert figures()["risk: gentle recall, plain"] >= 0.70


def test_what_only_looks_like_danger_wakes_nobody():
    assert figures()["harmless: alarm"] <= 0.01


@pytest.mark.parametrize("kind", KINDS)
def test_each_other_kind_is_told_from_the_rest(kind: str):
    assert figures()[f"{kind}: kind right"] >= 0.85


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("我同事说想跳", Kind.SOMEBODY),
        ("他又打我了", Kind.VIOLENCE),
        ("我要杀了他", Kind.THREAT),
        ("怎么自杀不痛", Kind.ASKING),
    ],
)
def test_each_of_these_is_what_it_is(words: str, kind: Kind):
    assert the_screening().judge(words).kind is kind


@pytest.mark.parametrize(
    "words",
    [
        "我割腕了",
        "我已经割了手腕",
        "我喝了农药",
        "吞了一瓶安眠药",
        "我已经吃了一瓶安眠药",
        "我刚吃了一百片安眠药",
        "我写好遗书了",
        "遗书已经写好了",
        "我站在楼顶，马上就跳下去",
    ],
)
def test_who_has_done_it_already_or_is_about_to_is_urgent_whatever_the_model_thinks(words: str):
    assert the_screening().judge(words).grade is Grade.URGENT


@pytest.mark.parametrize("words", ["笑死我了", "累死了", "今天真开心", "预约", "1", "", "老板欠我三个月工资"])
def test_everyday_words_are_no_danger(words: str):
    assert the_screening().judge(words).grade is Grade.NONE


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_judged_and_twice_alike(text: str):
    first = the_screening().judge(text)
    assert first == the_screening().judge(text)
    assert 0 <= first.score <= 1
    assert json.dumps(first.reasons)
