"""The booking dialogue, spoken through as a worker would."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.booking.model import LIMITS, BookingState, Pattern, Slot, Span
from server.domain.calendar import Holidays
from server.domain.clock import wall
from server.domain.conversation import booking_talk as talk
from tests.domain.booking.builders import a_booking, a_scene, a_week, an_expert, friday
from tests.domain.booking.chat import LONGEST, MORNINGS, Chat


@pytest.fixture
def chat() -> Chat:
    return Chat()


def test_one_always_takes_the_first_offer_until_the_hour_is_booked(chat: Chat) -> None:
    assert "1 职场心理" in chat.says_all("预约")
    assert "1 后天 11月27日 周五 09:00 沈白露（心理咨询师，面谈）" in chat.says_all("1")
    assert "1 确认预约" in chat.says_all("1")
    closing = chat.says_all("1")
    assert closing.startswith("已预约")
    assert "11月27日 周五 09:00–09:50" in closing
    assert "地点：一楼东侧咨询室" in closing
    assert "面谈" in closing
    assert "来不了" in closing
    assert chat.wish == talk.Book(Slot(friday("09:00"), "e-bailu"))


@pytest.mark.parametrize("one", ["１", "①", "一", "1.", "选1", " 1 "])
def test_one_may_be_typed_in_many_ways(chat: Chat, one: str) -> None:
    assert chat.says_all("预约", one, one, one).startswith("已预约")


def test_a_theme_narrows_the_hours_to_its_experts(chat: Chat) -> None:
    text = chat.says_all("预约", "亲子教育")
    assert "何立夏" in text
    assert "沈白露" not in text


def test_an_expert_is_chosen_from_the_list_and_introduced(chat: Chat) -> None:
    listing = chat.says_all("预约", "4")
    assert "3 周谷雨（倾听志愿者，面谈） 职场心理" in listing
    text = chat.says_all("3")
    assert "可以一起把事情摆一摆" in text
    assert "11月28日 周六 09:00" in text


def test_a_volunteer_is_said_to_listen_and_not_to_treat(chat: Chat) -> None:
    assert "倾听与疏导，不是诊断和治疗" in chat.says_all("预约", "4", "周谷雨", "1")


def test_other_hours_go_on_from_the_last_and_say_when_there_are_no_more(chat: Chat) -> None:
    assert "1 12月4日 周五 09:00" in chat.says_all("预约", "2", "换")
    seen = set(chat.open.offers) if chat.open else set()
    while "后面没有了" not in chat.says_all("换"):
        assert chat.open is not None
        assert seen.isdisjoint(chat.open.offers)
        seen |= set(chat.open.offers)
    assert "1 后天 11月27日 周五 09:00" in chat.said


def test_where_there_are_three_hours_or_fewer_changing_says_so() -> None:
    chat = Chat(pool=(an_expert(),), now=friday("12:30"))
    chat.pool = (an_expert(pattern=Pattern(a_week(wed=Span(540, 590)))),)
    assert "暂时只有这几个时间" in chat.says_all("预约", "1", "换")


def test_the_second_answer_to_the_confirmation_shows_other_hours(chat: Chat) -> None:
    assert "1 后天 11月27日 周五 09:00" not in chat.says_all("预约", "2", "1", "2")
    assert chat.open is not None
    assert chat.open.step is talk.Step.HOUR


def test_leaving_books_nothing(chat: Chat) -> None:
    text = chat.says_all("预约", "1", "1", "返回")
    assert "先不约了" in text
    assert "12356" in text
    assert (chat.open, chat.bookings) == (None, [])
    assert chat.says("1") is None


@pytest.mark.parametrize("number", ["0", "9", "99"])
def test_a_number_that_is_not_offered_is_told_kindly_and_the_question_put_again(chat: Chat, number: str) -> None:
    chat.says_all("预约", "1")
    asked = chat.open
    text = chat.says_all(number)
    assert text.startswith(f"没有第 {number} 项，请回复 1 到 3 里的一个")
    assert "1 后天 11月27日 周五 09:00" in text
    assert chat.open == asked


def test_other_words_are_left_to_other_rules_and_the_question_can_be_repeated(chat: Chat) -> None:
    put = chat.says_all("预约", "1")
    assert chat.says("我最近睡不好") is None
    assert chat.open is not None
    assert talk.question(chat.open, chat.scene, chat.now) == put


def test_a_lost_race_is_told_with_three_other_hours(chat: Chat) -> None:
    chat.says_all("预约", "2", "1")
    chat.takes(friday("09:00"))
    text = chat.says_all("1")
    assert text.startswith("这个时间刚被约走")
    assert "1 后天 11月27日 周五 10:00" in text
    assert chat.open is not None
    assert len(chat.open.offers) == 3
    assert chat.wish is None


def test_the_database_knows_better_than_a_stale_scene(chat: Chat) -> None:
    chat.says_all("预约", "2", "1")
    assert chat.open is not None
    turn = talk.lost(chat.open, chat.scene, chat.now)
    assert turn.text.startswith("这个时间刚被约走")
    assert turn.talk is not None
    assert Slot(friday("09:00"), "e-bailu") not in turn.talk.offers


@pytest.mark.parametrize("words", ["1", "１", "一", "确认", "好的。"])
def test_a_confirmation_needs_nothing_read_but_the_pool(chat: Chat, words: str) -> None:
    chat.says_all("预约", "2", "1")
    assert chat.open is not None
    assert talk.confirms(chat.open, words)
    turn = talk.step(chat.open, words, a_scene(*chat.pool), chat.now)
    assert turn is not None
    assert turn.wish == talk.Book(Slot(friday("09:00"), "e-bailu"))


@pytest.mark.parametrize("words", ["2", "换", "返回", "9", "我想说说话"])
def test_every_other_answer_to_the_confirm_question_reads_everything(chat: Chat, words: str) -> None:
    chat.says_all("预约", "2", "1")
    assert chat.open is not None
    assert not talk.confirms(chat.open, words)


def test_an_expert_who_left_the_pool_before_the_confirmation_is_told_so(chat: Chat) -> None:
    chat.says_all("预约", "2", "1")
    chat.pool = tuple(replace(expert, offered=expert.id != "e-bailu") for expert in chat.pool)
    assert chat.says_all("1").startswith("这个时间现在约不上了")
    assert not chat.bookings


def test_an_hour_taken_before_it_is_confirmed_is_told_at_once(chat: Chat) -> None:
    chat.says_all("预约", "2")
    chat.takes(friday("09:00"))
    assert chat.says_all("1").startswith("这个时间刚被约走")


def test_an_hour_already_ones_own_is_booked_and_never_lost(chat: Chat) -> None:
    chat.says_all("预约", "2", "1")
    chat.takes(friday("09:00"), worker="w-1")
    assert chat.open is not None
    assert talk.lost(chat.open, chat.scene, chat.now).text.startswith("已预约")
    assert chat.says_all("1").startswith("已预约")
    assert chat.wish is None


def test_an_hour_beside_ones_own_with_another_expert_is_refused_with_the_reason(chat: Chat) -> None:
    chat.says_all("预约", "2", "1")
    chat.takes(friday("09:00"), "e-lixia", worker="w-1")
    assert chat.says_all("1").startswith("这个时间你已经约了别的老师")


def test_an_offer_that_came_too_close_meanwhile_is_not_booked(chat: Chat) -> None:
    chat.now = friday("09:00") - timedelta(hours=12, minutes=1)
    chat.says_all("预约", "2", "1")
    chat.waits(minutes=2)
    assert chat.says_all("1").startswith("这个时间现在约不上了")
    assert not chat.bookings


def test_a_talk_ends_a_day_after_its_last_question(chat: Chat) -> None:
    chat.says_all("预约")
    chat.waits(hours=23)
    assert chat.says("9")
    chat.waits(hours=23, minutes=59)
    assert chat.says("9")
    chat.waits(hours=24)
    assert chat.says("1") is None


def test_for_ten_minutes_a_number_is_answered_with_the_booking_just_made(chat: Chat) -> None:
    closing = chat.says_all("预约", "1", "1", "1")
    chat.waits(minutes=9)
    assert chat.says("1") == closing
    assert chat.says("返回") == closing
    assert chat.says("好的谢谢") is None
    assert len(chat.bookings) == 1
    chat.waits(minutes=1)
    assert chat.says("1") is None


def test_nothing_free_is_said_honestly_with_the_line_to_call() -> None:
    chat = Chat(pool=(an_expert(pattern=Pattern(a_week())),))
    text = chat.says_all("预约")
    assert "没有能约的时间" in text
    assert "12356" in text
    assert chat.open is None


def test_a_theme_whose_last_hour_went_leads_back_to_the_themes(chat: Chat) -> None:
    chat.pool = (
        an_expert(pattern=Pattern(a_week(wed=Span(540, 590))), themes=("个人成长",)),
        an_expert("e-other", MORNINGS, name="何立夏", themes=("亲子教育",)),
    )
    chat.says_all("预约", "1", "1")
    for week in (1, 2):
        chat.takes(friday("09:00") - timedelta(days=2) + timedelta(weeks=week))
    text = chat.says_all("1")
    assert text.startswith("这个时间刚被约走")
    assert "1 亲子教育" in text


def test_themes_and_experts_without_a_free_hour_are_not_offered(chat: Chat) -> None:
    chat.pool = (*chat.pool, an_expert("e-full", Pattern(a_week()), themes=("婚姻家庭",), name="吴小满"))
    assert "婚姻家庭" not in chat.says_all("预约")
    assert "吴小满" not in chat.says_all("4")


def test_many_themes_and_experts_are_turned_over_by_changing() -> None:
    chat = Chat(pool=tuple(an_expert(f"e-{n}", name=f"老师{n}", themes=(f"方面{n}",)) for n in range(8)))
    assert "回复“换”" in chat.says_all("预约")
    assert "1 方面6" in chat.says_all("换")
    assert "1 方面0" in chat.says_all("换")
    assert "1 老师0" in chat.says_all("7")
    assert "2 老师7" in chat.says_all("换")


def test_six_themes_fit_one_page_and_changing_says_there_is_nothing_else(chat: Chat) -> None:
    assert "回复“换”" not in chat.says_all("预约")
    assert chat.says_all("换").startswith("这里没有别的可换")


def test_holidays_not_yet_known_are_said_before_confirming(chat: Chat) -> None:
    chat.holidays = Holidays(known_until=date(2026, 11, 26))
    assert "放假安排还没有公布" in chat.says_all("预约", "1", "1")


def test_mine_lists_bookings_with_place_and_says_when_there_are_none(chat: Chat) -> None:
    assert "还没有约好的时间" in (chat.says("我的") or "")
    chat.takes(friday("09:00"), worker="w-1")
    text = chat.says_all("我的")
    assert "后天 11月27日 周五 09:00–09:50" in text
    assert "地点：一楼东侧咨询室" in text


def test_the_only_booking_is_cancelled_after_a_confirmation(chat: Chat) -> None:
    chat.takes(friday("09:00"), worker="w-1")
    assert "1 取消这个预约" in chat.says_all("取消")
    text = chat.says_all("1")
    assert text.startswith("已取消")
    assert chat.scene.own == ()
    assert chat.says("1") == text
    assert "不用取消" in chat.says_all("取消")


def test_one_of_several_is_cancelled_by_its_number(chat: Chat) -> None:
    for hour in ("09:00", "10:00"):
        chat.takes(friday(hour), worker="w-1")
    assert "2 后天 11月27日 周五 10:00" in chat.says_all("取消")
    assert "10:00–10:50" in chat.says_all("2")
    chat.says_all("1")
    assert [booking.start for booking in chat.scene.own] == [friday("09:00")]


def test_not_cancelling_keeps_everything(chat: Chat) -> None:
    chat.takes(friday("09:00"), worker="w-1")
    assert "都还在" in chat.says_all("取消", "2")
    assert "都还在" in chat.says_all("取消", "返回")
    assert len(chat.scene.own) == 1


def test_an_hour_that_begins_while_one_hesitates_cannot_be_cancelled(chat: Chat) -> None:
    chat.takes(friday("09:00"), worker="w-1")
    chat.now = friday("08:59")
    chat.says_all("取消")
    chat.waits(minutes=1)
    assert "时间已经到了" in chat.says_all("1")
    assert chat.wish is None


def test_a_talk_holds_no_words(chat: Chat) -> None:
    for words in ("预约", "1", "1", "1", "取消", "1"):
        chat.says_all(words)
        assert all(character < "\u4e00" for character in repr(chat.open))


@pytest.mark.parametrize("number", [1, 3, 4, 20])
def test_every_text_stays_short_with_the_longest_experts(number: int) -> None:
    pool = tuple(
        an_expert(
            f"e-{n}", MORNINGS,
            name="长" * LIMITS["name"], place="长" * LIMITS["place"], way="长" * LIMITS["way"],
            intro="长" * LIMITS["intro"], themes=tuple(f"{n}{theme}" + "长" * 6 for theme in range(6)),
        )
        for n in range(8)
    )  # fmt: skip
    chat = Chat(pool=pool, holidays=Holidays(known_until=date.min))
    for index in range(number):
        expert = pool[index % 8]
        chat.takes(friday("09:00") + timedelta(days=7 * (index % 2), hours=index), expert.id, "w-1")
    for words in (
        "我的",
        "取消",
        "换",
        "1",
        "9",
        "返回",
        "预约",
        "换",
        "9",
        "7",
        "换",
        "1",
        "换",
        "1",
        "9",
        "1",
        "1",
    ):
        assert len(chat.says(words) or "") <= LONGEST


@settings(deadline=None)
@given(seed=st.integers(0, 2**32), length=st.integers(1, 60))
def test_whatever_is_typed_no_talk_breaks_and_what_is_told_is_true(seed: int, length: int) -> None:
    chance, chat = random.Random(seed), Chat()
    words = [
        "预约",
        "取消",
        "我的",
        "返回",
        "换",
        "1",
        "1",
        "1",
        "2",
        "3",
        "4",
        "9",
        "好",
        "职场心理",
        "沈白露",
        "随便说说",
    ]
    for _ in range(length):
        if chance.random() < 0.1:
            chat.waits(minutes=chance.choice((1, 11, 700, 1500)))
        if chance.random() < 0.1 and chat.open and chat.open.chosen:
            _take_if_free(chat, chat.open.chosen)
        text = chat.says(chance.choice(words)) or ""
        if chat.wish and text == chat.said and text.startswith("已预约") and chat.open and chat.open.chosen:
            assert chat.scene.own_at(chat.open.chosen)
        if text.startswith("这个时间刚被约走"):
            assert chat.wish is None
    cells = [cell for booking in chat.bookings if booking.state is BookingState.BOOKED for cell in booking.cells]
    assert len(cells) == len(set(cells))
    assert all(booking.start >= booking.booked_at + timedelta(hours=12) for booking in chat.bookings)
    assert all(wall(booking.start).minute % 10 == 0 for booking in chat.bookings)


def _take_if_free(chat: Chat, slot: Slot) -> None:
    expert = next(each for each in chat.pool if each.id == slot.expert)
    booking = replace(a_booking(slot.start, expert, "w-2", chat.now), id=f"b-{len(chat.bookings)}")
    held = {cell for each in chat.bookings if each.state is BookingState.BOOKED for cell in each.cells}
    if held.isdisjoint(booking.cells) and booking.start >= chat.now + timedelta(hours=12):
        chat.bookings.append(booking)
