"""The table of doors: every row names its guard, refusals are told alike, and nothing leaks."""

import json
from collections.abc import AsyncIterator
from typing import ClassVar

import aiohttp
import pytest
from tornado.web import HTTPError

from server.domain import refusals
from server.domain.refusals import Forbidden, Refusal
from server.web import guards
from server.web.base import HEADERS, SORRY, Door
from server.web.routes import ROUTES, Route, application
from tests.web.conftest import House, served

SECRET = "/srv/xinyi/secret 我今天很难过"
REFUSALS = [each for each in vars(refusals).values() if isinstance(each, type) and issubclass(each, Refusal)]

ALWAYS = {name: HEADERS[name] for name in ("Server", "X-Content-Type-Options", "Referrer-Policy")}
PUBLIC = {
    r"/read/page\.css",
    r"/read/pictures/([A-Za-z0-9._-]{1,80})",
    r"/read/([a-z0-9-]{3,60})",
    r"/read/([a-z0-9-]{3,60})/cover\.jpg",
    r"/health/live",
    r"/health/ready",
}


def test_every_door_names_its_guard_and_only_these_are_open_to_everybody() -> None:
    assert {route.path for route in ROUTES if route.guard is guards.everyone} == PUBLIC
    assert {route.path for route in ROUTES if route.guard is guards.sealed} == {"/wechat"}
    assert len(ROUTES) == len(PUBLIC) + 1


def test_a_door_without_a_guard_stops_the_start() -> None:
    with pytest.raises(TypeError, match="/api/new names no guard"):
        Route("/api/new", Door, None)  # type: ignore[arg-type]  # what must not be


def test_a_door_that_asks_for_a_service_nobody_gives_stops_the_start() -> None:
    with pytest.raises(KeyError):
        application({})


# Doors of the test's own behind the real base


class Trapdoor(Door):
    """A door that fails as its address says."""

    opened: ClassVar[list[str]] = []
    faults: ClassVar[dict[str, Exception]] = {
        **{each.code: each("请换一个时间。") for each in REFUSALS},
        "broken": RuntimeError(SECRET),
        "tornado": HTTPError(400, SECRET),
        "tornado-500": HTTPError(500, SECRET),
    }

    async def get(self, name: str) -> None:
        self.opened.append(name)
        raise self.faults[name]


async def refusing(_door: Door) -> None:
    raise Forbidden("请先登录。")


@pytest.fixture
async def trap() -> AsyncIterator[str]:
    Trapdoor.opened.clear()
    routes = (
        Route(r"/trap/([a-z0-9-]+)", Trapdoor, guards.everyone),
        Route(r"/guarded/([a-z0-9-]+)", Trapdoor, refusing),
    )
    async with served(application({}, routes)) as port:
        yield f"http://127.0.0.1:{port}"


async def fetched(address: str, verb: str = "GET") -> tuple[int, bytes, dict[str, str]]:
    async with aiohttp.ClientSession() as session, session.request(verb, address) as answer:
        return answer.status, await answer.read(), {name.lower(): value for name, value in answer.headers.items()}


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda each: each.code)
async def test_a_refusal_is_told_by_its_status_its_code_and_its_sentence(trap: str, refusal: type[Refusal]) -> None:
    status, body, headers = await fetched(f"{trap}/trap/{refusal.code}")
    assert status == refusal.status
    assert json.loads(body) == {"code": refusal.code, "message": "请换一个时间。"}
    assert headers["content-type"].startswith("application/json")


async def test_a_guard_that_refuses_keeps_the_door_shut(trap: str) -> None:
    status, body, _ = await fetched(f"{trap}/guarded/broken")
    assert status == 403
    assert json.loads(body)["message"] == "请先登录。"
    assert Trapdoor.opened == []


@pytest.mark.parametrize(
    ("name", "status", "code"), [("broken", 500, "fault"), ("tornado", 400, "malformed"), ("tornado-500", 500, "fault")]
)
async def test_a_fault_of_ours_is_told_with_an_apology_and_nothing_else(
    trap: str, name: str, status: int, code: str
) -> None:
    told, body, headers = await fetched(f"{trap}/trap/{name}")
    assert (told, json.loads(body)["code"]) == (status, code)
    everything = body.decode() + repr(headers)
    for leak in ("secret", "难过", "Traceback", "RuntimeError", "Tornado", ".py"):
        assert leak not in everything
    if status == 500:
        assert json.loads(body)["message"] == SORRY


# The real doors


async def test_what_is_no_door_is_not_found_whatever_the_verb(house: House) -> None:
    for path in ("/", "/nowhere", "/api/bookings", "/read/", "/health", "/wechat/../etc/passwd"):
        for verb in ("GET", "POST", "PUT", "DELETE", "PATCH"):
            answer = await house.asks(verb, path)
            assert answer.status == 404, (verb, path)
            assert json.loads(answer.body)["code"] == "not-found"


async def test_a_verb_that_a_door_does_not_know_is_refused(house: House) -> None:
    for path in ("/health/live", "/health/ready", "/read/page.css"):
        answer = await house.asks("DELETE", path)
        assert answer.status == 405, path
        assert json.loads(answer.body)["code"] == "malformed"


async def test_every_answer_carries_the_houses_headers_and_no_cookie(house: House) -> None:
    for path in ("/health/live", "/read/page.css", "/read/no-such-piece", "/nowhere", "/wechat"):
        answer = await house.gets(path)
        assert {name: answer.headers.get(name.lower()) for name in ALWAYS} == ALWAYS, path
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src ")
        assert "unsafe" not in policy
        assert "http" not in policy
        assert "set-cookie" not in answer.headers


async def test_a_piece_that_is_not_shown_is_told_on_a_page(house: House) -> None:
    for path in ("/read/no-such-piece", "/read/a-reply"):
        answer = await house.gets(path)
        assert answer.status == 404
        assert answer.headers["content-type"].startswith("text/html")
    assert (await house.gets("/read/no-such-piece/cover.jpg")).status == 404
    assert (await house.gets("/read/pictures/no-such-picture.png")).status == 404


async def test_a_process_lives_and_is_ready_once_the_stores_were_reached(house: House) -> None:
    assert (await house.gets("/health/live")).status == 200
    ready = await house.gets("/health/ready")
    assert ready.status == 200
    assert json.loads(ready.body).keys() == {"now", "due", "spool", "degraded"}
    house.readiness.is_ready = False
    assert (await house.gets("/health/ready")).status == 503
