"""The need to have work done soon, after what was decided is stored."""

from collections.abc import Sequence
from typing import Protocol


class Later(Protocol):
    """Asks for work by name. Losing it is harmless: the rows it speaks of are due and the tick finds them."""

    async def soon(self, name: str, ids: Sequence[str]) -> None:
        """Ask that the job of this name look at these ids."""
        ...
