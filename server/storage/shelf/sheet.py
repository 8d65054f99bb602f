"""A YAML mapping that knows the line of every key: reads values by name, notes what is wrong, goes on reading."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from server.storage.shelf.faults import Faults

ANY_LENGTH: Final = 10_000
_NULL = "tag:yaml.org,2002:null"
_YES_AND_NO = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Page:
    """The file that a sheet belongs to; `above` counts the lines that stand before its YAML."""

    file: str
    faults: Faults
    above: int = 0

    def line(self, node: Node) -> int:
        """Return the node's line in the file, from 1."""
        return int(node.start_mark.line) + 1 + self.above


@dataclass(frozen=True, slots=True)
class Counts:
    """How many words a list may hold, and how long each may be."""

    least: int
    most: int
    longest: int


class Sheet:
    """One mapping. What is wrong becomes a fault and a harmless value: values leave only if all is well."""

    def __init__(self, page: Page, node: Node | None) -> None:
        self._page = page
        self.line = page.line(node) if node is not None else 1 + page.above
        self._values: dict[str, Node] = {}
        self._keys: dict[str, int] = {}
        self._read: set[str] = set()
        if isinstance(node, MappingNode):
            self._take(node)
        elif node is not None:
            self.note("这里应是“键: 值”的写法")

    def _take(self, node: MappingNode) -> None:
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self._note_at(key, "键只能是一个词")
            elif key.value in self._values:
                self._note_at(key, f"{key.value} 写了两次")
            else:
                self._values[key.value] = value
                self._keys[key.value] = self._page.line(key)

    def note(self, sentence: str, key: str | None = None) -> None:
        """Note a fault of this mapping, or of one of its keys."""
        self._page.faults.note(self._page.file, self._keys.get(key or "", self.line), sentence)

    def note_item(self, key: str, at: int, sentence: str) -> None:
        """Note a fault of one item of a list, counted from 0."""
        self._note_at(self.nodes(key)[at], sentence)

    def line_of(self, key: str) -> int:
        """Return the line of a key, or of the mapping where the key is not there."""
        return self._keys.get(key, self.line)

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def has_value(self, key: str) -> bool:
        """Tell whether the key is there and holds more than null; null counts as an answer to it."""
        node = self._node(key)
        return node is not None and node.tag != _NULL

    def is_word(self, key: str, word: str) -> bool:
        """Tell whether the key holds this one word."""
        node = self._node(key)
        return isinstance(node, ScalarNode) and node.value == word

    def names(self) -> tuple[str, ...]:
        """Return the keys of a mapping whose keys are the writer's own."""
        self._read.update(self._values)
        return tuple(self._values)

    def close(self) -> None:
        """Note every key that nobody asked for."""
        for key in self._values:
            if key not in self._read:
                self.note(f"不认识的键 {key}", key)

    def words_or_none(self, key: str, longest: int = ANY_LENGTH, shortest: int = 1) -> str | None:
        """Return a text without the spaces around it, or None where there is none or null."""
        node = self._node(key)
        if node is None or node.tag == _NULL:
            return None
        return self._text(key, node, longest, shortest)

    def words(self, key: str, longest: int = ANY_LENGTH, shortest: int = 1) -> str:
        """Return a text that must be there, of so many characters."""
        found = self.words_or_none(key, longest, shortest)
        if found is None:
            self.note(f"缺少 {key}", key)
        return found or ""

    def several(self, key: str, counts: Counts) -> tuple[str, ...]:
        """Return a list of texts; one that may hold nothing may also be missing."""
        node = self._node(key)
        if node is None and counts.least == 0:
            return ()
        if not isinstance(node, SequenceNode):
            self.note(f"{key} 应是一个列表", key)
            return ()
        if not counts.least <= len(node.value) <= counts.most:
            self.note(f"{key} 应有 {counts.least}–{counts.most} 项，现有 {len(node.value)} 项", key)
        return tuple(self._text(key, item, counts.longest) for item in node.value)

    def choice(self, key: str, allowed: Collection[str]) -> str:
        """Return one of the allowed words."""
        found = self.words(key)
        if found and found not in allowed:
            self.note(f"{key} 只能是 {'、'.join(allowed)} 之一，现为“{found}”", key)
        return found if found in allowed else next(iter(allowed))

    def flag(self, key: str) -> bool:
        """Return true or false."""
        return _YES_AND_NO[self.choice(key, _YES_AND_NO)]

    def number(self, key: str, default: int, least: int, most: int) -> int:
        """Return a whole number within bounds, or the default where there is none."""
        found = self.words_or_none(key)
        if found is None:
            return default
        if not found.removeprefix("-").isdecimal() or not least <= int(found) <= most:
            self.note(f"{key} 应是 {least} 到 {most} 的整数，现为“{found}”", key)
            return default
        return int(found)

    def day(self, key: str) -> date:
        """Return a day that must be there, written 2026-11-23."""
        return self.as_day(self.words(key), key)

    def as_day(self, text: str, key: str) -> date:
        """Return a text as a day; `key` says where it stands."""
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.note(f"{key} 应是 2026-11-23 这样的日期，现为“{text}”", key)
            return date.min

    def sheet(self, key: str) -> "Sheet":
        """Return the mapping under a key; an empty one where it is missing, which is noted."""
        node = self._node(key)
        if node is None:
            self.note(f"缺少 {key}", key)
        return Sheet(self._page, node)

    def sheets(self, key: str) -> Iterator["Sheet"]:
        """Yield the mappings of a list."""
        yield from (Sheet(self._page, item) for item in self.nodes(key))

    def groups(self, key: str, counts: Counts) -> tuple[tuple[str, ...], ...]:
        """Return a list of lists of texts; `counts` speaks of the inner lists, and the outer may be missing."""
        if key not in self:
            return ()
        return tuple(self._inner(key, item, counts) for item in self.nodes(key))

    def nodes(self, key: str) -> list[Node]:
        """Return the raw items of a list."""
        node = self._node(key)
        if isinstance(node, SequenceNode):
            return list(node.value)
        self.note(f"{key} 应是一个列表", key)
        return []

    def _inner(self, key: str, item: Node, counts: Counts) -> tuple[str, ...]:
        if not isinstance(item, SequenceNode) or not counts.least <= len(item.value) <= counts.most:
            self._note_at(item, f"{key} 的每一项应是 {counts.least}–{counts.most} 个词的列表")
            return ()
        return tuple(self._text(key, word, counts.longest) for word in item.value)

    def _node(self, key: str) -> Node | None:
        self._read.add(key)
        return self._values.get(key)

    def _text(self, key: str, node: Node, longest: int, shortest: int = 1) -> str:
        if not isinstance(node, ScalarNode) or node.tag == _NULL or not node.value.strip():
            self._note_at(node, f"{key} 应是一段文字")
            return ""
        text = str(node.value).strip()
        if not shortest <= len(text) <= longest:
            self._note_at(node, f"{key} 应有 {shortest}–{longest} 个字，现有 {len(text)} 个")
        return text

    def _note_at(self, node: Node, sentence: str) -> None:
        self._page.faults.note(self._page.file, self._page.line(node), sentence)


def compose(page: Page, text: str) -> Sheet | None:
    """Return the one mapping that the text holds, or None after noting that it is no YAML."""
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        page.faults.note(page.file, line + 1 + page.above, f"不是合规的 YAML：{error.problem}")
        return None
    except yaml.YAMLError as error:
        page.faults.note(page.file, 1 + page.above, f"不是合规的 YAML：{error}")
        return None
    if node is None:
        page.faults.note(page.file, 1 + page.above, "这里什么也没写")
        return None
    return Sheet(page, node)
