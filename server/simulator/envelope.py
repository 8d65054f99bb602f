"""The paper round a message: XML written and read, sealed and signed in all three modes (fact sheet §1.2–1.3)."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from .crypto import BadEnvelope, Sealer, is_signed, signature

Fields = dict[str, Any]
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # No XML may hold these.


class BadReply(ValueError):
    """An answer the platform would not take; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message or event on its way to the account; `raw` is XML that goes out just as it is."""

    openid: str
    fields: Fields
    raw: str = ""

    @property
    def kind(self) -> str:
        """The MsgType."""
        return str(self.fields.get("MsgType", ""))

    @property
    def event(self) -> str:
        """The Event in lower case, empty for ordinary messages."""
        return str(self.fields.get("Event", "")).lower()

    def clear(self) -> str:
        """The letter as XML."""
        return self.raw or xml(self.fields)


def xml(fields: Fields) -> str:
    """`<xml>` with the fields in their order: words in CDATA, numbers bare, a list as repeated elements."""
    return f"<xml>{_elements(fields)}</xml>"


def _elements(fields: Fields) -> str:
    pairs = ((name, each) for name, value in fields.items() for each in (value if isinstance(value, list) else [value]))
    return "".join(f"<{name}>{_content(value)}</{name}>" for name, value in pairs)


def _content(value: object) -> str:
    if isinstance(value, dict):
        return _elements(value)
    if isinstance(value, (int, float)):
        return str(value)
    written = ILLEGAL.sub("", str(value))
    return "<![CDATA[" + written.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def parse(document: bytes) -> Fields:
    """The fields of an XML answer; `BadReply` when it is none. A name that comes twice becomes a list."""
    if b"<!DOCTYPE" in document or b"<!ENTITY" in document:
        raise BadReply("the answer declares a document type")
    try:
        root = ET.fromstring(document)  # noqa: S314  no document type, so no entity, gets this far
    except (ET.ParseError, ValueError) as broken:
        raise BadReply(f"the answer is not XML: {broken}") from broken
    if root.tag != "xml":
        raise BadReply(f"the root of the answer is <{root.tag}>, not <xml>")
    fields = _fields(root)
    return fields if isinstance(fields, dict) else {}


def _fields(element: ET.Element) -> Fields | str:
    if not len(element):
        return element.text or ""
    found: Fields = {}
    for child in element:
        value = _fields(child)
        if child.tag not in found:
            found[child.tag] = value
        elif isinstance(found[child.tag], list):
            found[child.tag].append(value)
        else:
            found[child.tag] = [found[child.tag], value]
    return found


@dataclass(frozen=True, slots=True)
class Post:
    """What is really sent: query and body, and the nonce that a sealed answer must repeat."""

    query: dict[str, str]
    body: bytes
    nonce: str


class Envelopes:
    """Puts letters into envelopes and opens the answers, for one account."""

    def __init__(self, token: str, sealer: Sealer) -> None:
        self._token = token
        self._sealer = sealer

    def wrap(self, letter: Letter, mode: str, now: float) -> Post:
        """The letter as it goes out now: own timestamp, nonce and signatures each time."""
        timestamp, nonce = str(int(now)), str(secrets.randbelow(10**9) + 10**8)
        query = {
            "signature": signature(self._token, timestamp, nonce),
            "timestamp": timestamp,
            "nonce": nonce,
            "openid": letter.openid,
        }
        clear = letter.clear()
        if mode == "plain":
            return Post(query, clear.encode(), nonce)
        sealed = self._sealer.seal(clear.encode())
        query |= {
            "encrypt_type": "aes",
            "msg_signature": signature(self._token, timestamp, nonce, sealed),
        }
        return Post(query, self._sealed_body(letter, clear, sealed, mode).encode(), nonce)

    def _sealed_body(self, letter: Letter, clear: str, sealed: str, mode: str) -> str:
        encrypt = f"<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        if mode == "compatible":
            return clear.removesuffix("</xml>") + encrypt
        return f"<xml><ToUserName><![CDATA[{letter.fields['ToUserName']}]]></ToUserName>" + encrypt

    def open(self, body: bytes, post: Post) -> bytes:
        """The clear XML of an answer; `BadReply` when it is not sealed and signed as the request asked for."""
        if "encrypt_type" not in post.query:
            return body
        fields = parse(body)
        given = {name: fields.get(name) for name in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")}
        missing = [name for name, value in given.items() if not isinstance(value, str) or not value]
        if missing:
            raise BadReply(f"the sealed answer has no {missing[0]}")
        if not str(given["TimeStamp"]).isdecimal():
            raise BadReply("TimeStamp of the sealed answer is not a whole number")
        if given["Nonce"] != post.nonce:
            raise BadReply("Nonce of the sealed answer is not the request's")
        parts = (str(given["TimeStamp"]), str(given["Nonce"]), str(given["Encrypt"]))
        if not is_signed(str(given["MsgSignature"]), self._token, *parts):
            raise BadReply("MsgSignature of the answer does not fit")
        try:
            return self._sealer.open(parts[2])
        except BadEnvelope as broken:
            raise BadReply(f"the answer cannot be opened: {broken}") from broken
