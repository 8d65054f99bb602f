"""What the duty staff get on their own phones: messages of a group robot (企业微信, 钉钉), short messages and calls."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qs

from .clock import iso

KEPT = 20_000
GROUP, SMS, CALL, OTHER = "group", "sms", "call", "other"
DOORS = {"sms": SMS, "call": CALL, "voice": CALL}  # The last part of a path that says what it is.
# Gateways agree on no names; these are the usual ones.
RECEIVERS = ("to", "phone", "phones", "mobile", "mobiles", "number", "numbers", "tel")
SENTENCES = ("text", "content", "message", "msg", "words", "body")
EVERYBODY = "所有人"

FONT = re.compile(r"</?font[^>]*>")
MENTION = re.compile(r"<@([^>]+)>")
HEAD = re.compile(r"^[ \t]*(?:#{1,6}|>)[ \t]*", re.MULTILINE)
BOLD = re.compile(r"\*\*(.+?)\*\*")
LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Note:
    """What was read from one body: by which channel it comes, to whom, and its words as a phone shows them."""

    channel: str
    to: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that has come, with its number and its instant (seconds); `body` is what was really sent."""

    number: int
    at: float
    path: str
    body: str
    channel: str
    to: tuple[str, ...]
    words: str

    def shape(self) -> Document:
        """The message as the control gives it."""
        told = asdict(self)
        return {"n": told.pop("number"), **told, "at": iso(self.at, precise=True), "to": list(self.to)}


Watcher = Callable[[Message | None], None]


class Sink:
    """The last messages, oldest first, and who watches; a watcher hears None when all is emptied."""

    def __init__(self) -> None:
        self._kept: deque[Message] = deque(maxlen=KEPT)
        self._last = 0
        self.watchers: set[Watcher] = set()

    def take(self, at: float, path: str, body: str) -> Message:
        """Keeps one body and shows it."""
        self._last += 1
        note = read(path, body)
        message = Message(self._last, at, path, body, note.channel, note.to, note.words)
        self._kept.append(message)
        self._tell(message)
        return message

    def newest(self, limit: int) -> list[Message]:
        """The last so many, oldest first."""
        return list(self._kept)[-limit:] if limit else []

    def clear(self) -> None:
        """Nothing has come; the numbers go on."""
        self._kept.clear()
        self._tell(None)

    def _tell(self, message: Message | None) -> None:
        for watcher in tuple(self.watchers):
            watcher(message)

    def plain(self) -> Document:
        """All messages and the last number given."""
        return {"last": self._last, "messages": [asdict(each) for each in self._kept]}

    def revive(self, record: Document) -> None:
        """Takes the messages of an earlier life."""
        self._last = record["last"]
        kept = (Message(**{**each, "to": tuple(each["to"])}) for each in record["messages"])
        self._kept = deque(kept, maxlen=KEPT)


def read(path: str, body: str) -> Note:
    """What a body says: a robot's JSON by its `msgtype`, else a gateway's by its receivers or its path.

    Words that cannot be found are the body itself, so that nothing that came is hidden.
    """
    document = _document(body)
    if isinstance(document.get("msgtype"), str):
        return Note(GROUP, _called(document), _shown(_robot_words(document), body))
    to = tuple(each for name in RECEIVERS for each in _listed(document.get(name)))
    words = next((document[name] for name in SENTENCES if isinstance(document.get(name), str)), "")
    door = DOORS.get(path.rstrip("/").rpartition("/")[2], "")
    return Note(door or (SMS if to else OTHER), to, _shown(words, body))


def is_mute(body: str) -> bool:
    """Whether a robot would have nothing to show: a text or markdown without words."""
    document = _document(body)
    return document.get("msgtype") in ("text", "markdown") and not _robot_words(document).strip()


def _document(body: str) -> Document:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {name: values[-1] for name, values in parse_qs(body).items()}
    return document if isinstance(document, dict) else {}


def _robot_words(document: Document) -> str:
    kind = document["msgtype"]
    holder = document.get(kind)
    inside = holder if isinstance(holder, dict) else {}
    words = next((inside[name] for name in ("content", "text") if isinstance(inside.get(name), str)), "")
    return _without_markdown(words) if kind.startswith("markdown") else words


def _without_markdown(words: str) -> str:
    words = MENTION.sub(r"@\1", FONT.sub("", words))
    return LINK.sub(r"\1 \2", BOLD.sub(r"\1", HEAD.sub("", words)))


def _called(document: Document) -> tuple[str, ...]:
    """Who of the group is called by name: 企业微信 says so beside the words, 钉钉 under `at`."""
    holder, at = document.get(document["msgtype"]), document.get("at")
    inside, others = (each if isinstance(each, dict) else {} for each in (holder, at))
    names = [*_listed(inside.get("mentioned_list")), *_listed(inside.get("mentioned_mobile_list"))]
    names += [*_listed(others.get("atMobiles")), *_listed(others.get("atUserIds"))]
    if others.get("isAtAll") is True:
        names.append("@all")
    return tuple(dict.fromkeys(EVERYBODY if name == "@all" else name for name in names))


def _listed(value: object) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [_whole(str(each)) for each in listed if isinstance(each, (str, int)) and str(each).strip()]


def _shown(words: str, body: str) -> str:
    return _whole(words.strip() or body)


def _whole(words: str) -> str:
    """Without half characters, which nobody can be shown."""
    return words.encode(errors="replace").decode()
