"""`xinyi run` as an operator meets it: it stands up, keeps to itself, mends what dies, and ends when asked."""

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pymongo
import pytest

from server import embedded
from tests.servers import is_running

READY_SECONDS = 60
END_SECONDS = 15


class Run:
    """One `python -m server run` in a data folder of its own, on free ports."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.lines: list[str] = []
        self.ports = {name: str(embedded.free_port()) for name in ("PORT", "METRICS_PORT", "SIMULATOR_PORT")}
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None

    async def start(self, **given: str) -> None:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("XINYI_")}
        ports = {f"XINYI_{name}": port for name, port in self.ports.items()}
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-u", "-m", "server", "run"),
            env={**plain, "XINYI_DATA": str(self.data), **ports, **given},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.lines.append(line.decode().rstrip())

    async def told(self, words: str, within: float = READY_SECONDS) -> str:
        """Wait for a line with these words and return it."""
        end = time.monotonic() + within
        while True:
            for line in self.lines:
                if re.search(words, line):
                    return line
            assert time.monotonic() < end, "\n".join([f"nothing like {words!r} in", *self.lines])
            await asyncio.sleep(0.05)

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def end(self, within: float = END_SECONDS) -> int:
        """Wait for its end and return its exit code."""
        assert self._process is not None
        assert self._reading is not None
        code = await asyncio.wait_for(self._process.wait(), within)
        await self._reading
        return code

    async def away(self) -> None:
        """Make sure that nothing is left of it, whatever the test did."""
        if self._process is not None and self._process.returncode is None:
            self.signal(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await self.end()
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self.end()


@pytest.fixture
async def run(tmp_path: Path) -> AsyncIterator[Run]:
    run = Run(tmp_path / "data")
    yield run
    await run.away()


def server_pids(data: Path) -> list[int]:
    """The processes on this machine whose command line names this data folder."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and str(data).encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return [pid for pid in found if is_running(pid)]


async def status(port: str, path: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status


async def test_it_stands_up_mends_a_killed_mongod_and_ends_on_ctrl_c(run: Run):
    await run.start()
    await run.told("准备好了")
    assert await status(run.ports["PORT"], "/health/ready") == 200
    assert await status(run.ports["SIMULATOR_PORT"], "/") == 200

    addresses = embedded.addresses(run.data)
    assert addresses is not None
    assert json.loads((run.data / "embedded.json").read_text()) == {"mongo": addresses.mongo, "redis": addresses.redis}
    with pymongo.MongoClient(addresses.mongo) as client:
        kept = client.get_database("kept", write_concern=pymongo.WriteConcern("majority", j=True)).kept
        kept.insert_one({"_id": "one"})
        mongod = next(pid for pid in server_pids(run.data) if b"mongod" in Path(f"/proc/{pid}/cmdline").read_bytes())
        os.kill(mongod, signal.SIGKILL)
        await run.told("mongod.*SIGKILL.*重新启动")
        assert await asyncio.to_thread(kept.find_one) == {"_id": "one"}

    began = time.monotonic()
    run.signal(signal.SIGINT)
    assert await run.end() == 0
    assert time.monotonic() - began < END_SECONDS
    assert server_pids(run.data) == []
    assert embedded.addresses(run.data) is None


async def test_what_it_makes_at_first_is_secret_and_found_again(run: Run):
    await run.start()
    await run.told("微信模拟器")
    made = run.data / "made.json"
    first = made.read_text()
    assert made.stat().st_mode & 0o777 == 0o600
    run.signal(signal.SIGTERM)
    assert await run.end() == 0
    run.lines.clear()
    await run.start()
    await run.told("微信模拟器")
    assert made.read_text() == first
    secrets = [value for name, value in json.loads(first).items() if name != "XINYI_OA_APPID"]
    assert len(secrets) == 4
    assert not [line for line in run.lines for secret in secrets if secret in line]


async def test_a_second_run_on_the_same_data_is_refused_with_a_sentence(run: Run):
    await run.start()
    await run.told("正在启动")
    second = Run(run.data)
    await second.start()
    assert await second.end() == 2
    assert "正被另一个 xinyi run 使用" in second.lines[-1]


async def is_let_go(data: Path) -> None:
    """Return once nobody holds the folder: a child that was being forked as its parent died holds it until its exec."""
    async with asyncio.timeout(2.0):
        while embedded.addresses(data) is not None:
            await asyncio.sleep(0.01)


async def test_after_the_run_itself_was_killed_the_next_one_takes_its_place(run: Run):
    await run.start()
    await run.told("微信模拟器")
    run.signal(signal.SIGKILL)
    assert await run.end() == -signal.SIGKILL
    await is_let_go(run.data)
    run.lines.clear()
    await run.start()
    await run.told("微信模拟器")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"XINYI_PORT": "web"}, "XINYI_PORT 写成了“web”"),
        ({"XINYI_WECHAT_API": "https://api.weixin.qq.com"}, "XINYI_OA_APPID 还没有写"),
        (
            {"XINYI_WECHAT_API": "https://api.weixin.qq.com", "XINYI_CLOCK": "http://127.0.0.1:1/clock"},
            "XINYI_CLOCK 给了时间源",
        ),
        ({"XINYI_OA_SECRET": "alone"}, "XINYI_OA_APPID 还没有写"),
        ({"XINYI_DATA": "/proc/nowhere"}, "XINYI_DATA 指向的 /proc/nowhere 不能写"),
    ],
)
async def test_a_setting_that_cannot_be_used_ends_the_start_with_a_sentence(run: Run, given: dict, sentence: str):
    await run.start(**given)
    assert await run.end() == 2
    assert len(run.lines) == 1
    assert run.lines[0].startswith(sentence)


async def test_a_taken_port_ends_the_start_with_the_setting_that_changes_it(run: Run):
    listening = await asyncio.start_server(lambda *_: None, "127.0.0.1", int(run.ports["PORT"]))
    async with listening:
        await run.start()
        assert await run.end() == 2
    assert run.lines == [f"端口 {run.ports['PORT']} 已被别的程序占用。结束那个程序，或者用 XINYI_PORT 另选一个端口。"]


async def test_servers_that_are_given_are_used_and_none_of_our_own_is_started(run: Run, environ: dict[str, str]):
    stores = {name: environ[name] for name in ("XINYI_MONGO_URL", "XINYI_MONGO_NAME", "XINYI_REDIS_URL")}
    await run.start(**stores)
    await run.told("准备好了")
    assert not (run.data / "mongo").exists()
    assert not (run.data / "embedded.json").exists()
    assert embedded.standing(run.data)["XINYI_MONGO_NAME"] == environ["XINYI_MONGO_NAME"]
    assert "XINYI_MONGO_URL" not in embedded.standing(run.data)
