"""Data keys: wrapped under the master key, bound to their names, readable for as long as the old master is named."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.clock import day
from server.vault.keys import KEY_BYTES, KeyLost, Master, chat_key
from tests.domain.instants import instants
from tests.vault.chance import Chance

OLD, NEW = bytes(range(32)), bytes(range(32, 64))


def a_master(current: bytes = NEW, old: bytes | None = None) -> Master:
    return Master(current, old, Chance())


def test_a_wrapped_key_comes_back() -> None:
    master = a_master()
    key = master.fresh_key()
    assert len(key) == KEY_BYTES
    assert master.unwrap("chat-2026-11", master.wrap("chat-2026-11", key)) == key


def test_a_wrapped_key_does_not_show_the_key() -> None:
    master = a_master()
    key = master.fresh_key()
    assert key not in master.wrap("chat-2026-11", key)


def test_a_key_wrapped_for_one_month_does_not_open_another() -> None:
    master = a_master()
    wrapped = master.wrap("chat-2026-11", master.fresh_key())
    with pytest.raises(KeyLost):
        master.unwrap("chat-2026-12", wrapped)


def test_a_key_wrapped_under_the_old_master_is_read_while_that_is_named() -> None:
    key = bytes(32)
    wrapped = a_master(OLD).wrap("token", key)
    assert a_master(NEW, OLD).unwrap("token", wrapped) == key
    with pytest.raises(KeyLost):
        a_master(NEW).unwrap("token", wrapped)


def test_new_keys_are_wrapped_under_the_current_master() -> None:
    wrapped = a_master(NEW, OLD).wrap("token", bytes(32))
    assert a_master(NEW).unwrap("token", wrapped) == bytes(32)


@given(st.integers(0, 200), st.integers(1, 255))
def test_a_wrapped_key_that_was_changed_or_cut_is_lost(place: int, change: int) -> None:
    master = a_master()
    wrapped = bytearray(master.wrap("token", bytes(32)))
    at = place % len(wrapped)
    wrapped[at] ^= change
    for broken in (bytes(wrapped), bytes(wrapped[:at])):
        with pytest.raises(KeyLost):
            master.unwrap("token", broken)


@given(st.text(), st.text())
def test_a_mark_names_a_message_alike_each_time_and_tells_nothing_of_it(one: str, two: str) -> None:
    master = a_master()
    assert (master.mark(one) == master.mark(two)) == (one == two)
    assert a_master(OLD).mark(one) != master.mark(one)


def test_a_mark_is_short_and_plain() -> None:
    mark = a_master().mark("o-lin:1795572000:abc")
    assert len(mark) == 20
    assert set(mark) <= set("0123456789abcdef")


@given(instants())
def test_a_months_key_is_named_for_shanghais_month(instant: datetime) -> None:
    assert chat_key(instant) == f"chat-{day(instant):%Y-%m}"


def test_a_month_begins_at_midnight_in_shanghai() -> None:
    assert chat_key(datetime(2026, 11, 30, 15, 59, tzinfo=UTC)) == "chat-2026-11"
    assert chat_key(datetime(2026, 11, 30, 16, 0, tzinfo=UTC)) == "chat-2026-12"
