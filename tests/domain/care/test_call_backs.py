"""A number left in the chat: found however it is written, and its attempts kept until it is settled."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.care.call_backs import (
    Attempt,
    CallBack,
    CallBackState,
    Tried,
    attempted,
    read_phone,
    tried_of,
)
from server.domain.refusals import WrongState
from tests.domain.care.builders import NIGHT

WISH = CallBack("cause-1", "cn-1", "w-1", NIGHT, "13912345678")


@pytest.mark.parametrize(
    ("words", "phone"),
    [
        ("13912345678", "13912345678"),
        ("139 1234 5678", "13912345678"),
        ("139-1234-5678", "13912345678"),
        ("我的电话是１３９１２３４５６７８，谢谢", "13912345678"),
        ("+86 139 1234 5678", "13912345678"),
        ("8613912345678", "13912345678"),
        ("0086-13912345678", "13912345678"),
        ("0571-87654321", "0571-87654321"),
        ("（0571）87654321", "0571-87654321"),
        ("0571 8765432", "0571-8765432"),
        ("010-87654321转802", "010-87654321转802"),
        ("010 87654321 分机 802", "010-87654321转802"),
        ("打我139 1234 5678或者13800000000", "13912345678"),
    ],
)
def test_a_number_is_found_as_people_write_it(words: str, phone: str):
    assert read_phone(words) == phone


@pytest.mark.parametrize(
    "words",
    ["", "1", "返回", "12356", "87654321", "139123456789", "1391234567", "11912345678", "没有电话", "2026-11-25 02:10"],
)
def test_what_is_no_number_is_none(words: str):
    assert read_phone(words) is None


@given(st.text(max_size=60))
def test_any_words_are_read(words: str):
    phone = read_phone(words)
    assert phone is None or len(phone) >= 10


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", " ", "-"]))
def test_any_mobile_is_found_among_words(phone: str, gap: str):
    assert read_phone(f"打这个{phone[:3]}{gap}{phone[3:7]}{gap}{phone[7:]}就行") == phone


def test_attempts_are_kept_until_the_wish_is_settled():
    tried = attempted(WISH, Attempt(NIGHT, "dp-1", Tried.NO_ANSWER))
    assert tried.state is CallBackState.OPEN
    later = Attempt(NIGHT + timedelta(hours=1), "dp-1", Tried.REACHED)
    done = attempted(tried, later)
    assert (done.state, len(done.attempts)) == (CallBackState.DONE, 2)
    with pytest.raises(WrongState):
        attempted(done, later)


def test_a_wish_can_be_given_up():
    assert attempted(WISH, Attempt(NIGHT, "dp-1", Tried.GIVEN_UP)).state is CallBackState.GIVEN_UP


def test_results_are_read_in_chinese_and_as_they_are_kept():
    assert all(tried_of(each.called) is each and tried_of(str(each)) is each for each in Tried)
    assert tried_of("也许") is None
