"""Texts of help with names in braces: which names each must hold, and whether it fits once they are filled."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from server.domain.help.words import LINES_ROOM, REPLY_BYTES, REPLY_CHARACTERS
from server.storage.shelf.sheet import Counts, Sheet

_NAME = re.compile(r"\{([^{}]*)\}")
_WITHIN_A_SENTENCE = {"when", "time"}
_ANY_CHARACTER = "字"
_LONGEST_NUMBER = "0" * 20
_LONGEST_WHEN, _LONGEST_TIME = "12月31日晚上11点59分", "夜里"


@dataclass(frozen=True, slots=True)
class Wordings:
    """What a key holds: so many wordings of one thing, each with these names in braces once."""

    names: frozenset[str]
    least: int = 2  # so that nothing is said twice running
    most: int = 12


def wordings(names: str, least: int = 2) -> Wordings:
    """Return the rule for a key: its names, separated by spaces, and how many wordings it has at least."""
    return Wordings(frozenset(names.split()), least)


class Rooms:
    """The longest thing that may stand for each name; with it a text must still fit one message."""

    def __init__(self, choices: str, call_back: str, presence: str, danger: str) -> None:
        self._longest = {
            "presence": presence,
            "choices": choices,
            "call_back": call_back,
            "danger": danger,
            "lines": _ANY_CHARACTER * LINES_ROOM,
            "number": _LONGEST_NUMBER,
            "when": _LONGEST_WHEN,
            "time": _LONGEST_TIME,
        }

    def fits(self, text: str) -> bool:
        """Tell whether the text stays within one message even when everything in it is at its longest."""
        for name, longest in self._longest.items():
            text = text.replace(f"{{{name}}}", longest)
        return len(text) <= REPLY_CHARACTERS and len(text.encode()) <= REPLY_BYTES


def texts(sheet: Sheet, rules: Mapping[str, Wordings], rooms: Rooms) -> Mapping[str, tuple[str, ...]]:
    """Return the wordings of every key that the rules name; no other key may stand in the sheet."""
    found = {key: several(sheet, key, rule, rooms) for key, rule in rules.items()}
    sheet.close()
    return found


def check_names(sheet: Sheet, key: str, text: str, names: frozenset[str]) -> None:
    """Note names that are missing, unknown or twice, and those of numbers that do not stand on a line of their own."""
    held = _NAME.findall(text)
    for name in sorted(names - set(held)):
        sheet.note(f"{key} 的每一段都要有 {{{name}}}", key)
    for name in sorted(set(held) - names):
        sheet.note(f"{key} 里不认识 {{{name}}}", key)
    for name in sorted(set(held) & names):
        if held.count(name) > 1:
            sheet.note(f"{key} 的一段里 {{{name}}} 写了两次", key)
        if name not in _WITHIN_A_SENTENCE and f"{{{name}}}" not in text.splitlines():
            sheet.note(f"{key} 里 {{{name}}} 要单独占一行", key)


def several(sheet: Sheet, key: str, rule: Wordings, rooms: Rooms) -> tuple[str, ...]:
    """Return the wordings of one key."""
    found = sheet.several(key, Counts(rule.least, rule.most, REPLY_CHARACTERS))
    for text in filter(None, found):
        check_names(sheet, key, text, rule.names)
        if not rooms.fits(text):
            sheet.note(f"{key} 的一段太长：连同电话号码，一条消息不超过 {REPLY_CHARACTERS} 个字", key)
        if found.count(text) > 1:
            sheet.note(f"{key} 里有两段一样，会连着说两遍", key)
    return found
