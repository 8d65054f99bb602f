"""`xinyi screen`: judges one text a line from stdin, one JSON object a line on stdout; needs no store."""

import contextlib
import json
import os
import sys
from collections.abc import Iterable, Iterator

import click

from server import settings
from server.commands import Said
from server.domain.help.screening import Judgement, Screening
from server.storage.shelf.faults import BadContent
from server.storage.shelf.reading import read_screening

_WRITE = json.JSONEncoder(ensure_ascii=False).encode


@click.command("screen", help="从标准输入逐行读文字，逐行写出判断（JSON）；不连数据库。")
def command() -> None:
    """Judge every line, an empty one too; ends quietly when nobody reads any more."""
    try:
        screening = read_screening(settings.read(os.environ).content)
    except BadContent as bad:
        raise Said(str(bad)) from None
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.writelines(judged(screening, sys.stdin))
        sys.stdout.flush()


def judged(screening: Screening, lines: Iterable[str]) -> Iterator[str]:
    """Yield a line of JSON for each line of text, in their order."""
    return (_row(screening.judge(line.rstrip("\n"))) for line in lines)


def _row(judgement: Judgement) -> str:
    row = {
        "grade": judgement.grade,
        "kind": judgement.kind,
        "score": judgement.score,
        "reasons": judgement.reasons,
    }
    return f"{_WRITE(row)}\n"
