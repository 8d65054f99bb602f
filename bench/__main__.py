"""`python -m bench [ROW …] [--share 0.1]`: run the rows, print the table, write `build/bench.json`."""

import argparse
import asyncio
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence

import uvloop

from bench import rows, table
from bench.table import Outcome

NAMES = sorted(module.name for module in pkgutil.iter_modules(rows.__path__) if not module.name.startswith("_"))


def main() -> int:
    """Run what was asked for; returns 0 only when every floor holds."""
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    asked.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(NAMES)}; all when none is named")
    asked.add_argument("--share", type=float, default=1.0, help="of the full work; less is a look, not a proof")
    given = asked.parse_args()
    if unknown := set(given.rows) - set(NAMES):
        asked.error(f"no such row: {', '.join(sorted(unknown))}")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the start\n", flush=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        outcomes = runner.run(_measured(given.rows or NAMES, given.share))
    print(table.printed(outcomes))
    if given.share >= 1.0 and not given.rows:  # a report of a part would pass for the whole
        table.kept(outcomes)
    return 0 if all(outcome.is_good for outcome in outcomes) else 1


async def _measured(names: Sequence[str], share: float) -> list[Outcome]:
    outcomes = []
    for name in names:
        print(f"{name} …", file=sys.stderr, flush=True)
        outcome: Outcome = await importlib.import_module(f"bench.rows.{name}").measure(share)
        outcomes.append(outcome)
    return outcomes


sys.exit(main())
