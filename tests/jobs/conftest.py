"""The jobs' tests stand on the same stores as those of the storage, tick quickly, and log onto paper."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from server import logs
from server.jobs import tick as ticking
from tests.storage.conftest import mongo, seals

__all__ = ["mongo", "seals"]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticking, "EVERY", 0.02)
    monkeypatch.setattr(ticking, "PATIENCE", 0.3)


@pytest.fixture(autouse=True)
def told() -> Iterator[io.StringIO]:
    """What the log tells, on a sheet of paper; drawing tracebacks on the terminal would hold the ticks up."""
    root, level = logging.root.handlers[:], logging.root.level
    sheet = io.StringIO()
    logs.start("test", "json", sheet)
    yield sheet
    logging.captureWarnings(False)
    logging.root.handlers[:], logging.root.level = root, level
    structlog.reset_defaults()
