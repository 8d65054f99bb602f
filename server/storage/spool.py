"""The help spool: turns of people in danger that were answered out of memory, kept on disk until they are stored."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from server import logs
from server.domain.conversation.messages import Heard, Text, Voice
from server.domain.conversation.model import Reply
from server.domain.refusals import Refusal
from server.storage.words import pack, unpack
from server.vault.keys import KeyLost, Master

log = logs.logger(__name__)

_KINDS: dict[str, type[Text | Voice]] = {"text": Text, "voice": Voice}
_SUFFIX = ".turn"
LOOK_SECONDS = 1.0

Recall = Callable[[Heard, Reply], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Told:
    """What was heard and what was answered, as it lies sealed in a file."""

    key: str
    openid: str
    account: str
    created: int
    arrived: datetime
    kind: str
    content: dict[str, Any]
    reply: dict[str, Any] | None
    at: datetime


class Spool:
    """One sealed file a turn, on disk before the help reply leaves, under a folder that every process of a host sees.

    Sealed under the master key itself, for the month's key lies in the database that did not answer. A turn kept
    twice is one file; a turn replayed twice is stored once, for its message's key decides.
    """

    def __init__(self, folder: Path, master: Master) -> None:
        self._folder = folder
        self._master = master

    async def keep(self, cause: str, heard: Heard, reply: Reply) -> bool:
        """Return whether the turn is on disk; a disk that fails is told in the log, and help leaves all the same."""
        sealed = self._master.wrap(_place(cause), msgspec.json.encode(_packed(heard, reply)))
        try:
            await asyncio.to_thread(self._write, cause, sealed)
        except OSError as fault:
            log.error("The spool cannot be written.", code=fault.errno, exc_info=True)
            return False
        return True

    def waiting(self) -> int:
        """Return how many turns wait to be stored; none where the folder cannot be read."""
        try:
            return len(self._files())
        except OSError:
            return 0

    def is_writable(self) -> bool:
        """Tell whether a turn could be kept now: its folder is there, or can be made, and takes a file."""
        probe = self._folder / f"probe-{os.getpid()}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            probe.write_bytes(b"\0")
            probe.unlink()
        except OSError:
            return False
        return True

    async def run(self, recall: Recall) -> None:
        """Replay what waits, again and again, until cancelled."""
        while True:
            await self.replay(recall)
            await asyncio.sleep(LOOK_SECONDS)

    async def replay(self, recall: Recall) -> None:
        """Hand every waiting turn to `recall`, oldest first, and let go of those that are stored.

        The first that cannot be stored ends it: whatever keeps that one away keeps the others away.
        """
        for file in self._files():
            try:
                told = self._read(file)
            except FileNotFoundError:
                continue  # another process of this host was faster
            except (KeyLost, KeyError, msgspec.MsgspecError, OSError):
                log.error("A turn in the spool cannot be read.", file=file.name, exc_info=True)
                continue
            if not await self._is_stored(file, recall, told):
                return

    async def _is_stored(self, file: Path, recall: Recall, told: tuple[Heard, Reply]) -> bool:
        """Hand one turn on and let go of it; False where whatever kept it away keeps the others away too."""
        try:
            await recall(*told)
        except Refusal:
            return False
        except Exception:  # this one stays and is told of; the next may be stored all the same
            log.error("A turn in the spool cannot be stored.", file=file.name, exc_info=True)
            return True
        await asyncio.to_thread(file.unlink, missing_ok=True)
        log.info("A turn of the spool is stored.", file=file.name)
        return True

    def _write(self, cause: str, sealed: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = self._folder / f"{cause}.{os.getpid()}.half"
        with half.open("wb") as out:
            out.write(sealed)
            out.flush()
            os.fsync(out.fileno())
        half.replace(self._folder / f"{cause}{_SUFFIX}")
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)  # else the file's name may be lost with the power
        finally:
            os.close(folder)

    def _read(self, file: Path) -> tuple[Heard, Reply]:
        clear = self._master.unwrap(_place(file.name.removesuffix(_SUFFIX)), file.read_bytes())
        return _unpacked(msgspec.json.decode(clear, type=_Told))

    def _files(self) -> list[Path]:
        if not self._folder.exists():
            return []
        found = [(file.stat().st_mtime_ns, file) for file in self._folder.glob(f"*{_SUFFIX}")]
        return [file for _, file in sorted(found)]


def _place(cause: str) -> str:
    return f"spool {cause}"


def _packed(heard: Heard, reply: Reply) -> "_Told":
    if not isinstance(heard.content, Text | Voice):
        raise TypeError(f"{type(heard.content).__name__} holds no words")
    return _Told(
        key=heard.key,
        openid=heard.openid,
        account=heard.account,
        created=heard.created,
        arrived=heard.arrived,
        kind=type(heard.content).__name__.lower(),
        content=msgspec.to_builtins(heard.content),
        reply=pack(reply.saying) if reply.saying else None,
        at=reply.at,
    )


def _unpacked(told: "_Told") -> tuple[Heard, Reply]:
    content = msgspec.convert(told.content, _KINDS[told.kind])
    heard = Heard(told.key, told.openid, told.account, told.created, told.arrived, content)
    return heard, Reply(unpack(told.reply) if told.reply else None, told.at)
