"""Starts the stand-in: `python -m server.simulator`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from .app import Simulator
from .settings import BadSetting, read


async def serve() -> None:
    """Listens until it is told to end."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, ended.set)
    simulator = Simulator(read(os.environ))
    sys.stdout.write(f"simulator {simulator.address}\n")
    sys.stdout.flush()
    await ended.wait()
    await simulator.stop()


def main() -> int:
    """The exit code: 2 for a setting that cannot be used, 1 for a port that is taken."""
    try:
        asyncio.run(serve())
    except BadSetting as bad:
        sys.stderr.write(f"{bad}\n")
        return 2
    except OSError as taken:
        sys.stderr.write(f"the simulator cannot listen: {taken}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
