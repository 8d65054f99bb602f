"""Reading XML that strangers may have written, and writing XML that holds their words."""

import re
from typing import NoReturn, TypeAlias
from xml.parsers import expat

from server.domain.refusals import Malformed

DEEPEST = 16
MOST_NODES = 1_000
LONGEST = 64 * 1024  # bytes

Node: TypeAlias = "str | dict[str, Node] | list[Node]"
Tree: TypeAlias = dict[str, Node]

# What XML 1.0 cannot hold, and what UTF-8 cannot write.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class BadXml(Malformed):
    """This is no XML that the platform would send."""

    code = "bad-xml"


def read(body: bytes) -> Tree:
    """Return what stands inside `<xml>…</xml>`: words, or branches, or a list where a name repeats.

    Refuses with BadXml: a DOCTYPE (and so every entity), another encoding than UTF-8, more than 16 levels, 1,000
    nodes or 64 KB, characters that XML does not know, another root.
    """
    if len(body) > LONGEST:
        raise BadXml("XML 太大")
    # Expat would go over to UTF-16 by itself; there a zero byte stands beside every mark of XML.
    if b"\0" in body:
        raise BadXml("XML 只能是 UTF-8")
    return _Reader().read(body)


def words(tree: Tree, name: str) -> str:
    """Return the words of a node, empty if it is absent; a branch or a repeated node is refused with BadXml."""
    node = tree.get(name, "")
    if isinstance(node, str):
        return node
    raise BadXml(f"XML 节点 {name} 不合规")


def branch(tree: Tree, name: str) -> Tree:
    """Return the branch under a node, empty if the node is absent or empty; a repeated one is refused."""
    node = tree.get(name)
    if isinstance(node, dict):
        return node
    if not node or (isinstance(node, str) and node.isspace()):
        return {}
    raise BadXml(f"XML 节点 {name} 不合规")


def rows(tree: Tree, name: str) -> list[Tree]:
    """Return every branch of this name: one, several or none look alike."""
    node = tree.get(name, [])
    return [row for row in (node if isinstance(node, list) else [node]) if isinstance(row, dict)]


def legal(text: str) -> str:
    """Return the text without the characters that XML cannot hold."""
    return _ILLEGAL.sub("", text)


def guarded(text: str) -> bytes:
    """Return legal text ready to stand inside a CDATA section, out of which it cannot break."""
    return text.replace("]]>", "]]]]><![CDATA[>").encode()


class _Reader:
    """One pass of expat over one body."""

    __slots__ = ("_nodes", "_open", "_words")

    def __init__(self) -> None:
        self._open: list[Tree] = [{}]
        self._words = ""
        self._nodes = 0

    def read(self, body: bytes) -> Tree:
        parser = expat.ParserCreate("UTF-8")
        parser.buffer_text = True
        parser.XmlDeclHandler = _judge_encoding
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._hear
        try:
            parser.Parse(body, True)
        except expat.ExpatError:
            raise BadXml("XML 不完整或含有不合规字符") from None
        root = self._open[0].get("xml")
        if root is None:
            raise BadXml("XML 根节点不合规")
        return root if isinstance(root, dict) else {}

    def _start(self, _name: str, _attributes: dict[str, str]) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES or len(self._open) > DEEPEST:
            raise BadXml("XML 太深或太大")
        self._open.append({})
        self._words = ""

    def _end(self, name: str) -> None:
        node: Node = self._open.pop() or self._words
        self._words = ""
        parent = self._open[-1]
        if name not in parent:
            parent[name] = node
            return
        standing = parent[name]
        if isinstance(standing, list):
            standing.append(node)
        else:
            parent[name] = [standing, node]

    def _hear(self, data: str) -> None:
        self._words += data


def _judge_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.lower() not in ("utf-8", "utf8"):
        raise BadXml("XML 只能是 UTF-8")


def _refuse_doctype(*_declared: object) -> NoReturn:
    raise BadXml("XML 不能含有 DOCTYPE")
