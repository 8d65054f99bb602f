"""Ids of our own: short strings that sort by the time they were made."""

import hashlib
from datetime import datetime

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no letter looks like a digit
_RANDOM_BYTES = 10


def _base32(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 32)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def make(prefix: str, now: datetime, chance: bytes) -> str:
    """Return an id like `w-01k9…`: a prefix, the millisecond, then ten bytes of the chance handed in."""
    milliseconds = int(now.timestamp() * 1000)
    return f"{prefix}-{_base32(milliseconds, 9)}{_base32(int.from_bytes(chance[:_RANDOM_BYTES]), 16)}"


def from_cause(prefix: str, now: datetime, cause: str) -> str:
    """Return the one id that this cause makes of this kind: repeated at the same instant, it is the same."""
    return make(prefix, now, hashlib.sha256(f"{prefix}:{cause}".encode()).digest())
