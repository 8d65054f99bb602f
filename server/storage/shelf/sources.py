"""sources.yaml, and what every piece says of where it comes from and who checked it."""

from collections.abc import Mapping

from server.domain.publishing.piece import Source
from server.storage.shelf.desk import STEM, Desk
from server.storage.shelf.sheet import Sheet

ORIGINAL = "original"


def read(desk: Desk) -> Mapping[str, Source]:
    """Return the sources by id."""
    page = desk.sheet("sources.yaml")
    if page is None:
        return {}
    listed = page.sheet("sources")
    page.close()
    return {id_: _source(id_, listed) for id_ in listed.names()}


def origin(sheet: Sheet, sources: Mapping[str, Source]) -> tuple[str, str | None]:
    """Return `origin` and `checked_by` of a piece; the origin is `original` or the id of a source."""
    found = sheet.words("origin")
    if found and found != ORIGINAL and found not in sources:
        sheet.note(f"origin 只能是 {ORIGINAL} 或 sources.yaml 里的编号，现为“{found}”", "origin")
    if "checked_by" not in sheet:
        sheet.note("缺少 checked_by；还没有人审过就写 null")
    return found, sheet.words_or_none("checked_by", longest=30)


def _source(id_: str, listed: Sheet) -> Source:
    sheet = listed.sheet(id_)
    if not STEM.fullmatch(id_):
        listed.note("编号只能用小写字母、数字和连字符，3–60 个", id_)
    source = Source(
        id=id_,
        title=sheet.words("title", longest=120),
        publisher=sheet.words("publisher", longest=60),
        address=sheet.words("address", longest=500),
        seen=sheet.day("seen"),
        used_for=sheet.words("used_for", longest=300),
    )
    if not source.address.startswith("https://"):
        sheet.note("address 应以 https:// 开头", "address")
    sheet.close()
    return source
