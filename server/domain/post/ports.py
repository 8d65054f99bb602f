"""What the post needs of the outside, in its own words."""

from typing import Protocol

from server.domain.post.saying import Saying


class Carrier(Protocol):
    """Carries one saying to one person by a customer-service message."""

    async def carry(self, openid: str, saying: Saying) -> None:
        """Send it once; raises a `faults.Fault`: `Closed`, `Gone`, `Unclear` … (never repeats by itself)."""
        ...
