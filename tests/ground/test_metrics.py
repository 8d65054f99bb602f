"""Metrics are shown on loopback, and several processes of one machine do not get in each other's way."""

import urllib.request

from server import metrics


def shown(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        return answer.read().decode()


def test_what_is_counted_is_shown(free_port):
    exporter = metrics.serve(free_port())
    try:
        metrics.WECHAT_CALLS.labels("/cgi-bin/stable_token", "0").inc()
        metrics.TICK_LAG.set(1.5)
        page = shown(exporter.port)
    finally:
        exporter.close()
    assert 'xinyi_wechat_calls_total{code="0",path="/cgi-bin/stable_token"} 1.0' in page
    assert "xinyi_tick_lag_seconds 1.5" in page


def test_a_second_process_takes_the_next_port(free_port):
    first = metrics.serve(free_port())
    second = metrics.serve(first.port)
    try:
        assert first.port < second.port < first.port + 20
        assert "xinyi_" in shown(second.port)
    finally:
        first.close()
        second.close()
