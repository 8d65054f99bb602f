"""Signing and sealing as the platform's message push does it (fact sheet §1.1–1.3)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32  # The platform pads to 32 bytes although AES works on 16.


class BadEnvelope(ValueError):
    """What was handed over cannot be opened; the sentence says where it broke."""


def signature(*parts: str) -> str:
    """SHA-1, in lower-case hex, of the parts sorted by their bytes and joined with nothing between."""
    joined = b"".join(sorted(part.encode() for part in parts))
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def is_signed(given: str, *parts: str) -> bool:
    """Whether a signature belongs to the parts, compared in constant time."""
    return hmac.compare_digest(given.encode(), signature(*parts).encode())


class Sealer:
    """Seals and opens for one account: AES-256-CBC, key from the 43 characters, first 16 bytes as IV."""

    def __init__(self, aes_key: str, appid: str) -> None:
        key = base64.b64decode(aes_key + "=")
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))
        self._appid = appid.encode()

    def seal(self, message: bytes, random: bytes | None = None) -> str:
        """Random 16 bytes, big-endian length, message, appid; padded to 32, encrypted, in Base64."""
        plain = (random or secrets.token_bytes(16)) + struct.pack(">I", len(message)) + message + self._appid
        pad = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher.encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()

    def open(self, sealed: str) -> bytes:
        """The message inside; `BadEnvelope` for anything that the platform's own layout does not allow."""
        try:
            data = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError) as broken:
            raise BadEnvelope("Encrypt is not Base64") from broken
        if not data or len(data) % 16:
            raise BadEnvelope("Encrypt is not whole blocks of AES")
        decryptor = self._cipher.decryptor()
        return self._unwrap(decryptor.update(data) + decryptor.finalize())

    def _unwrap(self, padded: bytes) -> bytes:
        pad = padded[-1]
        if not 1 <= pad <= BLOCK or padded[-pad:] != bytes([pad]) * pad:
            raise BadEnvelope("the padding is not PKCS#7 to 32 bytes")
        plain = padded[:-pad]
        if len(plain) < 20:
            raise BadEnvelope("there is no room for random bytes and length")
        (length,) = struct.unpack(">I", plain[16:20])
        message, appid = plain[20 : 20 + length], plain[20 + length :]
        if len(message) != length or appid != self._appid:
            raise BadEnvelope("the length or the appid does not fit")
        return message
