"""Voice messages without words: fetched while the platform has them, kept sealed for duty staff, gone after 72 h."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from server.domain.clock import Clock
from server.domain.post.faults import Busy, Fault, Unclear
from server.domain.refusals import NotFound

KEPT_FOR = timedelta(hours=72)  # design.md 6.6; the platform itself keeps them as long (fact sheet 3.1)
LEASE = timedelta(seconds=60)
TRIES = 12
_AGAIN = timedelta(minutes=2)


class VoiceState(StrEnum):
    """Where a voice stands; `lost` was never had, `erased` is gone with age."""

    WAITING = "waiting"
    KEPT = "kept"
    LOST = "lost"
    ERASED = "erased"


STEPS = {
    VoiceState.WAITING: {VoiceState.KEPT, VoiceState.LOST},
    VoiceState.KEPT: {VoiceState.ERASED},
    VoiceState.LOST: set[VoiceState](),
    VoiceState.ERASED: set[VoiceState](),
}
OPEN = frozenset({VoiceState.WAITING, VoiceState.KEPT})


@dataclass(frozen=True, slots=True)
class Voice:
    """One spoken message; `id` is its message's cause, `media` the platform's name of it.

    `due` is when it is fetched, looked for again or erased; `claims` guards who took it in hand.
    """

    id: str
    worker: str
    media: str
    format: str
    at: datetime
    due: datetime | None
    state: VoiceState = VoiceState.WAITING
    tries: int = 0
    claims: int = 0


class Voices(Protocol):
    """The voices and their sealed sound."""

    async def add(self, voice: Voice) -> None:
        """Keep a voice to be fetched, unless its id is taken; joins a running transaction."""
        ...

    async def due(self, now: datetime, most: int) -> list[str]:
        """Return ids of voices for which something must happen now."""
        ...

    async def claim(self, voice: str, now: datetime, until: datetime) -> Voice | None:
        """Take a due voice in hand until then; None if another was first."""
        ...

    async def settle(self, voice: Voice, sound: bytes | None) -> bool:
        """Store a claimed voice and, sealed, its sound (None: none, and any kept before is gone).

        False, and nothing is stored, if another has claimed it since.
        """
        ...

    async def sound(self, voice: str) -> tuple[Voice, bytes] | None:
        """Return a voice and its sound, opened; None where there is none."""
        ...


class Recordings(Protocol):
    """The platform's own keeping of what was spoken."""

    async def voice(self, media_id: str) -> bytes:
        """Return the sound; raises a `Fault`."""
        ...


@dataclass(frozen=True, slots=True)
class VoiceService:
    """Fetches, keeps and erases; every step may be taken twice without harm."""

    voices: Voices
    recordings: Recordings
    clock: Clock

    async def add(self, voice: Voice) -> None:
        """Keep a voice to be fetched soon; joins a running transaction."""
        await self.voices.add(voice)

    async def due(self, most: int) -> list[str]:
        """Return ids of voices for which something must happen now."""
        return await self.voices.due(self.clock.now(), most)

    async def look(self, ids: Sequence[str]) -> None:
        """Do what has fallen due for these voices; those another process holds are left to it."""
        for voice_id in ids:
            now = self.clock.now()
            voice = await self.voices.claim(voice_id, now, now + LEASE)
            if voice is not None:
                await self.voices.settle(*await self._looked_at(voice, now))

    async def sound(self, voice: str) -> tuple[Voice, bytes]:
        """Return a voice and its sound; raises `NotFound` when it is not kept (any more)."""
        found = await self.voices.sound(voice)
        if found is None or found[0].at + KEPT_FOR <= self.clock.now():
            raise NotFound("没有这条语音，或者已经过了 72 小时、删除了。")
        return found

    async def _looked_at(self, voice: Voice, now: datetime) -> tuple[Voice, bytes | None]:
        if voice.state is VoiceState.KEPT:
            return replace(voice, state=VoiceState.ERASED, due=None), None
        tried = replace(voice, tries=voice.tries + 1)
        if voice.at + KEPT_FOR <= now:
            return replace(tried, state=VoiceState.LOST, due=None), None
        try:
            sound = await self.recordings.voice(voice.media)
        except (Busy, Unclear) as fault:
            return self._again(tried, now, fault), None
        except Fault:
            return replace(tried, state=VoiceState.LOST, due=None), None
        return replace(tried, state=VoiceState.KEPT, due=voice.at + KEPT_FOR), sound

    def _again(self, voice: Voice, now: datetime, fault: Fault) -> Voice:
        if voice.tries >= TRIES:
            return replace(voice, state=VoiceState.LOST, due=None)
        wait = timedelta(seconds=fault.seconds) if isinstance(fault, Busy) else _AGAIN
        return replace(voice, due=now + wait)
