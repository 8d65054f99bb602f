"""What a row stands on: a mongod and a valkey of its own, settings, and processes whose CPU can be read."""

import asyncio
import base64
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from server import settings
from server.embedded import Mongod, Valkey, bound_to_parent, free_port

_TICKS = os.sysconf("SC_CLK_TCK")
_READY_SECONDS = 30.0
_END_SECONDS = 12.0
_SECRET = bytes(range(32))


@dataclass(frozen=True, slots=True)
class Ground:
    """Running stores, and the variables of a service that stands on them with a test account in safe mode."""

    environ: Mapping[str, str]
    folder: Path

    @property
    def settings(self) -> settings.Settings:
        """Return the variables as settings."""
        return settings.read(self.environ)

    @property
    def url(self) -> str:
        """Return where the service listens."""
        return f"http://127.0.0.1:{self.environ['XINYI_PORT']}"

    @asynccontextmanager
    async def running(self, *words: str) -> AsyncIterator[int]:
        """Run `python -m …` over this ground until the block ends; gives its process id."""
        async with _running([sys.executable, "-m", *words], self.folder / "log", self.environ) as pid:
            yield pid

    async def run(self, *words: str) -> None:
        """Run one command of the service to its end; raises when it fails."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "server", *words),
            env={**os.environ, **self.environ},
            stdout=asyncio.subprocess.DEVNULL,
        )
        if await process.wait():
            raise RuntimeError(f"xinyi {' '.join(words)} failed")


@asynccontextmanager
async def ground() -> AsyncIterator[Ground]:
    """Start both stores on an empty folder, and end them with it."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="xinyi-bench-")))
        mongod, valkey = Mongod(folder / "mongo", free_port()), Valkey(folder / "redis", free_port())
        for server in (mongod, valkey):
            await stack.enter_async_context(_running(server.command(), folder / server.name, {}))
            await server.ready()
        yield Ground(_environ(folder, mongod.url, valkey.url), folder)


def _environ(folder: Path, mongo_url: str, redis_url: str) -> dict[str, str]:
    return {
        "XINYI_PORT": str(free_port()),
        "XINYI_METRICS_PORT": str(free_port()),
        "XINYI_DATA": str(folder / "data"),
        "XINYI_MONGO_URL": mongo_url,
        "XINYI_REDIS_URL": redis_url,
        "XINYI_MASTER_KEY": base64.b64encode(_SECRET).decode(),
        "XINYI_WECHAT_API": "http://127.0.0.1:9",  # nobody answers there, and no turn of a bench calls
        "XINYI_OA_APPID": "wx0123456789abcdef",
        "XINYI_OA_SECRET": _SECRET.hex()[:32],
        "XINYI_OA_TOKEN": "xinyibenchtoken",
        "XINYI_OA_AES_KEY": base64.b64encode(_SECRET).decode().rstrip("="),
        "XINYI_LOG": "json",
    }


@asynccontextmanager
async def _running(command: Sequence[str], log: Path, environ: Mapping[str, str]) -> AsyncIterator[int]:
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            *bound_to_parent(list(command)), env={**os.environ, **environ}, stdout=out, stderr=out
        )
    try:
        yield process.pid
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), _END_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


async def answering(url: str) -> None:
    """Return once a GET of this address is answered 200; raises `TimeoutError` after thirty seconds."""
    async with asyncio.timeout(_READY_SECONDS), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(url) as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.1)


def cpu_seconds(pid: int) -> float:
    """Return the CPU that a process has used so far, all its threads counted, to a hundredth of a second."""
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    user, system = after_name[11:13]
    return (int(user) + int(system)) / _TICKS
