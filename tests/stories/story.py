"""What a story is told with: given, when, then."""

from datetime import UTC, datetime
from typing import Any

from server.domain.clock import SHANGHAI
from tests.stories.city import City


class Person:
    """A follower of the account, as the simulator's phone sees them."""

    def __init__(self, city: City, openid: str) -> None:
        self.city = city
        self.openid = openid
        self.told: dict[str, Any] | None = None

    @property
    def path(self) -> str:
        """Where the simulator speaks of this person."""
        return f"/simulator/followers/{self.openid}"

    async def writes(self, words: str, **more: object) -> str:
        """Write to the account; returns the words of the answer (empty: none)."""
        return self._heard(await self.city.ask(f"{self.path}/messages", {"type": "text", "content": words, **more}))

    async def sends(self, kind: str, **more: object) -> str:
        """Send another kind of message."""
        return self._heard(await self.city.ask(f"{self.path}/messages", {"type": kind, **more}))

    async def does(self, event: str, key: str = "") -> str:
        """Tap a menu button, follow, unfollow …"""
        return self._heard(await self.city.ask(f"{self.path}/events", {"event": event, "key": key}))

    async def inbox(self) -> list[dict[str, Any]]:
        """Everything the phone shows, in order."""
        items: list[dict[str, Any]] = (await self.city.ask(f"{self.path}/inbox"))["items"]
        return items

    async def received(self, by: str) -> list[str]:
        """The words or titles of what came this way (`mass`, `custom`, `reply`)."""
        return [words_of(item) for item in await self.inbox() if item["by"] == by and item["side"] == "account"]

    def _heard(self, outcome: dict[str, Any]) -> str:
        self.told = outcome
        reply = outcome.get("reply")
        return "" if not reply else words_of(reply)


class Story:
    """One story's own view of its city."""

    def __init__(self, city: City) -> None:
        self.city = city

    async def a_follower(self, **more: object) -> Person:
        """Somebody who has just followed the account."""
        return (await self.followers(1, **more))[0]

    async def followers(self, count: int, **more: object) -> list[Person]:
        """So many new followers."""
        made = await self.city.ask("/simulator/followers", {"count": count, **more})
        return [Person(self.city, openid) for openid in made["openids"]]

    async def now(self) -> datetime:
        """The time of this city."""
        return datetime.fromisoformat((await self.city.ask("/simulator/clock"))["now"]).astimezone(UTC)

    async def the_clock_reaches(self, wanted: datetime) -> None:
        """Let the time come, and everything that falls due until then be done."""
        body = {"advance_to": wanted.astimezone(UTC).isoformat().replace("+00:00", "Z"), "settle": True}
        answer = await self.city.ask("/simulator/clock", body)
        assert answer["settled"], "what was due was not done within 30 s"

    async def passes(self, **ahead: float) -> None:
        """Let `seconds=`, `minutes=`, `hours=` pass."""
        seconds = ahead.get("seconds", 0) + 60 * ahead.get("minutes", 0) + 3600 * ahead.get("hours", 0)
        answer = await self.city.ask("/simulator/clock", {"advance_seconds": seconds, "settle": True})
        assert answer["settled"], "what was due was not done within 30 s"

    async def calls(self, path: str) -> list[dict[str, Any]]:
        """What the service asked of WeChat under this path."""
        found: list[dict[str, Any]] = (await self.city.ask(f"/simulator/calls?path={path}"))["calls"]
        return found


def words_of(item: dict[str, Any]) -> str:
    """The words of a reply or an inbox item: its text, or the titles of its articles."""
    text = item.get("text") or item.get("content") or ""
    return str(text) or "\n".join(article["title"] for article in item.get("articles", ()))


def shanghai(wanted: str) -> datetime:
    """A Shanghai wall-clock time such as 2026-11-27T07:30."""
    return datetime.fromisoformat(wanted).replace(tzinfo=SHANGHAI)
