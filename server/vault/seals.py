"""Sealing: AES-256-GCM under a named data key, bound to the place where the sealed value lies."""

from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.vault.keys import NONCE_BYTES, Keyring

AES_256_GCM: Final = 1


class SealBroken(Exception):
    """A sealed value was changed, moved to another place, or is no sealed value at all."""


class Seals:
    """Seals and opens values; a sealed value begins with its algorithm and the name of its key."""

    def __init__(self, keyring: Keyring, randomness: Callable[[int], bytes]) -> None:
        self._keyring = keyring
        self._randomness = randomness

    async def seal(self, key_name: str, clear: bytes, place: str) -> bytes:
        """Seal under the key of this name; only who names the same place can open it."""
        key = self._keyring.at_hand(key_name) or await self._keyring.make(key_name)
        name, nonce = key_name.encode(), self._randomness(NONCE_BYTES)
        head = bytes((AES_256_GCM, len(name))) + name + nonce
        return head + key.encrypt(nonce, clear, place.encode())

    async def open(self, sealed: bytes, place: str) -> bytes:
        """Open a sealed value; raises `SealBroken`, or `KeyLost` when its key is gone."""
        if len(sealed) < 2 or sealed[0] != AES_256_GCM:
            raise SealBroken(place)
        start = 2 + sealed[1]
        try:
            name = sealed[2:start].decode()
        except UnicodeDecodeError as fault:
            raise SealBroken(place) from fault
        return _decrypt(await self._keyring.find(name), sealed[start:], place)


def _decrypt(key: AESGCM, body: bytes, place: str) -> bytes:
    try:
        return key.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as fault:
        raise SealBroken(place) from fault
