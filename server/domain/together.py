"""The need to change several things at once, shared by every room that has it."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Together(Protocol):
    """Changes several things at once, or none of them."""

    async def __call__(self, deed: Callable[[], Awaitable[T]]) -> T:
        """Run the deed in one transaction; it may run again, so it has no effect outside the database."""
        ...
