"""Settings are listed once: the table, deploy/env.example and what the code reads are the same."""

import re

from server import settings
from server.commands import _variables
from tests.house import sources

READERS = {
    "server/commands/": "commands read the settings, and hand them to processes that they start",
    "server/simulator/__main__.py": "the simulator reads its own few",
    "server/storage/__init__.py": "sets a variable of the driver's own before it is loaded",
}


def example() -> list[tuple[str, str, str]]:
    """The rows of deploy/env.example: name, default and the meaning above it."""
    lines = (sources.ROOT / "deploy/env.example").read_text(encoding="utf-8").splitlines()
    return [
        (*found.groups(), lines[number - 1].removeprefix("# ").removesuffix("（保密）"))
        for number, line in enumerate(lines)
        if (found := re.fullmatch(r"#(XINYI_[A-Z_]+)=(.*)", line))
    ]


def test_the_example_lists_every_setting_in_order_with_its_default_and_meaning():
    assert example() == [(row.name, row.default, row.meaning) for row in _variables.rows()]


def test_what_the_example_says_is_what_nothing_given_means():
    given = {name: value for name, value, _ in example() if not value.startswith((".data", "content"))}
    assert settings.read(given) == settings.read({})


def test_only_those_who_start_things_read_the_environment():
    reading = {
        source.path for source in sources.of("server") if re.search(r"\bos\.(environ|getenv)\b|\bgetenv\(", source.text)
    }
    assert {path for path in reading if not path.startswith(tuple(READERS))} == set()


def test_no_setting_is_read_by_a_name_that_is_not_listed():
    listed = {row.name for row in _variables.rows()}
    named = {
        name
        for source in sources.of("server")
        if not source.path.startswith("server/simulator/")
        for name in re.findall(r"\bXINYI_[A-Z_]*[A-Z]\b", source.text)
    }
    unlisted = {name for name in named - listed if not name.startswith("XINYI_SIMULATOR")}
    assert {name for name in unlisted if not any(row.startswith(name) for row in listed)} == set()
