"""A city for one story: the simulator, web processes and workers as real processes over real stores."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

from server import embedded
from server.embedded import bound_to_parent

READY_SECONDS = 30.0


class Door:
    """One process of the service or the simulator, that a story may kill, hold and start again."""

    def __init__(self, name: str, words: list[str], environ: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.log = log
        self._command = bound_to_parent([sys.executable, "-m", *words])
        self._environ = {**os.environ, **environ, "PYTHONUNBUFFERED": "1"}
        self._process: subprocess.Popen[bytes] | None = None

    def equip(self, **environ: str) -> None:
        """Give it other variables from its next start on."""
        self._environ |= environ

    def launch(self) -> None:
        """Start it without waiting."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environ, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def pid(self) -> int:
        """The process id."""
        assert self._process is not None
        return self._process.pid

    @property
    def metrics_url(self) -> str:
        """Where it shows its metrics."""
        return f"http://127.0.0.1:{self._environ['XINYI_METRICS_PORT']}/metrics"

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if it still runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def wait(self) -> None:
        """Return when it has ended by itself."""
        assert self._process is not None
        self._process.wait()

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self.send(signal.SIGKILL)
        if self._process is not None:
            self._process.wait(10)

    def end(self) -> None:
        """End it in good order."""
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        if self._process is not None:
            try:
                self._process.wait(12)
            except subprocess.TimeoutExpired:
                self.kill()


class City:
    """What a story plays in. Every process has its own port; all share one database of the test's own."""

    def __init__(self, environ: Mapping[str, str], folder: Path, *, webs: int = 1, workers: int = 1) -> None:
        port, ports = embedded.free_port(), [embedded.free_port() for _ in range(webs)]
        self.folder = folder
        self.simulator_url = f"http://127.0.0.1:{port}"
        self.web_urls = [f"http://127.0.0.1:{each}" for each in ports]
        self.environ = {
            "XINYI_DUTY_WEBHOOK": f"{self.simulator_url}/simulator/sink/robot",
            "XINYI_SMS_URL": f"{self.simulator_url}/simulator/sink/sms",
            **environ,
            "XINYI_WECHAT_API": self.simulator_url,
            "XINYI_CLOCK": f"{self.simulator_url}/simulator/clock",
            "XINYI_PUBLIC_URL": self.web_urls[0],
            "XINYI_SIMULATOR_PORT": str(port),
            "XINYI_SIMULATOR_SERVICE": self.web_urls[0],
        }
        self.simulator = Door("simulator", ["server.simulator"], self.environ, folder / "simulator.log")
        self.webs = [self._door("serve", number, each) for number, each in enumerate(ports)]
        self.workers = [self._door("work", number, embedded.free_port()) for number in range(workers)]
        self._session: aiohttp.ClientSession | None = None

    def _door(self, word: str, number: int, port: int) -> Door:
        own = {"XINYI_PORT": str(port), "XINYI_METRICS_PORT": str(embedded.free_port())}
        log = self.folder / f"{word}-{number}.log"
        return Door(f"{word}-{number}", ["server", word], {**self.environ, **own}, log)

    async def open(self) -> None:
        """Start everything and import the library; returns when the service is ready."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60.0))
        self.simulator.launch()
        await self.until(lambda: self.answers(f"{self.simulator_url}/simulator/clock"))
        await asyncio.gather(self.run("library", "import", "--accept"), self.run("experts", "import", "--sample"))
        for door in (*self.webs, *self.workers):
            door.launch()
        await self.ready()

    async def ready(self) -> None:
        """Return once every web process is ready."""
        for url in self.web_urls:
            await self.until(lambda url=url: self.answers(f"{url}/health/ready"))

    async def close(self) -> None:
        """End everything."""
        for door in (*self.webs, *self.workers, self.simulator):
            door.send(signal.SIGCONT)
            door.send(signal.SIGTERM)
        for door in (*self.webs, *self.workers, self.simulator):
            await asyncio.to_thread(door.end)
        if self._session is not None:
            await self._session.close()

    async def run(self, *words: str) -> str:
        """Run one command of the service to its end and return what it wrote; it must succeed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "server",
            *words,
            env={**os.environ, **self.environ},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        assert process.returncode == 0, f"{words}: {err.decode()[-2000:]}"
        return out.decode()

    async def doctor(self) -> str:
        """What the doctor finds, as text; its exit code is its own matter."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "server", "doctor"),
            env={**os.environ, **self.environ},
            stdout=asyncio.subprocess.PIPE,
        )
        return (await process.communicate())[0].decode()

    async def ask(self, path: str, body: object = None, method: str = "") -> Any:
        """Ask the simulator's control; returns its JSON."""
        assert self._session is not None
        verb = method or ("GET" if body is None else "POST")
        async with self._session.request(verb, self.simulator_url + path, json=body) as answer:
            assert answer.status < 300, f"{path}: {answer.status} {(await answer.text())[:300]}"
            return await answer.json()

    async def get(self, url: str) -> tuple[int, str]:
        """Get a page of the service."""
        assert self._session is not None
        async with self._session.get(url) as answer:
            return answer.status, await answer.text()

    async def answers(self, url: str) -> bool:
        """Whether the address answers 200."""
        try:
            return (await self.get(url))[0] == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def until(self, is_so: Any, within: float = READY_SECONDS, every: float = 0.05) -> None:
        """Wait until the coroutine function returns something true."""
        end = asyncio.get_running_loop().time() + within
        while not await is_so():
            assert asyncio.get_running_loop().time() < end, "it did not come to be in time"
            await asyncio.sleep(every)

    def errors(self) -> list[str]:
        """The lines of the service's logs that tell of a fault of ours."""
        logs = [door.log for door in (*self.webs, *self.workers)]
        return [line for log in logs if log.exists() for line in log.read_text().splitlines() if '"error"' in line]
