"""articles/: front matter between lines of ---, then Markdown of a small kind; pictures beside them."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from server.domain.publishing.piece import THEMES, Article, BodyPicture, Piece, Source, of_file
from server.storage.shelf import sources as shelf_sources
from server.storage.shelf.desk import Desk
from server.storage.shelf.sheet import Counts, Page, Sheet, compose

COMMON_KNOWLEDGE = "常识"
SHORTEST, LONGEST = 900, 1_800  # characters of the body that are not blank
PICTURE = re.compile(r"pictures/([a-z0-9-]{3,60}\.(?:png|jpg))")
_ALLOWED = {
    "heading_open", "heading_close", "paragraph_open", "paragraph_close", "blockquote_open", "blockquote_close",
    "bullet_list_open", "bullet_list_close", "ordered_list_open", "ordered_list_close", "list_item_open",
    "list_item_close", "inline", "text", "softbreak", "strong_open", "strong_close", "link_open", "link_close",
    "image",
}  # fmt: skip
_MAGIC = {".png": b"\x89PNG\r\n\x1a\n", ".jpg": b"\xff\xd8\xff"}


@dataclass(frozen=True, slots=True)
class _Part:
    """A token of the body and the line of the file on which its block begins."""

    token: Token
    line: int


def read(desk: Desk, sources: Mapping[str, Source]) -> Iterator[Piece]:
    """Yield every article."""
    for id_, name in desk.pieces("articles", ".md"):
        text = desk.text(name)
        split = None if text is None else _split(text)
        if text is not None and split is None:
            desk.faults.note(name, 1, "开头应是两行 --- 之间的说明")
        if split is not None and (piece := _piece(desk, Page(name, desk.faults, above=1), split, (id_, sources))):
            yield piece


def _split(text: str) -> tuple[str, str] | None:
    """Return front matter and body, or None where the front matter is not closed."""
    found = re.match(r"---\n(.*?\n)---\n(.*)", text, re.DOTALL)
    return None if found is None else (found[1], found[2])


def _piece(
    desk: Desk, page: Page, split: tuple[str, str], known: tuple[str, Mapping[str, Source]]
) -> Piece | None:
    front, body = split
    id_, sources = known
    sheet = compose(page, front)
    if sheet is None:
        return None
    below = page.above + front.count("\n") + 1
    cited = _cited(sheet, sources)
    parts = list(_parts(body, below))
    _check_length(page, body, below + 1)
    for part in parts:
        if fault := _fault(part.token, cites=bool(cited)):
            page.faults.note(page.file, part.line, fault)
    pictures = tuple(_pictures(desk, page, parts))
    article = Article(
        title=sheet.words("title", longest=32),
        theme=sheet.choice("theme", THEMES),
        digest=sheet.words("digest", longest=120, shortest=20),
        author=sheet.words("author", longest=16),
        keywords=sheet.several("keywords", Counts(2, 8, 12)),
        sources=cited,
        markdown=body.strip(),
        pictures=pictures,
    )
    origin, checked_by = shelf_sources.origin(sheet, sources)
    sheet.close()
    return of_file(id_, article, origin, checked_by)


def _cited(sheet: Sheet, sources: Mapping[str, Source]) -> tuple[str, ...]:
    if sheet.is_word("sources", COMMON_KNOWLEDGE):
        return ()
    cited = sheet.several("sources", Counts(1, 12, 60))
    for id_ in cited:
        if id_ not in sources:
            sheet.note(f"sources.yaml 里没有 {id_}", "sources")
    return cited


def _check_length(page: Page, body: str, line: int) -> None:
    length = len(re.sub(r"\s", "", body))
    if not SHORTEST <= length <= LONGEST:
        page.faults.note(page.file, line, f"正文应有 {SHORTEST}–{LONGEST} 个字，现有 {length} 个")


def _parts(body: str, above: int) -> Iterator[_Part]:
    for block in MarkdownIt("commonmark").parse(body):
        line = above + 1 + (block.map[0] if block.map else 0)
        yield _Part(block, line)
        yield from (_Part(child, line) for child in block.children or ())


def _fault(token: Token, cites: bool) -> str | None:
    if token.type not in _ALLOWED:
        return f"正文里不用这种写法（{token.markup or token.type}）"
    if token.type == "heading_open" and token.tag != "h2":
        return "小标题只用 ##"
    if token.type == "link_open" and not str(token.attrs["href"]).startswith("https://"):
        return "链接应以 https:// 开头"
    if token.type == "link_open" and not cites:
        return f"写明{COMMON_KNOWLEDGE}的文章不引用链接；要引用，先把来源写进 sources.yaml"
    if token.type == "image" and not token.content:
        return "图片要有说明文字"
    return None


def _pictures(desk: Desk, page: Page, parts: list[_Part]) -> Iterator[BodyPicture]:
    seen: set[str] = set()
    for part in parts:
        if part.token.type != "image":
            continue
        address = str(part.token.attrs["src"])
        found = PICTURE.fullmatch(address)
        path = desk.content / "articles" / address
        if found is None:
            page.faults.note(page.file, part.line, f"图片应放在 pictures/ 里，jpg 或 png，现为“{address}”")
        elif not path.is_file():
            page.faults.note(page.file, part.line, f"没有图片 {address}")
        elif not (raw := path.read_bytes()).startswith(_MAGIC[path.suffix]):
            page.faults.note(page.file, part.line, f"{address} 的内容不是 {path.suffix[1:]} 图片")
        elif found[1] not in seen:
            seen.add(found[1])
            yield BodyPicture(found[1], hashlib.sha256(raw).hexdigest())
