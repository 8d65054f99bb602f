"""`xinyi screen`: what the screening says of texts, one a line on stdin, one JSON object a line on stdout."""

import gc
import os
import sys
from collections.abc import Iterator

import click
import msgspec

from server import settings
from server.commands import Broken
from server.domain.help.screening import Screening
from server.storage.shelf import reading
from server.storage.shelf.faults import BadContent

_PIECE = 1 << 16  # bytes read at once; whatever is there is answered before more is waited for


@click.command("screen", help="逐行读入文字，逐行写出判断（JSON）。不需要数据库。")
def command() -> None:
    """Judge every line, also an empty one; end quietly where nobody reads on."""
    screening = _ready()
    encode = msgspec.json.Encoder().encode
    try:
        for lines in _lines(sys.stdin.fileno()):
            answers = [encode(screening.judge(line.decode(errors="replace").rstrip("\r"))) for line in lines]
            _write(b"".join([answer + b"\n" for answer in answers]))
    except BrokenPipeError:
        return


def _ready() -> Screening:
    content = settings.read({"XINYI_CONTENT": os.environ.get("XINYI_CONTENT", "")}).content
    try:
        screening = reading.read_screening(content)
    except BadContent as bad:
        raise Broken(bad.sentence) from None
    gc.freeze()  # the tables stay for good: the collector need not look at them again
    return screening


def _lines(source: int) -> Iterator[list[bytes]]:
    """Yield the lines of a stream as they come, as many at once as are there; the last may lack its end."""
    rest = b""
    while piece := os.read(source, _PIECE):
        *lines, rest = (rest + piece).split(b"\n")
        yield lines
    if rest:
        yield [rest]


def _write(answers: bytes) -> None:
    """Write everything at once, past Python's buffer, which would complain of a closed pipe when the process ends."""
    left = memoryview(answers)
    while left:
        left = left[os.write(sys.stdout.fileno(), left) :]
