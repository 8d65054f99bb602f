"""Keeping processes running: their lines are passed on, what ends is started again, and all end together."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from server.embedded import bound_to_parent

PAUSES = (1, 2, 4, 8, 16, 30)  # seconds before what ended is started again; the last one stays
_SETTLED = 60.0  # seconds after which a process counts as running well, and its pauses begin anew
_LONGEST_LINE = 1 << 20
_AFTER_KILL = 2.0
_LAST_LINES = 1.0

Say = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One process: its name before each of its lines, how it is started, and where its lines go if not to us."""

    name: str
    command: list[str]
    environ: Mapping[str, str]
    log: Path | None = None


class Upkeep:
    """Starts parts, starts them again when they end, and ends them."""

    def __init__(self, say: Say, pauses: tuple[int, ...] = PAUSES) -> None:
        self._say = say
        self._pauses = pauses
        self._living: dict[str, asyncio.subprocess.Process] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._endings: dict[str, asyncio.Event] = {}

    def keep(self, part: Part) -> None:
        """Start the part and keep it running until it is ended here."""
        self._endings[part.name] = asyncio.Event()
        self._tasks[part.name] = asyncio.create_task(self._keep(part))

    async def once(self, part: Part) -> int:
        """Run the part to its end and return its exit code (negative: the signal that ended it)."""
        self._endings[part.name] = asyncio.Event()
        return await self._live(part)

    def pid(self, name: str) -> int | None:
        """Return the process id of a part that is running."""
        process = self._living.get(name)
        return process.pid if process else None

    async def end(self, names: Collection[str], within: float) -> None:
        """Ask these parts to end (TERM); what has not ended after `within` seconds is killed."""
        for name in names:
            if name in self._endings:
                self._endings[name].set()
                self._signal(name, signal.SIGTERM)
        if await self._are_gone(names, within):
            return
        for name in names:
            if name in self._living:
                self._say(name, f"{within:.0f} 秒内没有结束，强行结束")
                self._signal(name, signal.SIGKILL)
        await self._are_gone(names, _AFTER_KILL)

    async def _keep(self, part: Part) -> None:
        ending = self._endings[part.name]
        ends = 0
        while not ending.is_set():
            born = time.monotonic()
            code = await self._live(part)
            if ending.is_set():
                return
            ends = 0 if time.monotonic() - born > _SETTLED else ends
            pause = self._pauses[min(ends, len(self._pauses) - 1)]
            ends += 1
            self._say(part.name, f"意外结束（{_told(code)}），{pause} 秒后重新启动")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ending.wait(), pause)

    async def _live(self, part: Part) -> int:
        """Run one life of the part, in a session of its own so that a Ctrl-C of the terminal reaches only us."""
        output, lines = _output(part)
        with output:
            process = await asyncio.create_subprocess_exec(
                *bound_to_parent(part.command),
                env=dict(part.environ),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        self._living[part.name] = process
        if self._endings[part.name].is_set():
            self._signal(part.name, signal.SIGTERM)
        passing = asyncio.create_task(self._pass_on(part.name, lines))
        code = await process.wait()
        _kill_group(process.pid)  # what it left behind would hold its port
        await asyncio.wait([passing], timeout=_LAST_LINES)
        passing.cancel()
        await asyncio.gather(passing, return_exceptions=True)
        del self._living[part.name]
        return code

    async def _pass_on(self, name: str, lines: BinaryIO | None) -> None:
        if lines is None:
            return
        reader = asyncio.StreamReader(limit=_LONGEST_LINE)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), lines)
        with contextlib.closing(transport):
            while True:
                try:
                    line = await reader.readline()
                except ValueError:
                    continue  # a line beyond all measure; the reader has thrown it away
                if not line:
                    return
                self._say(name, line.decode(errors="replace").rstrip())

    def _signal(self, name: str, number: signal.Signals) -> None:
        process = self._living.get(name)
        if process is None:
            return
        if number == signal.SIGKILL:
            _kill_group(process.pid)
        else:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)

    async def _are_gone(self, names: Collection[str], within: float) -> bool:
        end = time.monotonic() + within
        while any(name in self._living for name in names):
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.05)
        await asyncio.gather(*(self._tasks[name] for name in names if name in self._tasks))
        return True


def _output(part: Part) -> tuple[BinaryIO, BinaryIO | None]:
    """Return where the part writes and where we read it.

    The pipe is ours and not asyncio's, which counts a process as ended only when nobody holds its pipe any more.
    """
    if part.log:
        return part.log.open("ab"), None
    ours, theirs = os.pipe()
    return os.fdopen(theirs, "wb"), os.fdopen(ours, "rb")


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _told(code: int) -> str:
    return f"信号 {signal.Signals(-code).name}" if code < 0 else f"退出码 {code}"
