"""Logs: one JSON object a line on stderr, that names things by id and never holds a person's words."""

import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

cause: ContextVar[str] = ContextVar("cause", default="")
"""What made this work happen, from callback to WeChat call: the keyed hash of a message's key, or a job's id."""

_WHO_AND_WHAT = """worker expert editor duty booking edition piece series post reply message dialogue concern
    batch job rule"""
_WHERE_AND_HOW = """action path method channel kind way state outcome reason code status name setting collection
    index queue stage page mode field shape host signal module file rid"""
_HOW_MUCH = "count total ms seconds attempt size age lag port pid version line due since until every limit"
_WHAT_WENT_WRONG = "fault place trace"
ALLOWED = frozenset(f"{_WHO_AND_WHAT} {_WHERE_AND_HOW} {_HOW_MUCH} {_WHAT_WENT_WRONG}".split())
"""The keys that a line may have beside `event`, `level`, `timestamp`, `cause`, `role` and `dropped`."""

_OWN = frozenset({"event", "level", "timestamp", "cause", "role", "dropped", "exc_info"})
_LONGEST = 160  # an id, a path or a trace's step; whatever is longer is a text
_HERE = Path(__file__).resolve().parent.parent
_FRAMES = 12

Fault = tuple[type[BaseException], BaseException, TracebackType | None]


def start(role: str, style: str = "auto", stream: TextIO | None = None) -> None:
    """Begin to log for this process.

    `role` (serve, work, run …) stands in every line. `style` is `json`, `console` or `auto`: readable on a
    terminal, JSON elsewhere. Loggers of libraries are heard from warnings on, and told by the same rules.
    """
    out = stream or sys.stderr
    readable = style == "console" or (style == "auto" and out.isatty())
    structlog.configure(
        processors=[*_told_by(role), _readable(out) if readable else structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,  # so that a test may start logs anew
    )
    logging.root.handlers[:] = [_Foreign()]
    logging.root.setLevel(logging.WARNING)
    logging.captureWarnings(True)
    for name in ("tornado.access", "aiohttp.access"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # addresses there hold signatures and open ids
    logging.getLogger("coredis").setLevel(logging.CRITICAL)  # who holds the queue tells once that Redis has gone


def logger(name: str) -> FilteringBoundLogger:
    """Return the logger of a module: `log = logs.logger(__name__)`.

    An event is a plain English sentence that stands in the code; what changes goes into keys of `ALLOWED`.
    """
    bound: FilteringBoundLogger = structlog.get_logger(module=name.removeprefix("server."))
    return bound


def _told_by(role: str) -> list[Processor]:
    def name_role_and_cause(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
        line["role"] = role
        if cause.get():
            line["cause"] = cause.get()
        return line

    return [
        name_role_and_cause,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _tell_fault,
        _keep_ids_only,
    ]


def _readable(out: TextIO) -> Processor:
    return structlog.dev.ConsoleRenderer(colors=out.isatty(), sort_keys=False, pad_event_to=40)


def _tell_fault(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Tell an exception by its type and place; its message may repeat what a person wrote."""
    fault = _the_fault(line.pop("exc_info", None))
    if fault is not None:
        line["fault"] = " < ".join(_types(fault))
        steps = [_step(frame) for frame in traceback.extract_tb(fault.__traceback__)]
        line["trace"] = steps[-_FRAMES:]
        number = getattr(fault, "code", None)
        if isinstance(number, int):
            line.setdefault("code", number)
    return line


def _the_fault(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exc_info[1] if isinstance(exc_info[1], BaseException) else None
    return sys.exc_info()[1] if exc_info else None


def _types(fault: BaseException) -> list[str]:
    names = [type(fault).__qualname__]
    while (fault.__cause__ or fault.__context__) is not None and len(names) < _FRAMES:
        fault = fault.__cause__ or fault.__context__ or fault
        names.append(type(fault).__qualname__)
    return names


def _step(frame: traceback.FrameSummary) -> str:
    path = Path(frame.filename)
    short = path.relative_to(_HERE) if path.is_relative_to(_HERE) else Path(*path.parts[-2:])
    return f"{short}:{frame.lineno} {frame.name}"


def _keep_ids_only(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Drop keys that are not on the list, by name, and withhold values that look like words."""
    dropped = sorted(key for key in line if key not in ALLOWED and key not in _OWN)
    for key in dropped:
        del line[key]
    if dropped:
        line["dropped"] = dropped
    return {key: _id_like(value) for key, value in line.items()}


def _id_like(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_id_like(each) for each in value]
    text = str(value)
    return text if text.isascii() and text.isprintable() and len(text) <= _LONGEST else "(withheld)"


class _Foreign(logging.Handler):
    """Brings lines of libraries into our own form: their template's first line, without what was put in."""

    def emit(self, record: logging.LogRecord) -> None:
        """Tell one record of a library."""
        template = str(record.msg).partition("\n")[0].strip()
        keys: MutableMapping[str, Any] = {"module": record.name}
        if record.exc_info:
            keys["exc_info"] = record.exc_info
        log: FilteringBoundLogger = structlog.get_logger()
        log.log(record.levelno, template or "(nothing)", **keys)


def bound() -> Mapping[str, str]:
    """Return what every line of this context says of its cause, to hand on to a job."""
    return {"cause": cause.get()} if cause.get() else {}
