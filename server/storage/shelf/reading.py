"""Reading the whole of content/: one shelf if everything is in order, else everything that is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from server.domain.conversation.wordings import Welcome
from server.domain.help.lines import HelpLine
from server.domain.help.screening import Screening
from server.domain.help.words import HelpWords
from server.domain.publishing.piece import Piece, Source
from server.storage.shelf import articles, experts, help_words, holidays, hotlines, menu, sayings, screening, sources
from server.storage.shelf.desk import Desk
from server.storage.shelf.experts import ExpertEntry
from server.storage.shelf.faults import Faults
from server.storage.shelf.holidays import HolidayEntries


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything that content/ holds; `unfilled` names hotline rows without a number, `menu` is what is sent."""

    pieces: tuple[Piece, ...]
    lines: tuple[HelpLine, ...]
    unfilled: tuple[str, ...]
    menu: Mapping[str, Any]
    welcome: Welcome
    help_words: HelpWords
    sources: Mapping[str, Source]
    experts: tuple[ExpertEntry, ...]
    holidays: HolidayEntries


def read(content: Path) -> Shelf:
    """Return what the folder holds; raises `BadContent` with every fault, so that nothing comes in by halves."""
    faults = Faults()
    desk = Desk(content, faults)
    known = sources.read(desk)
    lines = hotlines.read(desk)
    shelf = Shelf(
        pieces=_pieces(desk, known),
        lines=lines.lines,
        unfilled=lines.unfilled,
        menu=menu.read(desk),
        welcome=sayings.read_welcome(desk, known),
        help_words=help_words.read(desk),
        sources=known,
        experts=experts.read(desk),
        holidays=holidays.read(desk),
    )
    faults.refuse_if_any()
    return shelf


def read_screening(content: Path) -> Screening:
    """Return what judges the words that people write; raises `BadContent` with every fault.

    It is read apart from the rest: it takes seconds to make ready, and only who answers needs it.
    """
    faults = Faults()
    found = screening.read(Desk(content, faults))
    faults.refuse_if_any()
    return cast("Screening", found)  # one that could not be read was noted, and refused above


def picture(content: Path, name: str) -> bytes:
    """Return the bytes of a picture that an article of the shelf names."""
    return (content / "articles" / "pictures" / Path(name).name).read_bytes()


def _pieces(desk: Desk, known: Mapping[str, Source]) -> tuple[Piece, ...]:
    found = [*articles.read(desk, known)]
    titles = {piece.id for piece in found}
    found += sayings.read_lines(desk, known)
    for piece, wanted in sayings.read_replies(desk, known):
        found.append(piece)
        if wanted is not None and wanted.article not in titles:
            desk.faults.note(wanted.file, wanted.line, f"没有文章 {wanted.article}")
    return tuple(found)
