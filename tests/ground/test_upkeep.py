"""The supervisor's upkeep: what ends is started again, lines are passed on, all end together, nothing is left."""

import asyncio
import os
import signal
import sys
import time

import pytest

from server.commands._upkeep import Part, Upkeep
from tests.servers import is_running


class Told:
    """What the upkeep has said, by part."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def __call__(self, name: str, line: str) -> None:
        self.lines.append((name, line))

    def of(self, name: str) -> list[str]:
        return [line for owner, line in self.lines if owner == name]


def python(name: str, code: str, **environ: str) -> Part:
    return Part(name, [sys.executable, "-u", "-c", code], {"PATH": os.environ["PATH"], **environ})


STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here'); time.sleep(60)"


@pytest.fixture
def told() -> Told:
    return Told()


async def until(question, within: float = 10.0):
    """Wait until the question is answered with yes."""
    end = time.monotonic() + within
    while not question():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.02)


async def test_what_ends_is_started_again_after_growing_pauses(told: Told):
    upkeep = Upkeep(told, pauses=(0, 1))
    upkeep.keep(python("short", "print('born')"))
    await until(lambda: told.of("short").count("born") == 3)
    await upkeep.end(["short"], within=2)
    said = [line for line in told.of("short") if "重新启动" in line]
    assert said[:2] == ["意外结束（退出码 0），0 秒后重新启动", "意外结束（退出码 0），1 秒后重新启动"]


async def test_a_killed_part_is_started_again_and_named_by_its_signal(told: Told):
    upkeep = Upkeep(told, pauses=(0,))
    upkeep.keep(python("long", "import time; print('born'); time.sleep(60)"))
    await until(lambda: "born" in told.of("long"))
    os.kill(upkeep.pid("long") or 0, signal.SIGKILL)
    await until(lambda: told.of("long").count("born") == 2)
    await upkeep.end(["long"], within=2)
    assert "意外结束（信号 SIGKILL），0 秒后重新启动" in told.of("long")


async def test_a_part_is_asked_to_end_first_and_may_finish_its_work(told: Told):
    upkeep = Upkeep(told)
    finishes = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.3), print('finished'), sys.exit(0)))\n"
        "print('here')\ntime.sleep(60)"
    )
    upkeep.keep(python("kind", finishes))
    await until(lambda: "here" in told.of("kind"))
    await upkeep.end(["kind"], within=5)
    assert told.of("kind") == ["here", "finished"]


async def test_a_part_that_will_not_end_is_killed(told: Told):
    upkeep = Upkeep(told)
    upkeep.keep(python("stubborn", STUBBORN))
    await until(lambda: "here" in told.of("stubborn"))
    pid = upkeep.pid("stubborn") or 0
    began = time.monotonic()
    await upkeep.end(["stubborn"], within=0.5)
    assert time.monotonic() - began < 2
    assert not is_running(pid)


async def test_what_a_part_left_behind_ends_with_it(told: Told):
    upkeep = Upkeep(told, pauses=(30,))
    leaves = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]).pid)"
    upkeep.keep(python("parent", leaves))
    await until(lambda: any("重新启动" in line for line in told.of("parent")))
    child = int(next(line for line in told.of("parent") if line.isdigit()))
    await until(lambda: not is_running(child))
    await upkeep.end(["parent"], within=2)


async def test_a_part_waiting_to_be_started_again_ends_at_once(told: Told):
    upkeep = Upkeep(told, pauses=(30,))
    upkeep.keep(python("short", "print('born')"))
    await until(lambda: any("重新启动" in line for line in told.of("short")))
    began = time.monotonic()
    await upkeep.end(["short"], within=5)
    assert time.monotonic() - began < 1


async def test_a_part_that_is_done_once_tells_its_code(told: Told):
    upkeep = Upkeep(told)
    assert await upkeep.once(python("good", "print(__import__('os').environ['WORD'])", WORD="给定")) == 0
    assert await upkeep.once(python("bad", "raise SystemExit(3)")) == 3
    assert told.of("good") == ["给定"]


async def test_a_line_beyond_all_measure_does_not_stop_the_others(told: Told):
    upkeep = Upkeep(told)
    await upkeep.once(python("loud", "print('x' * (1 << 21)); print('after')"))
    assert told.of("loud")[-1] == "after"
