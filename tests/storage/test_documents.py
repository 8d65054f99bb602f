"""Documents: every value comes back as it was; what does not fit its shape is a forgotten migration and fails."""

from dataclasses import dataclass
from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.booking.model import Slot
from server.domain.conversation.model import Dialogue
from server.domain.conversation.talk import Step, Talk
from server.domain.people.model import Follower
from server.domain.publishing.edition import Counts, Edition, EditionState, Prepared, Sending, Way
from server.domain.publishing.edition import Step as Stage
from server.domain.publishing.series import Series, SeriesState
from server.storage.documents import SHAPE, ShapeMismatch, from_document, to_document
from tests.domain.booking.builders import a_booking, friday
from tests.domain.instants import instants

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
KEPT = instants().map(lambda instant: instant.replace(microsecond=instant.microsecond // 1000 * 1000))
COUNTS = st.integers(0, 2**40)
SLOTS = st.builds(Slot, KEPT, WORDS)
TALKS = st.builds(
    Talk, st.sampled_from(Step), KEPT, st.lists(WORDS).map(tuple), st.lists(SLOTS).map(tuple), chosen=SLOTS | st.none()
)
STAGES = st.lists(st.builds(Stage, st.sampled_from(EditionState), KEPT, WORDS, WORDS)).map(tuple)
PREPARED = st.builds(Prepared, WORDS, st.lists(st.tuples(WORDS, WORDS)).map(tuple), WORDS, WORDS, COUNTS)
EDITIONS = st.builds(
    Edition,
    id=WORDS,
    piece=WORDS,
    way=st.sampled_from(Way),
    at=KEPT,
    state=st.sampled_from(EditionState),
    due=KEPT | st.none(),
    history=STAGES,
    prepared=PREPARED,
    sending=st.builds(Sending, WORDS, KEPT, KEPT, message=WORDS) | st.none(),
    counts=st.builds(Counts, COUNTS, COUNTS, COUNTS, COUNTS) | st.none(),
)


@given(EDITIONS)
def test_an_edition_comes_back_as_it_was(edition: Edition) -> None:
    assert from_document(Edition, to_document(edition)) == edition


@given(st.builds(Dialogue, WORDS, COUNTS, TALKS | st.none(), COUNTS))
def test_a_dialogue_comes_back_as_it_was(dialogue: Dialogue) -> None:
    assert from_document(Dialogue, to_document(dialogue, key="worker"), key="worker") == dialogue


@given(st.builds(Follower, WORDS, WORDS, st.booleans(), COUNTS, KEPT, st.booleans()))
def test_a_follower_comes_back_as_it_was(follower: Follower) -> None:
    assert from_document(Follower, to_document(follower, key="openid"), key="openid") == follower


def test_a_series_keeps_its_hour() -> None:
    series = Series("daily", time(7, 30), Way.MASS, SeriesState.RUNNING, datetime(2026, 11, 23, tzinfo=UTC))
    assert from_document(Series, to_document(series)) == series


def test_instants_stay_instants_so_that_the_database_can_compare_them() -> None:
    document = to_document(a_booking(friday("10:00")))
    assert document["start"] == friday("10:00")
    assert document["history"][0]["at"].tzinfo is UTC


def test_a_document_names_its_shape() -> None:
    assert to_document(a_booking(friday("10:00")))["v"] == SHAPE


@dataclass(frozen=True, slots=True)
class Thing:
    id: str
    count: int
    note: str = ""


def test_fields_left_out_are_not_kept_and_come_from_elsewhere() -> None:
    document = to_document(Thing("a", 1, "secret"), without=["note"])
    assert document == {"_id": "a", "v": SHAPE, "count": 1}
    assert from_document(Thing, document, given={"note": "opened"}) == Thing("a", 1, "opened")


def test_what_belongs_to_the_store_alone_is_passed_over() -> None:
    assert from_document(Thing, {"_id": "a", "v": 1, "count": 1, "lease": None}, beside=["lease"]) == Thing("a", 1)


@pytest.mark.parametrize(
    "document",
    [
        {"_id": "a", "v": 1, "count": 1, "colour": "red"},
        {"_id": "a", "v": 2, "count": 1},
        {"_id": "a", "count": 1},
        {"_id": "a", "v": 1},
        {"_id": "a", "v": 1, "count": "many"},
    ],
    ids=["an unknown field", "another shape", "no shape", "a field missing", "another kind of value"],
)
def test_a_document_of_another_shape_fails_loudly(document: dict[str, object]) -> None:
    with pytest.raises(ShapeMismatch):
        from_document(Thing, document)
