"""hotlines.yaml: the telephone lines of help."""

import re
from dataclasses import dataclass

from server.domain.help.lines import ALWAYS_THERE, HelpLine, LineKind
from server.storage.shelf.desk import Desk
from server.storage.shelf.hours import open_hours
from server.storage.shelf.sheet import Sheet

_FILE = "hotlines.yaml"
_NUMBER = re.compile(r"\d[\d-]{1,18}\d")


@dataclass(frozen=True, slots=True)
class Hotlines:
    """The lines that have a number, and the names of rows that wait for theirs."""

    lines: tuple[HelpLine, ...]
    unfilled: tuple[str, ...]


def read(desk: Desk) -> Hotlines:
    """Return the lines; 12356, 110 and 120 must be among them, for the help reply never goes out without."""
    page = desk.sheet(_FILE)
    if page is None:
        return Hotlines((), ())
    rows = [_row(sheet) for sheet in page.sheets("lines")]
    page.close()
    numbers = [line.number for line in rows if line.number]
    for number in ALWAYS_THERE:
        if number not in numbers:
            page.note(f"缺少 {number}", "lines")
    for number in {number for number in numbers if numbers.count(number) > 1}:
        page.note(f"{number} 写了两次", "lines")
    return Hotlines(
        tuple(line for line in rows if line.number), tuple(line.name for line in rows if not line.number)
    )


def _row(sheet: Sheet) -> HelpLine:
    number = sheet.words_or_none("number", longest=20) or ""
    if number and not _NUMBER.fullmatch(number):
        sheet.note(f"号码只写数字和连字符，现为“{number}”", "number")
    line = HelpLine(
        number=number,
        name=sheet.words("name", longest=24),
        who=sheet.words("who", longest=80),
        kind=LineKind(sheet.choice("kind", [kind.value for kind in LineKind])),
        area=sheet.words("area", longest=40),
        hours=open_hours(sheet.sheet("hours")) if sheet.has_value("hours") else None,
        confirmed=sheet.flag("confirmed"),
        note=sheet.words_or_none("note", longest=200) or "",
        checked_on=sheet.day("checked_on") if sheet.has_value("checked_on") else None,
        checked_by=sheet.words_or_none("checked_by", longest=30),
    )
    sheet.close()
    return line
