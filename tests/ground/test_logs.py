"""Logs: one object a line, ids only, one cause, and never a person's words."""

import asyncio
import io
import json
import logging
import warnings

import pytest
import structlog

from server import logs

WORDS = "我不想活了"


@pytest.fixture
def lines():
    """Start logs onto a sheet of paper; calling it gives the lines written so far."""
    root, level = logging.root.handlers[:], logging.root.level
    sheet = io.StringIO()
    logs.start("serve", "json", sheet)
    yield lambda: [json.loads(line) for line in sheet.getvalue().splitlines()]
    logging.captureWarnings(False)
    logging.root.handlers[:], logging.root.level = root, level
    structlog.reset_defaults()


def test_a_line_has_time_level_role_and_ids(lines):
    logs.logger("server.web.callback").info("Message answered", kind="text", ms=12.5, worker="w-1")
    (line,) = lines()
    assert line["event"] == "Message answered"
    assert (line["level"], line["role"], line["module"]) == ("info", "serve", "web.callback")
    assert (line["kind"], line["ms"], line["worker"]) == ("text", 12.5, "w-1")
    assert line["timestamp"].endswith("Z")


def test_a_key_that_is_no_id_is_dropped_and_named(lines):
    logs.logger("x").info("Message answered", content=WORDS, openid="o123")
    (line,) = lines()
    assert line["dropped"] == ["content", "openid"]
    assert "o123" not in json.dumps(line)


def test_words_under_an_allowed_key_are_withheld(lines):
    logs.logger("x").info("Message answered", name=WORDS, reason="a" * 500, batch=["p-1", WORDS])
    (line,) = lines()
    assert (line["name"], line["reason"], line["batch"]) == ("(withheld)", "(withheld)", ["p-1", "(withheld)"])


async def test_the_cause_stands_in_every_line_of_its_task_alone(lines):
    async def work(cause: str) -> None:
        logs.cause.set(cause)
        await asyncio.sleep(0)
        logs.logger("x").info("Worked", worker=cause)

    await asyncio.gather(asyncio.create_task(work("a1")), asyncio.create_task(work("b2")))
    logs.logger("x").info("Idle")
    assert [(line.get("worker"), line.get("cause")) for line in lines()] == [("a1",) * 2, ("b2",) * 2, (None, None)]


def test_a_fault_is_told_by_type_and_place_without_its_message(lines):
    def parse():
        return int(WORDS)

    try:
        try:
            parse()
        except ValueError as fault:
            raise RuntimeError(f"cannot read {WORDS}") from fault
    except RuntimeError:
        logs.logger("x").exception("Could not read")
    (line,) = lines()
    assert line["fault"] == "RuntimeError < ValueError"
    assert line["trace"][-1].startswith("tests/ground/test_logs.py:")
    assert "\\u6211" not in json.dumps(line)


def test_a_library_is_told_by_its_template_only(lines):
    logging.getLogger("aiohttp.client").warning("could not send %s", "secret-token")
    logging.getLogger("asyncio").error(f"Task exception was never retrieved\nfuture: ValueError({WORDS!r})")
    logging.getLogger("tornado.access").warning("200 GET /wechat?openid=o1")
    logging.getLogger("motor").info("chatter")
    first, second = lines()
    assert (first["event"], first["module"], first["level"]) == ("could not send %s", "aiohttp.client", "warning")
    assert (second["event"], second["level"]) == ("Task exception was never retrieved", "error")


def test_warnings_reach_the_log(lines):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("the old way", stacklevel=1)
    assert lines()[0]["module"] == "py.warnings"


def test_on_a_terminal_lines_are_readable():
    sheet = io.StringIO()
    logs.start("serve", "console", sheet)
    logs.logger("x").info("Message answered", kind="text")
    structlog.reset_defaults()
    logging.captureWarnings(False)
    assert "Message answered" in sheet.getvalue()
    assert "kind=text" in sheet.getvalue()
