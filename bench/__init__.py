"""What `make bench` runs: how fast the service is, as ratios to ceilings measured in the same run.

`python -m bench` runs every row, prints one table and writes `build/bench.json`; `python -m bench callback` runs
one; `--share 0.1` runs a tenth of the work, for a quick look that proves nothing; neither of these writes. It ends
with 1 when a row misses its floor.

A row is one file in `bench/rows/` with a `GOAL` (design.md 8) and a coroutine `measure(share)`. What rows share
stands beside this page: `ground` (servers of their own, processes, CPU of a process), `race` (ours against the
ceiling in seven rounds, medians), `load` (a client that is never the slower one), `crowd` (followers and what they
write), `ceiling` (bare Tornado), `table`.

Ratios hold on any machine and requests a second on none: read them on a quiet one. The load of the machine at the
start stands above the table.
"""

import os

os.environ.setdefault("MOTOR_MAX_WORKERS", "64")  # as the service has it; motor reads it when it is imported
