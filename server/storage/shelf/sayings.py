"""lines/, replies/ and welcome.yaml: the words the account says by itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from server.domain.conversation import wordings
from server.domain.conversation.wordings import Welcome
from server.domain.publishing.piece import Line, Piece, ReplyRule, Source, of_file
from server.storage.shelf.desk import Desk
from server.storage.shelf.sheet import Counts, Sheet
from server.storage.shelf.sources import origin

ANSWER_CHARACTERS, ANSWER_BYTES = 600, 2_000
_WELCOMES = ("first", "again", "help", "other")
_NO_WELCOME = Welcome("", "", (), "", "")


@dataclass(frozen=True, slots=True)
class Dangling:
    """A reply's word for an article, to be looked for once every article has been read."""

    file: str
    line: int
    article: str


def read_lines(desk: Desk, sources: Mapping[str, Source]) -> Iterator[Piece]:
    """Yield every line of the day."""
    for id_, name in desk.pieces("lines", ".yaml"):
        sheet = desk.sheet(name)
        if sheet is not None:
            line = Line(sheet.words("text", longest=60, shortest=12))
            if "\n" in line.text:
                sheet.note("每日一语只写一行", "text")
            from_, checked_by = origin(sheet, sources)
            sheet.close()
            yield of_file(id_, line, from_, checked_by)


def read_replies(desk: Desk, sources: Mapping[str, Source]) -> Iterator[tuple[Piece, Dangling | None]]:
    """Yield every reply rule, with the article it leads to."""
    for id_, name in desk.pieces("replies", ".yaml"):
        sheet = desk.sheet(name)
        if sheet is not None:
            rule = _rule(sheet)
            from_, checked_by = origin(sheet, sources)
            sheet.close()
            wanted = Dangling(name, sheet.line_of("article"), rule.article) if rule.article else None
            yield of_file(id_, rule, from_, checked_by), wanted


def read_welcome(desk: Desk, sources: Mapping[str, Source]) -> Welcome:
    """Return the texts of welcome and fallback."""
    sheet = desk.sheet("welcome.yaml")
    if sheet is None:
        return _NO_WELCOME
    texts = {key: sheet.words(key) for key in _WELCOMES}
    fallback = sheet.several("fallback", Counts(3, 3, ANSWER_CHARACTERS))
    for key, text in [*texts.items(), *(("fallback", text) for text in fallback)]:
        _check_bytes(sheet, key, text)
    origin(sheet, sources)
    sheet.close()
    return Welcome(fallback=fallback, **texts)


def _rule(sheet: Sheet) -> ReplyRule:
    rule = ReplyRule(
        title=sheet.words("title", longest=20),
        exact=sheet.several("exact", Counts(0, 60, 12)),
        contains=sheet.several("contains", Counts(0, 60, 12)),
        all_of=sheet.groups("all_of", Counts(2, 5, 12)),
        answers=sheet.several("answers", Counts(0, 5, ANSWER_CHARACTERS)),
        article=sheet.words_or_none("article", longest=60),
        weight=sheet.number("weight", default=0, least=-100, most=100),
    )
    _check_words(sheet, rule)
    if bool(rule.answers) == bool(rule.article):
        sheet.note("answers 和 article 要写一个，也只写一个")
    for answer in rule.answers:
        _check_bytes(sheet, "answers", answer)
    return rule


def _check_words(sheet: Sheet, rule: ReplyRule) -> None:
    words = [*rule.exact, *rule.contains, *(word for group in rule.all_of for word in group)]
    if not words:
        sheet.note("exact、contains、all_of 至少写一个")
    for word in words:
        if word and not wordings.fold(word):
            sheet.note(f"“{word}”里没有可以比对的字")


def _check_bytes(sheet: Sheet, key: str, text: str) -> None:
    size = len(text.encode())
    if size > ANSWER_BYTES:
        sheet.note(f"{key} 的一段不超过 {ANSWER_BYTES} 字节，现有 {size} 字节", key)
