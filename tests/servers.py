"""A mongod and a valkey of the tests' own: started once for a process, or by a test that means to harm them."""

import asyncio
import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from server.embedded import Mongod, Server, Valkey, bound_to_parent, free_port

_END_SECONDS = 10


class Process:
    """One server as a process that a test may kill, hold and start again; it keeps its port and its data."""

    def __init__(self, server: Server, log: Path) -> None:
        self.server = server
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is reached."""
        return self.server.url

    @property
    def pid(self) -> int:
        """The process id."""
        assert self._process is not None, "the server was not launched"
        return self._process.pid

    def launch(self) -> None:
        """Start it without waiting; from the main thread only, for the kernel ties it to the thread."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                bound_to_parent(self.server.command()), stdout=log, stderr=log, start_new_session=True
            )

    async def ready(self) -> None:
        """Return once it takes writes."""
        await self.server.ready()

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self._signal(signal.SIGKILL)
        self._wait()

    def hold(self) -> None:
        """Let it stand still, as `SIGSTOP` does: connections stay open and nothing answers from now on."""
        self._signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.pid, os.WSTOPPED)

    def let_go(self) -> None:
        """Let it run on."""
        self._signal(signal.SIGCONT)

    def end(self) -> None:
        """End it in good order, whatever was done to it before."""
        if self._process is not None and self._process.poll() is None:
            self.let_go()
            self._signal(signal.SIGTERM)
            self._wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def _wait(self) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Servers:
    """Both stores on a folder of their own; `with Servers() as servers` starts and ends them."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="xinyi-servers-")
        self.folder = folder = Path(self._folder.name)
        self.mongod = Process(Mongod(folder / "mongo", free_port(), testing=True), folder / "mongod.log")
        self.valkey = Process(Valkey(folder / "redis", free_port(), testing=True), folder / "valkey.log")

    def launch(self) -> None:
        """Start both without waiting."""
        self.mongod.launch()
        self.valkey.launch()

    async def ready(self) -> None:
        """Return once both take writes."""
        await asyncio.gather(self.mongod.ready(), self.valkey.ready())

    def end(self) -> None:
        """End both and remove their folder."""
        self.mongod.end()
        self.valkey.end()
        self._folder.cleanup()

    def __enter__(self) -> "Servers":
        self.launch()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, place: TracebackType | None
    ) -> None:
        self.end()


@dataclass(frozen=True, slots=True)
class Stores:
    """Where the stores of this process are; its tests share them, each with a database of its own."""

    mongo: str
    redis: str


def is_running(pid: int) -> bool:
    """Whether this process lives; one that has ended and waits to be counted by its parent does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
