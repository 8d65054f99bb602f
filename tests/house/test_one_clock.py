"""One clock: nobody but those who hold it asks the machine what time it is, and nobody asks without a zone."""

import ast

from tests.house import sources

ASKS = {"time.time", "time.time_ns", "datetime.now", "datetime.datetime.now", "datetime.utcnow", "date.today"}
HOLDERS = {
    "server/domain/clock.py": "holds the clock of the service",
    "server/simulator/clock.py": "holds the clock of the platform that it plays",
    "server/simulator/world.py": "hands the machine's time to that clock",
}


def asked(source: sources.Source) -> list[str]:
    """Where this file asks the machine, called or handed on as a function."""
    return [
        source.where(node)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ASKS
    ]


def test_only_the_holders_of_a_clock_ask_the_machine():
    asking = {source.path: places for source in sources.of("server") if (places := asked(source))}
    assert {path: places for path, places in asking.items() if path not in HOLDERS} == {}


def test_the_holders_do_ask():
    asking = {source.path for source in sources.of("server") if asked(source)}
    assert asking == set(HOLDERS)
