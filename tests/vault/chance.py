"""Chance that a test can repeat: every bytes it gives are new, and the same in every run."""

import random


class Chance:
    """Stands in for `secrets.token_bytes`."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)

    def __call__(self, count: int) -> bytes:
        """Return so many bytes."""
        return self._random.randbytes(count)
