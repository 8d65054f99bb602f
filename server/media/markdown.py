"""Markdown of articles turned into clean HTML: one writer of tags, one strict sieve at the end."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark", {"html": False})
_TAGS = {"h2", "p", "ul", "ol", "li", "strong", "em", "blockquote", "img", "a", "section", "br"}
_STYLES = {
    "background-color", "border-left", "border-radius", "color", "font-size", "font-weight", "letter-spacing",
    "line-height", "margin", "max-width", "padding", "padding-left", "text-align",
}  # fmt: skip
# Markdown needs a blank after bold that ends in a stop; a Chinese stop is wide enough without it.
_BLANK_AFTER_STOP = re.compile(r"(?<=[，。：；？！”）]</strong>) (?=[^\x00-\x7f])")
_BREAK_IN_CHINESE = re.compile(r"(?<=[^\x00-\x7f])\n|\n(?=[^\x00-\x7f])")


@dataclass(frozen=True, slots=True)
class Look:
    """How HTML comes out: an inline style for each tag (none: no style at all), and whether links stay links."""

    styles: Mapping[str, str]
    links: bool


def body(markdown: str, pictures: Mapping[str, str], look: Look) -> str:
    """Return an article's body as HTML, its pictures at the addresses given by file name; others are left out."""
    parts = "".join(_written(_PARSER.parse(markdown), pictures, look))
    return _BLANK_AFTER_STOP.sub("", _BREAK_IN_CHINESE.sub("", parts))


def sieve(html: str, addresses: Collection[str], look: Look) -> str:
    """Return the HTML with nothing left in it but what an article needs.

    No script, no class, no style beyond the look's own properties, no picture but from these addresses.
    """

    def kept(tag: str, attribute: str, value: str) -> str | None:
        return None if (tag, attribute) == ("img", "src") and value not in addresses else value

    always: set[str] = {"style"} if look.styles else set()
    return nh3.clean(
        html,
        tags=_TAGS if look.links else _TAGS - {"a"},
        attributes={"*": always, "img": {"src", "alt"}} | ({"a": {"href"}} if look.links else {}),
        attribute_filter=kept,
        url_schemes={"https", "http"},
        filter_style_properties=_STYLES,
        link_rel="noopener noreferrer",
    )


def opening(tag: str, look: Look) -> str:
    """Return the opening tag in this look."""
    style = look.styles.get(tag)
    return f'<{tag} style="{style}">' if style else f"<{tag}>"


def _written(tokens: Sequence[Token], pictures: Mapping[str, str], look: Look) -> Iterator[str]:
    for token in tokens:
        if token.children is not None and token.type == "inline":
            yield from _written(token.children, pictures, look)
        elif token.type == "image":
            yield _picture(token, pictures, look)
        elif token.type == "softbreak":
            yield "\n"
        elif token.tag and token.nesting:
            yield _tag(token, look)
        elif token.type == "hardbreak":
            yield "<br>"
        else:
            yield escape(token.content)


def _tag(token: Token, look: Look) -> str:
    if token.hidden or (token.tag == "a" and not look.links):
        return ""
    if token.nesting < 0:
        return f"</{token.tag}>"
    if token.tag == "a":
        return f'<a href="{escape(str(token.attrs["href"]))}">'
    return opening(token.tag, look)


def _picture(token: Token, pictures: Mapping[str, str], look: Look) -> str:
    address = pictures.get(str(token.attrs["src"]).removeprefix("pictures/"))
    if address is None:
        return ""
    style = f' style="{look.styles["img"]}"' if "img" in look.styles else ""
    return f'<img src="{escape(address)}" alt="{escape(token.content)}"{style}>'
