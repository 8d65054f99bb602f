"""What all control handlers share: JSON in, JSON out, a clear 400 for anything else."""

from __future__ import annotations

import json
from typing import Any

from tornado.web import HTTPError, RequestHandler

from ..followers import Follower
from ..world import World

Wishes = dict[str, Any]


class Complaint(Exception):
    """The caller of the control asked for something that cannot be; the sentence says what."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.status = status


class Control(RequestHandler):
    """One path under /simulator/."""

    world: World

    def initialize(self, world: World) -> None:
        """Takes the platform's state."""
        self.world = world

    def wishes(self, *known: str, more: bool = False) -> Wishes:
        """The JSON object of the body (empty: none); unknown names are a complaint unless `more` may come."""
        try:
            wishes = json.loads(self.request.body or b"{}")
            json.dumps(wishes, ensure_ascii=False).encode()  # Half a character cannot be shown to anybody.
        except (ValueError, RecursionError) as broken:
            raise Complaint(f"the body is not JSON: {broken}") from broken
        if not isinstance(wishes, dict):
            raise Complaint("the body must be a JSON object")
        unknown = [] if more else sorted(set(wishes) - set(known))
        if unknown:
            raise Complaint(f"{unknown[0]} is not known here; there are {', '.join(known)}")
        return wishes

    def follower(self, openid: str) -> Follower:
        """The follower of that openid; a complaint with 404 when there is none."""
        follower = self.world.followers.find(openid)
        if follower is None:
            raise Complaint(f"nobody has the openid {openid}", 404)
        return follower

    def answer(self, document: object) -> None:
        """Ends with a JSON document."""
        if self.request.method != "GET":
            self.world.is_changed = True
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(document, ensure_ascii=False).encode())

    def log_exception(self, *about: Any) -> None:  # noqa: ANN401  the framework's own signature
        """A complaint is ordinary business and is not logged."""
        if not isinstance(about[1], Complaint):
            super().log_exception(*about)

    def write_error(self, status_code: int, **more: Any) -> None:  # noqa: ANN401  the framework's own signature
        """Says in JSON what was wrong."""
        error = more.get("exc_info", (None, None, None))[1]
        if isinstance(error, Complaint):
            status_code = error.status
        words = str(error) if isinstance(error, (Complaint, HTTPError)) else "the stand-in itself failed"
        self.set_status(status_code)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps({"error": words}, ensure_ascii=False).encode())


def whole(wishes: Wishes, name: str, low: int, high: int) -> int:
    """A whole number within bounds."""
    value = wishes.get(name, low)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Complaint(f"{name} must be a whole number from {low} to {high}")
    return value


def seconds(wishes: Wishes, name: str, default: float) -> float:
    """A number of seconds that is not negative."""
    value = wishes.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise Complaint(f"{name} must be seconds, nought or more")
    return float(value)


def times(wishes: Wishes) -> int | None:
    """How often: a whole number from 1, one when nothing is said, null for always."""
    return None if "times" in wishes and wishes["times"] is None else whole({"times": 1} | wishes, "times", 1, 10**9)


def one_of(wishes: Wishes, name: str, allowed: tuple[str, ...]) -> str:
    """A word from a list."""
    value = wishes.get(name)
    if value not in allowed:
        raise Complaint(f"{name} must be one of {', '.join(allowed)}")
    return str(value)


def word(wishes: Wishes, name: str, default: str = "") -> str:
    """Any string."""
    value = wishes.get(name, default)
    if not isinstance(value, str):
        raise Complaint(f"{name} must be a string")
    return value


def truth(wishes: Wishes, name: str, default: bool = False) -> bool:
    """True or false."""
    value = wishes.get(name, default)
    if not isinstance(value, bool):
        raise Complaint(f"{name} must be true or false")
    return value
