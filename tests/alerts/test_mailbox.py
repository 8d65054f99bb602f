"""What becomes of an alert when the other side errs, lags, breaks off or babbles: a plain no, in time."""

import asyncio
import json
import logging
import time

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from server.alerts import http
from server.alerts.http import Letter, errcode

from .conftest import CUT, ENDLESS, Slow

WORDS = "心驿：1234 需要人，回复 接 1234"


@pytest.fixture
def letter(sink):
    return Letter(sink.base + "/send?key=the-robots-key", {"phone": "13900001111", "text": WORDS}, "the-token")


@pytest.fixture
def hasty(monkeypatch):
    """Let an alert have three tenths of a second."""
    monkeypatch.setattr(http, "SECONDS", 0.3)


def count(channel, outcome):
    return REGISTRY.get_sample_value("xinyi_alerts_total", {"channel": channel, "outcome": outcome}) or 0


@pytest.mark.parametrize("answer", [{"errcode": 0}, {"errcode": "0", "errmsg": "ok"}])
async def test_an_alert_that_was_taken_is_sent_once(mailbox, sink, letter, answer):
    sink.answers, before = [answer], count("t-once", "taken")
    assert await mailbox.post("t-once", letter, errcode)
    [sent] = sink.sent
    assert sent.path == "/send?key=the-robots-key"
    assert sent.headers["Content-Type"] == "application/json; charset=utf-8"
    assert sent.json == {"phone": "13900001111", "text": WORDS}
    assert WORDS.encode() in sent.raw
    assert count("t-once", "taken") == before + 1


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (500, "http500"),
        (404, "http404"),
        (302, "http302"),
        ({"errcode": 45009, "errmsg": "api freq out of limit"}, "refused"),
        ({"errcode": 310000, "errmsg": "keywords not in content"}, "refused"),
        ({}, "garbled"),
        ({"errcode": None}, "garbled"),
        (b"", "garbled"),
        (b"<html>", "garbled"),
        (b'{"errcode":', "garbled"),
        (b"[]", "garbled"),
        (b'{"errcode":Infinity}', "garbled"),
        (b"\xff\xfe\x00", "garbled"),
        (b"[" * 50_000, "garbled"),
    ],
)
async def test_an_answer_that_takes_nothing_is_a_no_and_is_not_asked_again(mailbox, sink, letter, answer, outcome):
    sink.answers = [answer, {"errcode": 0}]
    before = count("t-no", outcome)
    assert not await mailbox.post("t-no", letter, errcode)
    assert len(sink.sent) == 1
    assert count("t-no", outcome) == before + 1


async def test_a_connection_that_breaks_is_tried_once_more(mailbox, sink, letter):
    sink.answers = [CUT, {"errcode": 0}]
    assert await mailbox.post("t-cut", letter, errcode)
    first, second = sink.sent
    assert first.raw == second.raw


async def test_a_connection_that_breaks_twice_is_given_up(mailbox, sink, letter):
    sink.answers = [CUT]
    assert not await mailbox.post("t-cut-twice", letter, errcode)
    assert len(sink.sent) == 2
    assert count("t-cut-twice", "cut") == 1


async def test_nobody_listening_is_a_no(mailbox, unused_tcp_port):
    letter = Letter(f"http://127.0.0.1:{unused_tcp_port}/send", {})
    assert not await mailbox.post("t-nobody", letter, errcode)
    assert count("t-nobody", "unreachable") == 1


@pytest.mark.parametrize("url", ["http://", "http://[::1/x", "http://127.0.0.1:99999/x", "nothing at all"])
async def test_an_address_that_is_none_is_a_no(mailbox, url):
    assert not await mailbox.post("t-address", Letter(url, {}), errcode)


async def test_words_that_no_alphabet_can_hold_do_no_harm(mailbox, sink):
    assert await mailbox.post("t-words", Letter(sink.base, {"text": "\ud83d"}), errcode)


@pytest.mark.parametrize("answers", [[Slow(5, {"errcode": 0})], [CUT, Slow(5, {"errcode": 0})]])
async def test_a_late_answer_is_a_no_and_the_repeat_has_no_time_of_its_own(mailbox, sink, letter, hasty, answers):
    sink.answers, before = answers, count("t-late", "timeout")
    begun = time.monotonic()
    assert not await mailbox.post("t-late", letter, errcode)
    assert time.monotonic() - begun < 2
    assert count("t-late", "timeout") == before + 1


async def test_an_answer_without_end_is_not_read_to_its_end(mailbox, sink, letter):
    sink.answers = [ENDLESS]
    assert not await mailbox.post("t-endless", letter, errcode)
    assert count("t-endless", "garbled") == 1


async def test_whoever_is_stopped_is_counted_and_hears_of_it(mailbox, sink, letter):
    sink.answers = [Slow(5, {"errcode": 0})]
    task = asyncio.create_task(mailbox.post("t-stopped", letter, errcode))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert count("t-stopped", "cancelled") == 1


@pytest.mark.parametrize("answer", [{"errcode": 0}, {"errcode": 93000, "errmsg": "key the-robots-key 13900001111"},
                                    500, CUT, b"the-token", Slow(5, {"errcode": 0})])  # fmt: skip
async def test_a_line_tells_channel_and_outcome_and_neither_number_nor_words_nor_address(
    mailbox, sink, letter, hasty, answer, caplog
):
    sink.answers = [answer]
    with capture_logs() as lines, caplog.at_level(logging.DEBUG):
        await mailbox.post("t-line", letter, errcode)
    [line] = lines
    assert line["event"] == "sent an alert"
    assert set(line) <= {"event", "log_level", "module", "channel", "outcome", "code", "ms"}
    told = json.dumps(lines, ensure_ascii=False) + caplog.text + repr(letter)
    for secret in ("13900001111", "1234", "心驿", "key", "token", "127.0.0.1"):
        assert secret not in told
