"""Remembering across a restart: one JSON file, written whole and then put in the place of the last."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from pathlib import Path
from typing import Any

from . import sending
from .world import World

VERSION = 3
PAUSE = 1.0  # At most one snapshot a second,
SHARE = 20  # and no more than a twentieth of the time spent on them.

log = logging.getLogger("simulator")


def plain(world: World) -> dict[str, Any]:
    """Everything that outlives the process."""
    return {
        "version": VERSION,
        "offset": world.clock.offset,
        "last_message": world.last_message,
        "begun_as": _set_from_outside(world),
        "account": world.account.plain(),
        "followers": world.followers.plain(),
        "inboxes": world.inboxes.plain(),
        "tokens": world.tokens.plain(),
        "quotas": world.quotas.plain(),
        "media": world.media.plain(),
        "drafts": world.drafts.plain(),
        "mass": world.mass.plain(),
        "mini_program": world.mini_program.plain(),
        "sink": world.sink.plain(),
    }


def revive(world: World, record: dict[str, Any]) -> None:
    """Puts a world back to where `plain` found it."""
    world.clock.offset = record["offset"]
    world.last_message = record["last_message"]
    for name, value in record["account"].items():
        setattr(world.account, name, value)
    for name, value in _set_from_outside(world).items():
        if value != record["begun_as"][name]:  # A variable that was changed since says more than an old snapshot.
            setattr(world.account, name, value)
    world.followers.revive(record["followers"])
    world.inboxes.revive(record["inboxes"])
    world.tokens.revive(record["tokens"])
    world.quotas.revive(record["quotas"])
    world.media.revive(record["media"])
    world.drafts.revive(record["drafts"])
    world.mass.revive(record["mass"])
    world.mini_program.revive(record["mini_program"])
    world.sink.revive(record["sink"])


def renewed(record: dict[str, Any]) -> dict[str, Any]:
    """A record of version 2 as version 3 would have written it; any other as it is.

    What version 3 can say besides (speech recognition, the details of a bubble) has a value when nothing is said.
    """
    if record.get("version") != 2:
        return record
    return record | {"version": 3, "sink": {"last": 0, "messages": []}}


def _set_from_outside(world: World) -> dict[str, str]:
    return {"kind": world.settings.kind, "mode": world.settings.mode}


class Keeper:
    """Keeps the snapshot of one world in a folder, or keeps nothing when there is none."""

    def __init__(self, world: World, folder: Path | None) -> None:
        self._world = world
        self._file = folder / "simulator.json" if folder else None

    def load(self) -> None:
        """Takes up the last snapshot and goes on with the sends it left unfinished."""
        if self._file is None or not self._file.exists():
            return
        record = self._read(self._file)
        if record is None:
            self._file.replace(self._file.with_suffix(".old"))
            log.warning("the snapshot is of another version or broken; it is kept aside as simulator.old")
            return
        revive(self._world, record)
        sending.resume(self._world)

    def _read(self, file: Path) -> dict[str, Any] | None:
        """The record of a snapshot that this version or the last one wrote; None for any other."""
        try:
            record: dict[str, Any] = renewed(json.loads(file.read_text(encoding="utf-8")))
        except ValueError:
            return None
        is_ours = record.get("version") == VERSION and record.keys() >= plain(self._world).keys()
        return record if is_ours else None

    async def run(self) -> None:
        """Writes whenever something has changed, for ever."""
        while True:
            begun = time.monotonic()
            self.save()
            await asyncio.sleep(max(PAUSE, SHARE * (time.monotonic() - begun)))

    def save(self) -> None:
        """Writes now if anything has changed."""
        if self._file is None or not self._world.is_changed:
            return
        self._world.is_changed = False
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(plain(self._world), ensure_ascii=False), encoding="utf-8")
        fresh.replace(self._file)
