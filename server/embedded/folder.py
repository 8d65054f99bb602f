"""The data folder of one `xinyi run`: who holds it, and where its servers are."""

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from server.embedded.servers import free_port

_LOCK = "run.lock"
_ADDRESSES = "embedded.json"
_STANDING = "standing.json"
_PORTS = "ports.json"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the embedded servers are reached."""

    mongo: str
    redis: str


class Occupied(Exception):
    """Another run holds this data folder."""


class Folder:
    """The data folder of one `xinyi run`, held by it alone for as long as it lives."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None

    def hold(self) -> None:
        """Keep other runs out; raises `Occupied` if one is there. The kernel lets go when this process ends."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise Occupied(str(self.path)) from None
        self._lock = lock

    def release(self) -> None:
        """Forget what stood here and let the next run in."""
        for name in (_ADDRESSES, _STANDING):
            (self.path / name).unlink(missing_ok=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def ports(self) -> tuple[int, int]:
        """Return ports for mongod and valkey, those of the last run if they are free."""
        remembered = _json(self.path / _PORTS)
        ports = free_port(int(remembered.get("mongo", 0))), free_port(int(remembered.get("redis", 0)))
        write(self.path / _PORTS, json.dumps({"mongo": ports[0], "redis": ports[1]}))
        return ports

    def tell(self, addresses: Addresses) -> None:
        """Write where the embedded servers are, so that other commands join them."""
        write(self.path / _ADDRESSES, json.dumps({"mongo": addresses.mongo, "redis": addresses.redis}))

    def stand(self, environ: Mapping[str, str]) -> None:
        """Write the variables that this run gives to its children, so that other commands stand where they do."""
        write(self.path / _STANDING, json.dumps(dict(environ), indent=1))


def addresses(data: Path) -> Addresses | None:
    """Return where the embedded servers of the run that holds this folder are; `None` if no run does."""
    found = _json(data / _ADDRESSES) if _is_held(data) else {}
    return Addresses(found["mongo"], found["redis"]) if found else None


def standing(data: Path) -> Mapping[str, str]:
    """Return the variables of the run that holds this folder; empty if no run does."""
    return _json(data / _STANDING) if _is_held(data) else {}


def write(path: Path, text: str) -> None:
    """Write a file of mode 600 whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _json(path: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found


def _is_held(data: Path) -> bool:
    try:
        lock = os.open(data / _LOCK, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False
