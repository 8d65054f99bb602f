"""experts.sample.yaml: invented experts with which the simulator is tried."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from server.domain.help.lines import Span
from server.domain.publishing.piece import THEMES
from server.storage.shelf.desk import STEM, Desk
from server.storage.shelf.hours import by_weekday
from server.storage.shelf.sheet import Counts, Sheet

_FILE = "experts.sample.yaml"
EXPERT_THEMES = (*THEMES, "情绪压力", "个人成长")


@dataclass(frozen=True, slots=True)
class ExpertEntry:
    """An expert as the file tells of them: spans are minutes of the Shanghai day, Monday is weekday 0."""

    id: str
    name: str
    kind: str
    level: str
    unit: str
    themes: tuple[str, ...]
    place: str
    way: str
    intro: str
    minutes: int
    buffer: int
    weekly: Mapping[int, tuple[Span, ...]]
    breaks: Mapping[int, tuple[Span, ...]]
    leave: tuple[tuple[date, date], ...]
    works_on_holidays: bool


def read(desk: Desk) -> tuple[ExpertEntry, ...]:
    """Return the sample experts; an operator may have taken the file away."""
    if not (desk.content / _FILE).exists():
        return ()
    page = desk.sheet(_FILE)
    if page is None:
        return ()
    entries = tuple(_entry(sheet) for sheet in page.sheets("experts"))
    page.close()
    ids = [entry.id for entry in entries]
    for id_ in {id_ for id_ in ids if ids.count(id_) > 1}:
        page.note(f"编号 {id_} 写了两次", "experts")
    return entries


def _entry(sheet: Sheet) -> ExpertEntry:
    id_ = sheet.words("id")
    if not STEM.fullmatch(id_):
        sheet.note("编号只能用小写字母、数字和连字符，3–60 个", "id")
    entry = ExpertEntry(
        id=id_,
        name=sheet.words("name", longest=12),
        kind=sheet.choice("kind", ("volunteer", "counsellor", "doctor")),
        level=sheet.choice("level", ("city", "district", "enterprise")),
        unit=sheet.words("unit", longest=40),
        themes=_themes(sheet),
        place=sheet.words("place", longest=80),
        way=sheet.choice("way", ("面谈", "电话", "视频")),
        intro=sheet.words("intro", longest=120),
        minutes=sheet.number("minutes", default=50, least=20, most=120),
        buffer=sheet.number("buffer", default=10, least=0, most=60),
        weekly=by_weekday(sheet.sheet("weekly")),
        breaks=by_weekday(sheet.sheet("breaks")) if sheet.has_value("breaks") else {},
        leave=_leave(sheet),
        works_on_holidays=sheet.choice("holidays", ("off", "on")) == "on",
    )
    sheet.close()
    return entry


def _themes(sheet: Sheet) -> tuple[str, ...]:
    themes = sheet.several("themes", Counts(1, len(EXPERT_THEMES), 8))
    for theme in themes:
        if theme not in EXPERT_THEMES:
            sheet.note(f"themes 里没有“{theme}”这一类", "themes")
    return themes


def _leave(sheet: Sheet) -> tuple[tuple[date, date], ...]:
    return tuple(_absence(row) for row in sheet.sheets("leave")) if "leave" in sheet else ()


def _absence(row: Sheet) -> tuple[date, date]:
    first, last = row.day("from"), row.day("to")
    if last < first:
        row.note("to 早于 from", "to")
    row.close()
    return first, last
