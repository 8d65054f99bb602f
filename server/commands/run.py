"""`xinyi run`: everything on one machine, started in order, kept running and ended together."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import click

from server import settings
from server.commands import Broken, _first_start
from server.commands._upkeep import Part, Upkeep
from server.commands._variables import mistyped
from server.embedded import Addresses, Folder, Mongod, NotReady, Occupied, Server, Valkey, free_port
from server.settings import Settings

_DOORS = ("serve", "work")
_GROUND = ("simulator", "mongod", "valkey")
_DOORS_END_WITHIN = 10.0  # they finish what is under way for 8 s
_GROUND_ENDS_WITHIN = 3.0
_READY_WITHIN = 60.0
_SAMPLE_FOLLOWERS = 3
_LABELS = {
    "mongod": "数据库",
    "valkey": "队列",
    "simulator": "微信模拟器",
    "library": "导入内容库",
    "experts": "样例专家",
    "menu": "公众号菜单",
    "serve": "消息与网页服务",
    "work": "后台任务",
}


@click.command("run", help="在一台机器上带起全部：内置数据库、微信模拟器、服务和后台任务；Ctrl-C 结束。")
def command() -> None:
    """Stand everything up; ends with 0 after Ctrl-C or TERM."""
    for sentence in mistyped(os.environ):
        click.echo(sentence, err=True)
    plan = _plan(os.environ)
    sys.exit(asyncio.run(_Run(plan).live()))


@dataclass(frozen=True, slots=True)
class _Plan:
    """What this run stands up, and the variables its parts get."""

    settings: Settings
    environ: Mapping[str, str]
    made: Mapping[str, str]
    folder: Folder
    servers: tuple[Server, ...]
    has_simulator: bool
    is_first: bool


def _plan(environ: Mapping[str, str]) -> _Plan:
    """Work out what is to be started; raises `BadSetting`, or `Broken` when something stands in the way."""
    given = {name: value for name, value in environ.items() if value.strip()}
    simulator = f"http://127.0.0.1:{settings.read({**given, 'XINYI_CLOCK': 'system'}).simulator_port}"
    has_simulator = given.get("XINYI_WECHAT_API", simulator) == simulator
    pointed = _pointed_at(simulator) if has_simulator else {}
    chosen = settings.read({**pointed, **given})
    folder = _held(chosen.data)
    is_first = _first_start.is_first(chosen.data)
    servers, addresses = _servers(chosen, folder)
    made = {**pointed, **_first_start.made(chosen.data, given, with_account=has_simulator), **addresses}
    final = settings.read({**made, **given})
    final.demand_account()
    _refuse_taken_ports(final, has_simulator)
    return _Plan(final, _environ(environ, final), made, folder, servers, has_simulator, is_first)


def _pointed_at(simulator: str) -> dict[str, str]:
    """Return the variables that point everything outside at the simulator: WeChat, the time, the duty's phones."""
    return {
        "XINYI_WECHAT_API": simulator,
        "XINYI_CLOCK": f"{simulator}/simulator/clock",
        "XINYI_DUTY_WEBHOOK": f"{simulator}/simulator/sink/group",
        "XINYI_SMS_URL": f"{simulator}/simulator/sink/sms",
    }


def _held(data: Path) -> Folder:
    folder = Folder(data)
    try:
        folder.hold()
    except Occupied:
        raise Broken(
            f"{data} 正被另一个 xinyi run 使用。先结束那一个，或者用 XINYI_DATA 另选一个数据目录。"
        ) from None
    except OSError as fault:
        raise settings.BadSetting(
            "XINYI_DATA", f"XINYI_DATA 指向的 {data} 不能写：{fault.strerror}。换一个能写的目录。"
        ) from None
    return folder


def _servers(chosen: Settings, folder: Folder) -> tuple[tuple[Server, ...], dict[str, str]]:
    """Return the servers of our own for what was not given, and their addresses as variables."""
    mongo_port, redis_port = folder.ports()
    own: dict[str, Server] = {}
    if not chosen.mongo_url:
        own["XINYI_MONGO_URL"] = Mongod(chosen.data / "mongo", mongo_port)
    if not chosen.redis_url:
        own["XINYI_REDIS_URL"] = Valkey(chosen.data / "redis", redis_port)
    return tuple(own.values()), {name: server.url for name, server in own.items()}


def _refuse_taken_ports(chosen: Settings, has_simulator: bool) -> None:
    fields = ["port", "simulator_port"] if has_simulator else ["port"]
    for field in fields:
        port = getattr(chosen, field)
        if free_port(port) != port:
            name = settings.variable(field)
            raise Broken(f"端口 {port} 已被别的程序占用。结束那个程序，或者用 {name} 另选一个端口。")


def _environ(environ: Mapping[str, str], final: Settings) -> dict[str, str]:
    """Return what the parts get: the environment as it is, with every setting of ours spelt out."""
    plain = {name: value for name, value in environ.items() if not name.startswith(settings.PREFIX)}
    log = "console" if final.log == "auto" and sys.stderr.isatty() else final.log
    return {**plain, **settings.spelt(final), "XINYI_LOG": log, "PYTHONUNBUFFERED": "1"}


class _Run:
    """One run, from the first server to the last line."""

    def __init__(self, plan: _Plan) -> None:
        self._plan = plan
        self._settings = plan.settings
        self._upkeep = Upkeep(_say)
        self._stop = asyncio.Event()

    async def live(self) -> int:
        """Start everything, stay until asked to end, end everything; returns the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self._stop.set)
        starting = asyncio.create_task(self._start())
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
            await stopping
        except NotReady as fault:
            click.echo(f"没有启动成功：{fault}。日志在 {self._settings.data} 里。", err=True)
            return 1
        else:
            return 0
        finally:
            starting.cancel()
            stopping.cancel()
            await asyncio.gather(starting, stopping, return_exceptions=True)
            await self._end()

    async def _start(self) -> None:
        began = time.monotonic()
        click.echo(f"心驿正在启动，数据在 {self._settings.data}")
        await self._servers()
        if self._plan.has_simulator:
            await self._simulator()
        self._tell_others()
        # Side by side: what takes time is making ready the words of danger, once for the import and once for the door.
        await asyncio.gather(self._bootstrap(), self._doors())
        await self._people()
        click.echo(f"准备好了，用了 {time.monotonic() - began:.1f} 秒。\n{self._welcome()}")

    async def _servers(self) -> None:
        for server in self._plan.servers:
            log = self._settings.data / f"{server.name}.log"
            if log.exists():
                log.replace(log.with_suffix(".before.log"))
            self._upkeep.keep(Part(server.name, server.command(), self._plan.environ, log))
        await asyncio.gather(*(_timed(server.name, server.ready()) for server in self._plan.servers))

    async def _simulator(self) -> None:
        """Start the simulator with its own variables and the account's, and with none of our keys."""
        own = {name: value for name, value in self._plan.environ.items() if not name.startswith(settings.PREFIX)}
        account = {name: value for name, value in self._plan.environ.items() if name.startswith("XINYI_OA_")}
        port = self._settings.simulator_port
        where = {
            "XINYI_SIMULATOR_PORT": str(port),
            "XINYI_SIMULATOR_SERVICE": f"http://127.0.0.1:{self._settings.port}",
            "XINYI_SIMULATOR_DATA": str(self._settings.data / "simulator"),
        }
        command = [sys.executable, "-m", "server.simulator"]
        self._upkeep.keep(Part("simulator", command, {**own, **account, **where}))
        await _timed("simulator", _answers(f"http://127.0.0.1:{port}/simulator/clock"))

    def _tell_others(self) -> None:
        """Let other commands of this data folder stand where this run stands."""
        if len(self._plan.servers) == 2:
            self._plan.folder.tell(Addresses(self._settings.mongo_url, self._settings.redis_url))
        self._plan.folder.stand({**settings.spelt(self._settings, secrets=False), **self._plan.made})

    async def _bootstrap(self) -> None:
        """Import what the library has; a fault in it is told and does not keep the service from answering."""
        if self._settings.is_connected:
            await self._once("library", "import")
        else:
            await asyncio.gather(
                self._once("library", "import", "--accept"),
                self._once("experts", "import", "--sample"),
                self._once("menu", "push"),
            )

    async def _once(self, noun: str, *words: str) -> None:
        began = time.monotonic()
        code = await self._upkeep.once(Part(noun, _ours(noun, *words), self._plan.environ))
        mark = "✓" if code == 0 else "✗ 没有成功，服务照常："
        click.echo(f"  {mark} {_LABELS[noun]} {time.monotonic() - began:.1f} 秒")

    async def _doors(self) -> None:
        for door in _DOORS:
            self._upkeep.keep(Part(door, _ours(door), self._plan.environ))
        await _timed("serve", _answers(f"http://127.0.0.1:{self._settings.port}/health/ready"))

    async def _people(self) -> None:
        if self._plan.is_first and self._plan.has_simulator:
            await _sample_followers(self._settings.wechat_api)

    def _welcome(self) -> str:
        port, metrics = self._settings.port, self._settings.metrics_port
        lines = [
            f"服务　　　 {self._settings.public_url}/health/ready",
            f"指标　　　 http://127.0.0.1:{metrics}/metrics",
            "按 Ctrl-C 结束。",
        ]
        if self._plan.has_simulator:
            lines.insert(0, f"值班的手机 {self._settings.wechat_api}/sink  ← 有人求助时，值班人员的手机上会看到什么")
            lines.insert(0, f"手机页面　 {self._settings.wechat_api}/  ← 在浏览器里打开，关注后发一句话试试")
        else:
            lines.insert(0, f"回调　　　 请把公众平台的服务器地址指到本机 {port} 端口的 /wechat")
        return "\n".join(lines)

    async def _end(self) -> None:
        began = time.monotonic()
        click.echo("正在结束，先做完手上的事……")
        await self._upkeep.end(("library", "experts", "menu", *_DOORS), _DOORS_END_WITHIN)
        await self._upkeep.end(_GROUND, _GROUND_ENDS_WITHIN)
        self._plan.folder.release()
        click.echo(f"都结束了，用了 {time.monotonic() - began:.1f} 秒；数据留在 {self._settings.data}。")


def _ours(*words: str) -> list[str]:
    return [sys.executable, "-m", "server", *words]


def _say(name: str, line: str) -> None:
    click.echo(f"{name:>9} | {line}")


async def _timed(name: str, deed: Awaitable[None]) -> None:
    began = time.monotonic()
    await deed
    click.echo(f"  ✓ {_LABELS[name]} {time.monotonic() - began:.1f} 秒")


async def _answers(address: str) -> None:
    """Return once the address answers 200; raises `NotReady` after a minute."""
    end = time.monotonic() + _READY_WITHIN
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2.0)) as session:
        while time.monotonic() < end:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with session.get(address) as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.1)
    raise NotReady(f"{address} 一分钟内没有回应")


async def _sample_followers(simulator: str) -> None:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30.0)) as session:
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):  # the phone page can make followers too
            await session.post(f"{simulator}/simulator/followers", json={"count": _SAMPLE_FOLLOWERS})
    click.echo(f"  ✓ 样例关注者 {_SAMPLE_FOLLOWERS} 位")
