"""A series: each article once, themes taking turns, and the next hour whose day is free."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from server.domain.clock import at, day, wall
from server.domain.publishing.series import Candidate, in_order, next_hour, upcoming
from tests.domain.instants import instants

HALF_PAST_SEVEN = time(7, 30)
IDS = st.integers(0, 999).map(lambda number: f"article-{number:03}")
CANDIDATES = st.lists(
    st.builds(Candidate, IDS, st.sampled_from(["亲子教育", "婚姻家庭", "职场心理"])),
    unique_by=lambda each: each.id,
    max_size=20,
)
INSTANTS = instants()
HOURS = st.times().map(lambda hour: hour.replace(second=0, microsecond=0))


@given(CANDIDATES)
def test_each_article_comes_once(candidates: list[Candidate]) -> None:
    assert Counter(in_order(candidates)) == Counter(each.id for each in candidates)


@given(CANDIDATES, st.randoms())
def test_the_order_does_not_depend_on_how_they_were_read(candidates: list[Candidate], chance: object) -> None:
    shuffled = list(candidates)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert in_order(shuffled) == in_order(candidates)


@given(CANDIDATES)
def test_no_theme_comes_again_before_every_other_that_still_has_articles(candidates: list[Candidate]) -> None:
    theme_of = {each.id: each.theme for each in candidates}
    left = Counter(theme_of.values())
    told = [theme_of[piece] for piece in in_order(candidates)]
    for before, after in pairwise(told):
        left[before] -= 1
        if before == after:
            assert not any(count for theme, count in left.items() if theme != after)


def test_within_a_theme_the_order_is_that_of_the_ids() -> None:
    candidates = [Candidate("b", "家"), Candidate("c", "工"), Candidate("a", "家"), Candidate("d", "工")]
    assert in_order(candidates) == ["a", "c", "b", "d"]


@given(CANDIDATES, st.sets(IDS))
def test_what_was_planned_does_not_come_again_and_the_rest_keeps_its_order(
    candidates: list[Candidate], used: set[str]
) -> None:
    assert upcoming(candidates, used) == [piece for piece in in_order(candidates) if piece not in used]
    assert upcoming(candidates, {each.id for each in candidates}) == []


@given(INSTANTS, HOURS, st.sets(st.integers(0, 10)))
def test_the_next_hour_is_the_first_to_come_on_a_free_day(now: datetime, hour: time, ahead: set[int]) -> None:
    taken = {day(now) + timedelta(days=each) for each in ahead}
    told = next_hour(hour, now, taken)
    assert told > now
    assert wall(told).time() == hour
    assert day(told) not in taken
    days = (day(now) + timedelta(days=each) for each in range((day(told) - day(now)).days))
    assert all(on in taken or at(on, hour) <= now for on in days)


def test_an_hour_that_has_come_is_tomorrows() -> None:
    today = date(2026, 11, 23)
    hour = at(today, HALF_PAST_SEVEN)
    assert next_hour(HALF_PAST_SEVEN, hour - timedelta(milliseconds=1), ()) == hour
    assert next_hour(HALF_PAST_SEVEN, hour, ()) == at(date(2026, 11, 24), HALF_PAST_SEVEN)
