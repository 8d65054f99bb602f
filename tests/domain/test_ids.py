"""Ids of our own: sorted by time, one for one cause, and never two alike by chance."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.domain import ids
from tests.domain.instants import instants

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
INSTANTS = instants(1970, 2900)
CHANCE = st.binary(min_size=10, max_size=10)


@given(INSTANTS, INSTANTS, CHANCE, CHANCE)
def test_ids_sort_by_the_time_they_were_made(one: datetime, two: datetime, chance: bytes, other: bytes) -> None:
    earlier, later = sorted((one, two))
    if later - earlier >= timedelta(milliseconds=2):
        assert ids.make("w", earlier, chance) < ids.make("w", later, other)


@given(CHANCE, CHANCE)
def test_another_chance_makes_another_id(chance: bytes, other: bytes) -> None:
    assert (ids.make("w", NOW, chance) == ids.make("w", NOW, other)) == (chance == other)


@given(INSTANTS, CHANCE)
def test_an_id_is_a_prefix_and_twenty_five_plain_characters(instant: datetime, chance: bytes) -> None:
    prefix, _, rest = ids.make("ed", instant, chance).partition("-")
    assert prefix == "ed"
    assert len(rest) == 25
    assert set(rest) <= set("0123456789abcdefghjkmnpqrstvwxyz")


def test_a_cause_makes_one_id_of_each_kind() -> None:
    assert ids.from_cause("bk", NOW, "message-1") == ids.from_cause("bk", NOW, "message-1")
    assert ids.from_cause("bk", NOW, "message-1") != ids.from_cause("bk", NOW, "message-2")
    same_time = {ids.from_cause(prefix, NOW, "message-1").partition("-")[2] for prefix in ("bk", "ed")}
    assert len(same_time) == 2
