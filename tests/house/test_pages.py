"""Small pages, plain names: sizes, names and opened-up exemptions."""

import re

import pytest

from tests.house import sources

LONGEST_MODULE = 300
LONGEST_LIST_OF_TESTS = 450  # a file of tests is a list of sentences, read by name and not from top to bottom
LONGEST_FUNCTION = 40
MOST_PARAMETERS = 5
TABLES: dict[str, str] = {}
"""Modules that may be longer because they are one table: path and why."""

NO_NAMES = re.compile(r"(^|/|_)(utils?|helpers?|common|misc|tools?|manager)(_|/|\.py$)")
EXEMPTION = re.compile(
    r"#\s*(noqa(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?|type:\s*ignore(?:\[[\w-]+(?:,\s*[\w-]+)*\])?)(.*)"
)

OURS = [source for folder in ("server", "tests", "bench") for source in sources.of(folder)]
SERVICE = sources.of("server")


def parameters(function: sources.Function) -> int:
    given = function.args
    names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([name for name in names if name not in {"self", "cls"}])


def longest(source: sources.Source) -> int:
    return LONGEST_LIST_OF_TESTS if "/test_" in source.path else LONGEST_MODULE


def test_there_are_pages_to_judge():
    assert len(SERVICE) > 20


def test_no_page_is_longer_than_one_can_read():
    long = {source.path: lines for source in OURS if (lines := source.text.count("\n")) > longest(source)}
    assert {path: lines for path, lines in long.items() if path not in TABLES} == {}


def test_no_function_is_longer_than_one_can_see():
    long = [
        f"{source.where(function)} {function.name}: {length}"
        for source in OURS
        for function in source.functions()
        if (length := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    ]
    assert long == []


def test_no_function_of_the_service_takes_more_than_five_things():
    many = [
        f"{source.where(function)} {function.name}: {count}"
        for source in SERVICE
        for function in source.functions()
        if (count := parameters(function)) > MOST_PARAMETERS
    ]
    assert many == []


def test_every_page_opens_with_its_job_in_one_line():
    mute = []
    for source in OURS:
        first = source.text.lstrip().splitlines()[0] if source.text.strip() else ""
        if not (first.startswith('"""') and first.endswith(('"""', ".", "。"))):
            mute.append(source.path)
    assert mute == []


def test_no_room_is_named_for_leftovers():
    assert [source.path for source in OURS if NO_NAMES.search(source.path)] == []


@pytest.mark.parametrize("source", OURS, ids=lambda source: source.path)
def test_an_exemption_names_its_rule_and_says_why(source):
    bare = []
    for number, line in enumerate(source.text.splitlines(), 1):
        found = EXEMPTION.search(line)
        if found and "EXEMPTION" not in line:
            rule, reason = found.groups()
            if rule in {"noqa", "type: ignore"} or len(reason.strip(" #")) < 8:
                bare.append(f"{source.path}:{number} {found.group(0)}")
    assert bare == []
