"""The eleven things that are counted and timed; doors and workshops write them, Prometheus reads them."""

import threading
from collections.abc import Callable
from wsgiref.simple_server import WSGIServer

from prometheus_client import Counter, Gauge, Histogram, start_http_server

_FAST = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 3.5, 4.0, 4.5, 5.0)  # WeChat waits five
_SLOW = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_BATCH = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_PORTS_TRIED = 20

CALLBACK_SECONDS = Histogram(
    "xinyi_callback_seconds", "From a message's arrival to its answer.", ("kind", "outcome"), buckets=_FAST
)
REPEATS = Counter("xinyi_repeats", "Messages that had been answered before.")
POST_ROWS = Counter("xinyi_post_rows", "Rows of the post that came into a state.", ("state",))
WECHAT_CALLS = Counter("xinyi_wechat_calls", "Calls to WeChat by the code they came back with.", ("path", "code"))
WECHAT_SECONDS = Histogram("xinyi_wechat_seconds", "How long WeChat took.", ("path",), buckets=_SLOW)
TOKEN_FETCHES = Counter("xinyi_token_fetches", "Access tokens asked of WeChat.", ("outcome",))
TICK_LAG = Gauge("xinyi_tick_lag_seconds", "How long the oldest due thing has waited.")
GATHER_BATCH = Histogram("xinyi_gather_batch", "Rows written together in one insert.", buckets=_BATCH)
CLOCK_SKEW = Gauge("xinyi_clock_skew_seconds", "A signed message's stamp minus our clock.")
ALERTS = Counter("xinyi_alerts", "Alerts to duty staff by channel and what became of them.", ("channel", "outcome"))
REFUSED = Counter("xinyi_refused", "Requests turned away at the callback.", ("reason",))


def serve(port: int) -> "Exporter":
    """Show the metrics at `/metrics` on loopback, at this port or the first free one of the twenty from it on.

    Raises `OSError` when all of them are taken.
    """
    for candidate in range(port, port + _PORTS_TRIED):
        try:
            server, thread = start_http_server(candidate, addr="127.0.0.1")
        except OSError:
            continue
        return Exporter(candidate, server, thread)
    raise OSError(f"no free port for metrics from {port} to {port + _PORTS_TRIED - 1}")


class Exporter:
    """The running exporter: where it listens, and how it ends."""

    def __init__(self, port: int, server: WSGIServer, thread: threading.Thread) -> None:
        self.port = port
        self._ends: tuple[Callable[[], None], ...] = (server.shutdown, server.server_close, thread.join)

    def close(self) -> None:
        """Stop listening."""
        for end in self._ends:
            end()
