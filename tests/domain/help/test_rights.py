"""Matters of a worker's rights are told from ordinary talk about work, by the words of content/."""

import time as machine
from pathlib import Path

import pytest

from server.domain.help.rights import Pair, Rights, RightsList, Topic
from server.storage.shelf import help_words
from server.storage.shelf.desk import Desk
from server.storage.shelf.faults import Faults

HERE = Path(__file__).parent / "rights"
CONTENT = Path(__file__).parents[3] / "content"
RIGHT = (HERE / "right.txt").read_text(encoding="utf-8").splitlines()
HARMLESS = (HERE / "harmless.txt").read_text(encoding="utf-8").splitlines()

SMALL = Rights(
    RightsList(
        topics=(
            Topic("wages", words=("欠薪",), matters=("工资",), pairs=(Pair(("日结",), ("没给",)),)),
            Topic("contract", words=(), stakes=("身份证",)),
        ),
        workplaces=("公司",),
        wronged=("没发", "扣着"),
        claimed=("合法",),
        asked=("怎么算",),
        false_friends=("工资条", "没发烧"),
        elsewhere=("电视剧",),
        nevertheless=("我老板",),
    )
)


@pytest.fixture(scope="module")
def rights() -> Rights:
    faults = Faults()
    words = help_words.read(Desk(CONTENT, faults))
    faults.refuse_if_any()
    return words.rights


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("欠薪", "wages"),
        ("欠 薪！", "wages"),
        ("工资又没发", "wages"),
        ("没发过一次整的工资", "wages"),
        ("工资怎么算的", "wages"),
        ("日结的活，没给钱", "wages"),
        ("公司扣着身份证", "contract"),
        ("公司扣着身份证。工资也没发", "wages"),
        ("电视剧里欠薪，我老板也欠薪", "wages"),
    ],
)
def test_a_matter_is_known_by_its_own_word_or_by_two_that_stand_together(text, topic):
    assert SMALL.topic(text) == topic


@pytest.mark.parametrize(
    "text",
    [
        "",
        "！！",
        "工资",
        "工资条没发",
        "工资不多。今天没发烧",
        "发工资。报告没发出去",
        "他扣着身份证",
        "公司的身份证怎么算",
        "电视剧里的欠薪",
        "工资" + "很多很多" * 5 + "没发",
    ],
)
def test_words_far_apart_of_other_lives_or_of_something_else_are_no_matter(text):
    assert SMALL.topic(text) is None


def test_an_empty_list_finds_nothing():
    assert Rights(RightsList()).topic("老板欠薪") is None


def test_sentences_about_rights_are_found(rights):
    missed = [text for text in RIGHT if rights.topic(text) is None]
    assert len(RIGHT) >= 150
    assert len(missed) <= 0.03 * len(RIGHT), missed


def test_ordinary_talk_about_work_is_left_alone(rights):
    assert len(HARMLESS) >= 150
    assert [text for text in HARMLESS if rights.topic(text)] == []


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("老板欠我三个月工资", "wages"),
        ("手被机器夹伤，老板不管", "injury"),
        ("周末上班不给加班费", "overtime"),
        ("我被辞退了，一分补偿没有", "dismissal"),
        ("入职一年了公司没给我交社保", "insurance"),
        ("厂里扣身份证不让走", "contract"),
    ],
)
def test_each_topic_is_told_from_the_others(rights, text, topic):
    assert rights.topic(text) == topic


def test_most_talk_is_looked_at_in_under_a_hundred_microseconds(rights):
    best = 1.0
    for _ in range(5):
        start = machine.perf_counter()
        for text in HARMLESS:
            rights.topic(text)
        best = min(best, (machine.perf_counter() - start) / len(HARMLESS))
    assert best < 100e-6
