"""What the two kinds of process share: a loop, what runs behind the doors, and an end in two steps."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Sequence

import uvloop

from server import logs
from server.app import App
from server.domain.refusals import Refusal

log = logs.logger(__name__)

REFRESH_SECONDS = 2.0  # how soon a process says what the library has newly accepted
_STORES_AGAIN = 1.0


def live(main: Callable[[], Coroutine[object, object, None]]) -> None:
    """Run a process to its end on the fast loop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())


def stop_signal() -> asyncio.Event:
    """Return an event that TERM or Ctrl-C sets."""
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    return asked


async def reach_stores(app: App) -> None:
    """Return once the stores were reached and their indexes stand, however long that takes."""
    while True:
        try:
            await app.stores.ensure_indexes()
        except Refusal:
            log.warning("The stores cannot be reached yet.")
            await asyncio.sleep(_STORES_AGAIN)
        else:
            return


async def refresh(app: App) -> None:
    """Read the library again whenever it changed, for as long as the process lives."""
    while True:
        try:
            await app.workshops.bookshelf.refresh()
        except Exception:  # the next round tries again; what is in memory goes on being said
            log.warning("The library cannot be read again.", exc_info=True)
        await asyncio.sleep(REFRESH_SECONDS)


async def unless_asked(deed: Coroutine[object, object, None], asked: asyncio.Event) -> None:
    """Wait for the deed, or for the signal to end if that comes first."""
    doing, waiting = asyncio.create_task(deed), asyncio.create_task(asked.wait())
    await asyncio.wait({doing, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if doing.done():
        doing.result()
    await end([doing, waiting])


async def end(tasks: Sequence["asyncio.Task[object]"]) -> None:
    """Cancel what still runs and wait until it has ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
