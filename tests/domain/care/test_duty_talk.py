"""What duty staff write in the chat is read as they mean it; what others write is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.care.duty_talk import (
    Arrive,
    CalledBack,
    Close,
    DutyWord,
    GiveBack,
    HandOver,
    ListAll,
    Look,
    Remark,
    Take,
    Write,
    read,
)

READ = {
    "在岗": Arrive(),
    "在岗。": Arrive(),
    " 在岗 k7qm-3xv9 ": Arrive("k7qm3xv9"),
    "在岗K7QM3XV9": Arrive("k7qm3xv9"),
    "在岗：ｋ７ｑｍ３ｘｖ９": Arrive("k7qm3xv9"),
    "求助": ListAll(),
    "接 1234": Take(1234),
    "接1234": Take(1234),
    "回复 接 1234": Take(1234),
    "“接 1234”": Take(1234),
    "接１２３４。": Take(1234),
    "看 1234": Look(1234),
    "放 1234": GiveBack(1234),
    "记 1234 家人在路上\n一小时后再打": Remark(1234, "家人在路上\n一小时后再打"),
    "转 1234 王姐": HandOver(1234, "王姐"),
    "回 1234，我在，慢慢说": Write(1234, "我在，慢慢说"),
    "打 1234 没通": CalledBack(1234, "没通"),
    "结 1234 已联系": Close(1234, "已联系"),
    "结 1234": Close(1234, ""),
}


@pytest.mark.parametrize(("words", "meant"), READ.items())
def test_a_command_is_read(words: str, meant: DutyWord):
    assert read(words) == meant


@pytest.mark.parametrize(
    "words",
    [
        "",
        "在岗位上好累",
        "我在岗",
        "在岗 123",
        "接 12345",
        "接 123",
        "接 1234 可以吗",
        "看书 1234",
        "求助热线",
        "我想求助",
        "1234",
        "回复 1234",
        "记得 1234",
        "打 12356",
    ],
)
def test_an_ordinary_sentence_is_none(words: str):
    assert read(words) is None


@given(st.text(max_size=80))
def test_whatever_is_written_is_read_or_left(words: str):
    word = read(words)
    assert word is None or words.strip()[:1] in "在接看记转放回打结求“”\""


@given(st.integers(1001, 9999), st.sampled_from("回记"), st.text(min_size=1, max_size=60))
def test_words_for_others_are_passed_on_as_they_were_written(number: int, deed: str, words: str):
    word = read(f"{deed} {number} ：{words}")
    assert isinstance(word, Write | Remark)
    assert word.number == number
    assert words.strip().endswith(word.words)
