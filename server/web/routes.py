"""The one table of doors over HTTP. Every row names its guard; a row without one stops the start."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tornado.httputil import HTTPServerConnectionDelegate
from tornado.web import Application, RequestHandler

from server.domain.refusals import NotFound
from server.web import guards
from server.web.base import Door, Guard
from server.web.callback import Callback, Letters
from server.web.front import Front, Letterbox
from server.web.health import Live, Ready
from server.web.read import BodyPicture, Cover, File, Read


@dataclass(frozen=True, slots=True)
class Route:
    """One door: its path, its handler, who may come in, and which services it asks by name."""

    path: str
    handler: type[Door]
    guard: Guard
    asks: tuple[str, ...] = ()
    plain: bool = field(default=False, kw_only=True)  # no JSON shapes to declare
    posts: Callable[..., Letterbox] | None = field(default=None, kw_only=True)  # takes them in the handler's stead

    def __post_init__(self) -> None:
        if not callable(self.guard):
            raise TypeError(f"the route {self.path} names no guard")


_PIECE = r"([a-z0-9-]{3,60})"

ROUTES = (
    Route(r"/wechat", Callback, guards.sealed, ("envelope", "conversation", "clock"), plain=True, posts=Letters),
    Route(r"/read/page\.css", File, guards.everyone, ("path",), plain=True),
    Route(r"/read/pictures/([A-Za-z0-9._-]{1,80})", BodyPicture, guards.everyone, ("pages",), plain=True),
    Route(rf"/read/{_PIECE}", Read, guards.everyone, ("library", "pages"), plain=True),
    Route(rf"/read/{_PIECE}/cover\.jpg", Cover, guards.everyone, ("library", "pages"), plain=True),
    Route(r"/health/live", Live, guards.everyone, plain=True),
    Route(r"/health/ready", Ready, guards.everyone, ("readiness",), plain=True),
)


class Nowhere(Door):
    """Whatever is no door of ours."""

    async def prepare(self) -> None:
        """Say so, whatever the verb."""
        raise NotFound("没有这个地址。")


def application(services: Mapping[str, object], routes: tuple[Route, ...] = ROUTES) -> HTTPServerConnectionDelegate:
    """Return what Tornado's server asks for these routes, each door given the services it asks for."""
    asked = {route.path: {name: services[name] for name in route.asks} for route in routes}
    handlers: list[tuple[str, type[RequestHandler], dict[str, object]]] = [
        (route.path, route.handler, {"guard": route.guard, **asked[route.path]}) for route in routes
    ]
    doors = Application(
        handlers,
        default_handler_class=Nowhere,
        default_handler_args={"guard": guards.everyone},
        compress_response=False,
        log_function=_tell_nobody,
    )
    return Front({route.path: route.posts(**asked[route.path]) for route in routes if route.posts}, doors)


def _tell_nobody(_handler: RequestHandler) -> None:
    """Keep no access log: addresses hold signatures and open ids."""
