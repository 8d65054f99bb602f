"""Data keys that live for a month, wrapped under the master key and kept apart from the data."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.domain.clock import wall

KEY_BYTES = 32
NONCE_BYTES = 12
_MASTER_NAME = 8


class KeyLost(Exception):
    """A data key is gone (destroyed with age) or was wrapped under a master key we do not have."""


class WrappedKeys(Protocol):
    """Where wrapped data keys are kept; the first key written under a name is the only one ever."""

    async def find(self, name: str) -> bytes | None:
        """Return the wrapped key of this name."""
        ...

    async def add(self, name: str, wrapped: bytes) -> bytes:
        """Keep this wrapped key unless the name has one; return the one that is kept."""
        ...


def chat_key(instant: datetime) -> str:
    """Return the name of the month's key for what is written, said or sent in chat."""
    return f"chat-{wall(instant):%Y-%m}"


class Master:
    """The master key, and the one before it for as long as keys wrapped under that are still read."""

    def __init__(self, current: bytes, old: bytes | None, randomness: Callable[[int], bytes]) -> None:
        self._current = _name(current)
        self._ciphers: Mapping[bytes, AESGCM] = {
            _name(key): AESGCM(key) for key in (current, old) if key is not None
        }
        self._randomness = randomness
        self._marking = hmac.new(hmac.digest(current, b"xinyi marks", "sha256"), digestmod="sha256")

    def wrap(self, name: str, key: bytes) -> bytes:
        """Return the key sealed under the current master key and bound to its name."""
        nonce = self._randomness(NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, key, name.encode())
        return self._current + nonce + sealed

    def unwrap(self, name: str, wrapped: bytes) -> bytes:
        """Return the key; raises `KeyLost` when no master key of ours opens it."""
        cipher = self._ciphers.get(wrapped[:_MASTER_NAME])
        if cipher is None:
            raise KeyLost(name)
        start = _MASTER_NAME + NONCE_BYTES
        try:
            return cipher.decrypt(wrapped[_MASTER_NAME:start], wrapped[start:], name.encode())
        except (InvalidTag, ValueError) as fault:
            raise KeyLost(name) from fault

    def mark(self, text: str) -> str:
        """Return the keyed hash by which logs and rows name a message without telling whose it is."""
        marking = self._marking.copy()  # the key is worked in once, not for every message
        marking.update(text.encode())
        return marking.digest()[:10].hex()

    def fresh_key(self) -> bytes:
        """Return a new data key."""
        return self._randomness(KEY_BYTES)


class Keyring:
    """Data keys by name, made at first use and remembered open for the life of the process."""

    def __init__(self, master: Master, kept: WrappedKeys) -> None:
        self._master = master
        self._kept = kept
        self._open: dict[str, AESGCM] = {}

    def at_hand(self, name: str) -> AESGCM | None:
        """Return the key if this process has it open already."""
        return self._open.get(name)

    async def make(self, name: str) -> AESGCM:
        """Return the key of this name for sealing; it is made if there is none."""
        if (key := self._open.get(name)) is not None:
            return key
        wrapped = await self._kept.find(name)
        if wrapped is None:
            wrapped = await self._kept.add(name, self._master.wrap(name, self._master.fresh_key()))
        return self._remember(name, wrapped)

    async def find(self, name: str) -> AESGCM:
        """Return the key of this name for opening; raises `KeyLost` when it was destroyed."""
        if (key := self._open.get(name)) is not None:
            return key
        wrapped = await self._kept.find(name)
        if wrapped is None:
            raise KeyLost(name)
        return self._remember(name, wrapped)

    def _remember(self, name: str, wrapped: bytes) -> AESGCM:
        key = AESGCM(self._master.unwrap(name, wrapped))
        self._open[name] = key
        return key


def _name(master: bytes) -> bytes:
    return hashlib.sha256(b"xinyi master" + master).digest()[:_MASTER_NAME]
