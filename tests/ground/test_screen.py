"""`xinyi screen` answers every line of stdin with one line of JSON, as soon as the line is there."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "server", "screen"]


def screened(lines: bytes) -> list[dict[str, object]]:
    ran = subprocess.run(COMMAND, input=lines, capture_output=True, check=True, cwd=ROOT, timeout=60)
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_every_line_is_answered_in_its_order_also_an_empty_one_and_one_without_an_end():
    answers = screened("我要杀了他\n\n今天天气不错\r\n他又打我了".encode())
    assert [(answer["grade"], answer["kind"]) for answer in answers] == [
        ("other", "threat"),
        ("none", None),
        ("none", None),
        ("other", "violence"),
    ]
    assert [set(answer) for answer in answers] == [{"grade", "kind", "score", "reasons"}] * 4


def test_bytes_that_are_no_text_are_answered_too():
    assert [answer["grade"] for answer in screened(b"\xff\xfe\n\x00\n")] == ["none", "none"]


def test_nothing_asked_is_nothing_answered():
    assert screened(b"") == []


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    pipe = subprocess.PIPE
    with subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, stderr=pipe, cwd=ROOT) as it:
        yield it
        it.kill()


def test_a_line_is_answered_before_the_next_is_sent(process):
    for _ in range(2):
        process.stdin.write("我想死\n".encode())
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["kind"] == "own"


def test_it_ends_quietly_where_nobody_reads_on(process):
    process.stdin.write("我想死\n".encode())
    process.stdin.flush()
    process.stdout.readline()
    process.stdout.close()
    process.stdin.write("我想死\n".encode() * 1000)
    process.stdin.close()
    assert process.wait(timeout=30) == 0
    assert process.stderr.read() == b""
