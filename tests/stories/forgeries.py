"""Requests that are not WeChat's, or not whole: each one as it would come to the door, by its name."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from server.simulator import ids
from server.simulator.crypto import Sealer, signature
from server.simulator.envelope import xml
from tests.stories.poster import ACCOUNT, Poster

DAY = 24 * 3600
LAUGHS = (
    '<!DOCTYPE xml [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(8))
    + "]>"
)


@dataclass(frozen=True, slots=True)
class Knock:
    """One request; what is not said is as WeChat would have it."""

    query: Mapping[str, str]
    body: bytes
    method: str = "POST"
    kind: str = "text/xml"


class Forger:
    """Makes knocks for one account: sealed and signed rightly, but for what a forgery changes."""

    def __init__(self, poster: Poster) -> None:
        self.poster = poster
        self.is_plain = poster.mode == "plain"
        self.signature = "signature" if self.is_plain else "msg_signature"

    def clear(self, **nodes: object) -> str:
        """A text as XML; a node given as None is left out."""
        usual = {
            "ToUserName": ACCOUNT,
            "FromUserName": ids.openid(),
            "CreateTime": int(self.poster.now()),
            "MsgType": "text",
            "Content": "我要进来",
            "MsgId": 1,
        }
        return xml({name: value for name, value in (usual | nodes).items() if value is not None})

    def knock(self, clear: str | bytes | None = None, stamp: str | None = None, sealer: Sealer | None = None) -> Knock:
        """What WeChat would send for this XML, stamped and sealed as told."""
        raw = clear if isinstance(clear, bytes) else (clear or self.clear()).encode()
        if self.is_plain:
            return self.signed(raw, "", stamp)
        return self.sealed((sealer or self.poster.sealer).seal(raw), stamp)

    def sealed(self, encrypt: str, stamp: str | None = None, extra: str = "") -> Knock:
        """An envelope around this ciphertext, rightly signed."""
        body = f"<xml><ToUserName>{ACCOUNT}</ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt>{extra}</xml>"
        return self.signed(body.encode(), encrypt, stamp)

    def signed(self, body: bytes, encrypt: str, stamp: str | None = None) -> Knock:
        """This body under right signatures."""
        stamp, nonce = stamp or str(int(self.poster.now())), "998877"
        query = {"timestamp": stamp, "nonce": nonce, "signature": signature(self.poster.token, stamp, nonce)}
        if not self.is_plain:
            query |= {"encrypt_type": "aes", "msg_signature": signature(self.poster.token, stamp, nonce, encrypt)}
        return Knock(query, body)

    # The forgeries

    def all(self) -> Iterator[tuple[str, Knock]]:
        """Every forgery that this account's mode knows."""
        yield from self.unsigned()
        yield from self.ill_timed()
        yield from self.too_large()
        yield from ((f"hostile: {name}", self.knock(clear)) for name, clear in self.hostile())
        yield from ((f"no message: {name}", self.knock(clear)) for name, clear in self.misshapen())
        yield from self.other_verbs()
        if not self.is_plain:
            yield from self.downgrades()
            yield from self.broken_seals()

    def unsigned(self) -> Iterator[tuple[str, Knock]]:
        """Signatures that prove nothing."""
        good = self.knock()
        right = good.query[self.signature]
        changed = ("0" if right[0] != "0" else "1") + right[1:]
        for name, value in {
            "changed": changed,
            "empty": "",
            "short": right[:39],
            "long": right + "0",
            "loud": right.upper() if right.upper() != right else changed,
            "not ascii": "签" * 40,
        }.items():
            yield f"signature {name}", replace(good, query={**good.query, self.signature: value})
        for name in (self.signature, "timestamp", "nonce"):
            yield f"no {name}", replace(good, query={key: each for key, each in good.query.items() if key != name})
        for name in ("timestamp", "nonce"):
            yield f"{name} changed", replace(good, query={**good.query, name: good.query[name] + "1"})
        yield "nothing at all", Knock({}, b"")
        yield "no query", Knock({}, good.body)
        yield "another's token", self._with_token("anothertoken")

    def _with_token(self, token: str) -> Knock:
        own, self.poster.token = self.poster.token, token
        try:
            return self.knock()
        finally:
            self.poster.token = own

    def ill_timed(self) -> Iterator[tuple[str, Knock]]:
        """Stamps that are too old, or no stamps."""
        now = int(self.poster.now())
        for stamp in (now - DAY - 60, now - 30 * DAY, 0, "-5", f"{now}.5", "soon", "1" * 13, "9" * 400):
            yield f"stamp {str(stamp)[:14]}", self.knock(stamp=str(stamp))
        yield "stamp in wide digits", self.knock(stamp="１７００００００００")

    def too_large(self) -> Iterator[tuple[str, Knock]]:
        """Bodies over 64 KB."""
        for size in (64 * 1024, 200 * 1024):
            yield f"{size} bytes", self.knock(self.clear(Content="大" * (size // 3)))

    def hostile(self) -> Iterator[tuple[str, str | bytes]]:
        """XML that harms who reads it trustfully."""
        good = self.clear()
        head, tail = '<?xml version="1.0" encoding="{}"?>', good.removeprefix("<xml>")
        outside = '<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/hostname">]><xml><Content>&e;</Content>'
        yield "entities of entities", LAUGHS + "<xml><Content>&i;</Content>" + tail
        yield "an entity from outside", outside + tail
        yield "a document type", "<!DOCTYPE xml>" + good
        yield "an entity that nobody declared", "<xml><Note>&nobody;</Note>" + tail
        yield "too deep", "<xml>" + "<a>" * 400 + "</a>" * 400 + tail
        yield "too many nodes", "<xml>" + "<a/>" * 9_000 + tail
        yield "another encoding", head.format("gb18030").encode() + good.encode("gb18030")
        yield "utf-16", good.encode("utf-16")
        yield "bytes that are no UTF-8", good.encode().replace("我".encode(), b"\xff\xfe")
        yield "a zero character", good.replace("我", "\0")
        yield "a character that XML has not", good.replace("我", "\x0b")

    def misshapen(self) -> Iterator[tuple[str, str]]:
        """What is no message."""
        good = self.clear()
        yield "words", "在吗"
        yield "JSON", '{"ToUserName": "gh", "MsgType": "text"}'
        yield "another root", good.replace("xml>", "html>")
        yield "two roots", good + good
        yield "half", good[: len(good) // 2]
        yield "an empty root", "<xml/>"
        for name in ("ToUserName", "FromUserName", "CreateTime", "MsgType"):
            yield f"without {name}", self.clear(**{name: None})
            yield f"empty {name}", self.clear(**{name: ""})
        for created in ("yesterday", "-1", "1e9", "9" * 30, "17000000.5"):
            yield f"CreateTime {created[:12]}", self.clear(CreateTime=created)
        yield "a name without end", self.clear(FromUserName="o" * 500)
        yield "a place that is none", self.clear(MsgType="location", Location_X="north", Location_Y="9999")
        yield "a publish that is none", self.clear(MsgType="event", Event="PUBLISHJOBFINISH")

    def other_verbs(self) -> Iterator[tuple[str, Knock]]:
        """Methods that WeChat does not use, and bodies of other kinds."""
        good = self.knock()
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"):
            yield method, replace(good, method=method)
        form = "multipart/form-data; boundary=x"
        yield "a form", Knock(good.query, b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--", kind=form)

    def downgrades(self) -> Iterator[tuple[str, Knock]]:
        """What comes in clear though the account asks for sealed messages."""
        good, clear = self.knock(), self.clear().encode()
        plain = {name: good.query[name] for name in ("signature", "timestamp", "nonce")}
        yield "clear, signed as in plain mode", Knock(plain, clear)
        yield "clear, called raw", Knock({**plain, "encrypt_type": "raw"}, clear)
        yield "clear, called aes", Knock(good.query, clear)
        yield "sealed, signed as in plain mode", Knock(plain, good.body)
        yield "sealed, called raw", Knock({**good.query, "encrypt_type": "raw"}, good.body)
        yield "no msg_signature but signature", Knock({**plain, "encrypt_type": "aes"}, good.body)

    def broken_seals(self) -> Iterator[tuple[str, Knock]]:
        """Ciphertexts that are signed, and that cannot be opened."""
        good = self.poster.sealer.seal(self.clear().encode())
        raw = bytearray(base64.b64decode(good))
        appid = self.poster.city.environ["XINYI_OA_APPID"]
        key = base64.b64encode(bytes(range(100, 132))).decode().rstrip("=").replace("+", "A").replace("/", "B")
        yield "another's appid", self.knock(sealer=Sealer(self.poster.city.environ["XINYI_OA_AES_KEY"], "wxanother"))
        yield "another's key", self.knock(sealer=Sealer(key, appid))
        for name, encrypt in {
            "cut short": good[:-5],
            "cut by a block": base64.b64encode(raw[:-16]).decode(),
            "one block": base64.b64encode(raw[:16]).decode(),
            "not whole blocks": base64.b64encode(raw[:-3]).decode(),
            "with blanks": good[:40] + "\n " + good[40:],
            "for addresses": good.replace("/", "_").replace("+", "-") + "--",
            "not base64": "密文",
            "empty": "",
        }.items():
            yield f"ciphertext {name}", self.sealed(encrypt)
        for place in (16, 20, len(raw) - 17, len(raw) - 1):
            changed = raw.copy()
            changed[place] ^= 1
            yield f"byte {place} changed and signed", self.sealed(base64.b64encode(changed).decode())
        yield "two ciphertexts", self.sealed(good, extra=f"<Encrypt>{good}</Encrypt>")
