"""What is said: logs name things by allowed keys, events are plain sentences, nothing is printed, nobody is named."""

import ast
import configparser
import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from server import logs
from tests.house import sources

LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
LEAVES_AND_LOGS = {"server/logs.py"}
SERVICE = [source for source in sources.of("server") if not source.path.startswith("server/simulator/")]


def log_calls(source: sources.Source):
    """Every call of a level on a logger named `log` or `_log`."""
    for name, call in source.calls():
        owner, _, level = name.rpartition(".")
        if level in LEVELS and owner.rpartition(".")[2] in {"log", "_log"}:
            yield call


def test_the_rule_finds_lines_to_judge():
    assert sum(1 for source in SERVICE for _ in log_calls(source)) > 5


def test_a_logged_event_is_a_plain_sentence_that_stands_in_the_code():
    wrong = [
        source.where(call)
        for source in SERVICE
        for call in log_calls(source)
        if len(call.args) != 1
        or not isinstance(call.args[0], ast.Constant)
        or not re.fullmatch(r"[ -~]{3,120}", str(call.args[0].value))
    ]
    assert wrong == []


def test_a_logged_key_is_an_allowed_one():
    allowed = logs.ALLOWED | {"exc_info"}
    wrong = [
        f"{source.where(call)} {keyword.arg}"
        for source in SERVICE
        for call in log_calls(source)
        for keyword in call.keywords
        if keyword.arg not in allowed
    ]
    assert wrong == []


def test_nobody_goes_past_the_logs():
    wrong = [
        source.where(call)
        for source in SERVICE
        if source.path not in LEAVES_AND_LOGS
        for name, call in source.calls()
        if name in {"print", "logging.getLogger", "structlog.get_logger", "sys.stderr.write", "sys.stdout.write"}
    ]
    assert wrong == []


LOCKS = {"requirements.lock": 11, "requirements-test.lock": 11, "requirements-train.lock": 5}
"""Each file, and how many packages it pins at least."""


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_pins_names_and_names_no_host(name: str):
    lines = [
        line for line in (sources.ROOT / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]
    assert len(lines) >= LOCKS[name]
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line)] == []


def test_what_setup_names_is_pinned_within_its_range():
    setup = configparser.ConfigParser()
    setup.read(sources.ROOT / "setup.cfg", encoding="utf-8")
    wanted = [setup["options"]["install_requires"], *setup["options.extras_require"].values()]
    pinned = dict(
        line.split("==")
        for name in LOCKS
        for line in (sources.ROOT / name).read_text(encoding="utf-8").splitlines()
        if "==" in line
    )
    for text in wanted:
        for line in text.strip().splitlines():
            requirement = Requirement(line)
            assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), line
