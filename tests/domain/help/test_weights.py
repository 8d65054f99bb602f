"""A sum of small whole numbers over the known buckets of a text makes the margin of each head."""

from math import sqrt

import pytest

from server.domain.help.features import BUCKETS, SORTS, bucket, names, sounding, written
from server.domain.help.lexicon import Sign
from server.domain.help.weights import HEADS, ZERO, Head, Learned, Weights
from server.storage.shelf.weights import packed, unpacked

KNOWN = [3, 500, 400_000]
HEAD = Head(scale=0.5, bias=-1.0)
ROWS = {"own": (127, -128, 5), "urgent": (0, 0, -1)}
LEARNED = Learned(
    KNOWN,
    [bytes(weight + ZERO for weight in ROWS.get(name, (1, 1, 1))) for name in HEADS],
    dict.fromkeys(HEADS, HEAD),
)


def test_a_margin_is_the_sum_of_the_known_buckets_over_the_root_of_how_many_they_are():
    margins = Weights(LEARNED, {}).margins([3, 500, 9, 10])
    assert margins["own"] == pytest.approx((127 - 128) * 0.5 / sqrt(2) - 1)
    assert margins["urgent"] == pytest.approx(-1)
    assert margins["threat"] == pytest.approx(2 * 0.5 / sqrt(2) - 1)


def test_a_text_without_a_known_bucket_gets_the_bias():
    assert set(Weights(LEARNED, {}).margins([1, 2]).values()) == {-1.0}


def test_heavy_weights_of_many_buckets_do_not_run_over_into_the_next_head():
    many = Learned(range(5_000), [b"\xff" * 5_000] + [bytes([ZERO]) * 5_000] * (len(HEADS) - 1), LEARNED.heads)
    margins = Weights(many, {}).margins(range(5_000))
    assert margins["own"] == pytest.approx(127 * 5_000 * 0.5 / sqrt(5_000) - 1)
    assert margins["urgent"] == pytest.approx(-1)


def test_weights_are_read_back_as_they_were_written_down():
    weights = unpacked(packed(LEARNED, {"gentle": 0.25}))
    assert weights.reach == {"gentle": 0.25}
    assert weights.margins(KNOWN) == Weights(LEARNED, {}).margins(KNOWN)


def test_the_sorts_of_buckets_do_not_mix():
    assert max(written("我想死")) < BUCKETS <= min(sounding("我想死"))
    assert max(sounding("我想死")) < 2 * BUCKETS <= bucket("self") < SORTS * BUCKETS


def test_the_edges_of_a_text_count_as_characters():
    assert written("死") != written("死了") & written("想死")
    assert len(written("死")) == 5  # three characters with the edges, two pairs of them


def test_signs_are_told_by_themselves_by_their_group_and_by_what_follows():
    concepts = [Sign("wish.want", "wish", 1, 2), Sign("death.die", "death", 2, 3)]
    told = names(concepts, [Sign("active-wish", "active-wish", 1, 3)], ["jump"])
    assert {"wish.want", "wish", "death", "wish.want>death.die", "wish>death", "#active-wish", "~jump"} <= told
    far = [concepts[0], Sign("death.die", "death", 20, 21)]
    assert "wish>>death" in names(far, [], [])
