"""The wrecker: it holds a process at a step, kills one of them with -9, and starts it again as its supervisor would."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError

from tests.servers import Servers
from tests.stories.city import City, Door
from tests.stories.kills.steps import Blow, Rota

Document = dict[str, Any]

HOLD_MS = 300  # long enough to be seen and killed at; short, for a step that is not wanted is held as well
CALL_SECONDS = 0.8
LOOK_SECONDS = 0.03
_ON_THE_WAY = 0.01  # seconds after which letters just sent are being worked on
LEASE_SECONDS = 91  # past the longest lease


@dataclass(frozen=True, slots=True)
class Held:
    """A write that a server holds back: whose it is, and of what."""

    number: int
    role: str
    command: str
    collection: str


Name = Callable[[Held], Awaitable[str]]


class Wrecker:
    """Kills at the steps that the rota still wants, wherever they come up while the story goes on.

    Writes are held by the fail point `failCommand` of mongod, calls by the fault `slow` of the simulator.
    """

    def __init__(self, city: City, servers: Servers, rota: Rota) -> None:
        self.rota = rota
        self.passes_leases = True
        self.on_strike: Callable[[], None] = lambda: None
        self._city = city
        self._servers = servers
        self._client: AsyncMongoClient[Document] = AsyncMongoClient(servers.mongod.url, appname="wrecker")
        self.database = self._client[city.environ["XINYI_MONGO_NAME"]]
        self._aim: Document = {}
        self._name: Name | None = None
        self._paths: dict[str, str] = {}
        self._seen: set[int] = set()
        self._turn = asyncio.Lock()
        self.doors: dict[str, Door] = {"serve": city.webs[0], "work": city.workers[0]}

    async def close(self) -> None:
        """Let go of the database."""
        await self._client.close()

    # Where it waits

    async def aim(self, name: Name, *commands: str, collection: str = "") -> None:
        """Hold these commands (of this collection, if one is given) from now on; `name` tells which step each is."""
        aim: Document = {"failCommands": list(commands), "blockConnection": True, "blockTimeMS": HOLD_MS}
        if collection:
            aim["namespace"] = f"{self.database.name}.{collection}"
        async with self._turn:
            self._name, self._aim = name, aim
            await self._arm()

    async def rest(self) -> None:
        """Hold nothing any more."""
        async with self._turn:
            self._name, self._aim, self._paths = None, {}, {}
            await self._arm()
            await self._city.ask("/simulator/faults", method="DELETE")

    async def hold_one_commit(self) -> None:
        """Hold the next commit of a web process for longer than its server lets a transaction live."""
        data = {"failCommands": ["commitTransaction"], "appName": "xinyi-serve", "blockConnection": True}
        hold = {"configureFailPoint": "failCommand", "mode": {"times": 1}, "data": {**data, "blockTimeMS": 6_000}}
        await self._client.admin.command(hold)

    async def holds_a_commit(self) -> bool:
        """Whether such a commit is held now."""
        commits = {"appName": "xinyi-serve", "command.commitTransaction": 1}
        cursor = await self._client.admin.aggregate([{"$currentOp": {"idleSessions": False}}, {"$match": commits}])
        return bool(await cursor.to_list())

    async def aim_at_calls(self, *paths: str) -> None:
        """Hold the next call of each of these paths that still has a blow to bear, once."""
        async with self._turn:
            for path in paths:
                await self._arm_call(path)

    async def _arm(self) -> None:
        command: Document = {"configureFailPoint": "failCommand", "mode": "alwaysOn" if self._aim else "off"}
        await self._client.admin.command({**command, "data": self._aim} if self._aim else command)

    async def _arm_call(self, path: str) -> None:
        blow = self.rota.next_blow(path)
        if blow is not None:
            self._paths[path] = blow.moment
            slow = {"path": path, "kind": "slow", "seconds": CALL_SECONDS, "when": blow.moment}
            await self._city.ask("/simulator/faults", slow)

    # What it does there

    async def watch(self) -> None:
        """Look out for what is held, and strike, until cancelled."""
        while True:
            async with self._turn:
                await self._look()
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        with suppress(PyMongoError):
            for held in await self._held():
                await self._meet_write(held)
        if self._paths:
            await self._meet_calls()

    async def _held(self) -> list[Held]:
        if self._name is None:
            return []
        ours = {"appName": {"$regex": "^xinyi-"}, "active": True}
        cursor = await self._client.admin.aggregate([{"$currentOp": {"allUsers": True}}, {"$match": ours}])
        found = [each async for each in _writes(cursor, self._aim.get("failCommands", ()))]
        fresh = [held for held in found if held.number not in self._seen and self._is_aimed_at(held)]
        self._seen |= {held.number for held in fresh}
        return fresh

    def _is_aimed_at(self, held: Held) -> bool:
        namespace: str = self._aim.get("namespace", "")
        return not namespace or namespace == f"{self.database.name}.{held.collection}"

    async def _meet_write(self, held: Held) -> None:
        if self._name is None:
            return
        step = await self._name(held)
        blow = self.rota.next_blow(step) if step else None
        if blow is None:
            return
        actor = self.doors[held.role]
        try:
            if blow.moment == "after":
                actor.send(signal.SIGSTOP)  # it never hears that the write was done
                await self._is_done(held)
            elif self._falls(blow) is actor:
                actor.kill()
                await self._undo(held)
            elif blow.victim == "web":
                actor.send(signal.SIGSTOP)  # else it would be steps ahead before the web process is back
            await self._strike(step, blow)
        finally:
            actor.send(signal.SIGCONT)

    async def _meet_calls(self) -> None:
        waiting = {fault["path"] for fault in (await self._city.ask("/simulator/faults"))["faults"]}
        for path in [path for path in self._paths if path not in waiting]:
            del self._paths[path]
            blow = self.rota.next_blow(path)
            if blow is not None:
                await self._strike(path, blow)

    async def _is_done(self, held: Held) -> None:
        mine = [{"$currentOp": {"idleSessions": False}}, {"$match": {"opid": held.number}}]
        while await (await self._client.admin.aggregate(mine)).to_list():
            await asyncio.sleep(LOOK_SECONDS)

    async def _undo(self, held: Held) -> None:
        """A server goes on with a write whose sender is gone: end it, so that it was never done."""
        with suppress(OperationFailure):
            await self._client.admin.command({"killOp": 1, "op": held.number})

    def _falls(self, blow: Blow) -> Door | None:
        return {"web": self.doors["serve"], "worker": self.doors["work"]}.get(blow.victim)

    async def _strike(self, step: str, blow: Blow) -> None:
        self.on_strike()
        await asyncio.sleep(_ON_THE_WAY)
        await {"web": self._web, "worker": self._worker, "mongod": self._mongod, "valkey": self._valkey}[blow.victim]()
        self.rota.bear(step)
        if self.passes_leases and blow.victim != "web":
            await self._city.ask("/simulator/clock", {"advance_seconds": LEASE_SECONDS})

    async def _web(self) -> None:
        door = self._city.webs[0]
        door.kill()
        door.launch()
        await self._city.ready()

    async def _worker(self) -> None:
        door = self._city.workers[0]
        door.kill()
        door.launch()
        await self._city.until(lambda: self._city.answers(door.metrics_url))

    async def _mongod(self) -> None:
        self._servers.mongod.kill()
        self._servers.mongod.launch()
        self._seen.clear()  # it counts its operations anew
        await self._servers.mongod.ready()
        with suppress(PyMongoError):
            await self._client.admin.command("ping")  # the old connections are told off
        await self._arm()

    async def _valkey(self) -> None:
        self._servers.valkey.kill()
        self._servers.valkey.launch()
        await self._servers.valkey.ready()


async def _writes(cursor: Any, commands: Sequence[str]) -> Any:
    async for op in cursor:
        command: Mapping[str, Any] = op.get("command", {})
        word = next((each for each in commands if each in command), "")
        if word:
            collection = "" if word == "commitTransaction" else str(command[word])
            yield Held(op["opid"], op["appName"].removeprefix("xinyi-"), word, collection)
