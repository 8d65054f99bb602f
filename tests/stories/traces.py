"""Every way in which words may lie about unsealed, and a search for them in all that a service leaves behind."""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import bson
import pymongo
import redis

from tests.servers import Servers

Client = pymongo.MongoClient[dict[str, Any]]
OPLOG = "local.oplog.rs"


def forms(words: str) -> dict[str, bytes]:
    """Every form in which these words could be found again by who has no key, by its name."""
    raw, codes = words.encode(), [f"{ord(each):04x}" for each in words]
    plain = {
        "utf-8": raw,
        "utf-16-le": words.encode("utf-16-le"),
        "utf-16-be": words.encode("utf-16-be"),
        "gb18030": words.encode("gb18030"),
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "percent": quote(words, safe="").encode(),
        "\\u": "".join(f"\\u{code}" for code in codes).encode(),
        "\\U": "".join(f"\\u{code.upper()}" for code in codes).encode(),
        "\\\\u": "".join(f"\\\\u{code}" for code in codes).encode(),
        "\\x": "".join(f"\\x{byte:02x}" for byte in raw).encode(),
        "&#x": "".join(f"&#x{code};" for code in codes).encode(),
        "&#": "".join(f"&#{ord(each)};" for each in words).encode(),
    }
    return plain | {f"base64+{shift}{kind}": found for shift, kind, found in _base64(raw)}


def _base64(raw: bytes) -> Iterator[tuple[int, str, bytes]]:
    """What stands in base64 for these bytes wherever they begin: at the first, second or third byte of a group."""
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + raw)
        sure = whole[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6]
        yield shift, "", sure
        if any(sign in sure for sign in (b"+", b"/")):
            yield shift, " for addresses", sure.replace(b"+", b"-").replace(b"/", b"_")


@dataclass(frozen=True, slots=True)
class Found:
    """Words that lie open: where, and in which form."""

    place: str
    form: str


@dataclass(frozen=True)
class Remains:
    """All that a city leaves behind: its servers, and every file that a process of it writes.

    `client` is a plain one, which knows of no key.
    """

    servers: Servers
    folders: tuple[Path, ...]
    client: Client
    not_before: bson.Timestamp

    def search(self, *words: str, among: Iterable[str] = ("mongo", "oplog", "redis", "file")) -> set[Found]:
        """Every place in which one of these words lies open."""
        wanted = [(form, each) for word in words for form, each in forms(word).items()]
        return {
            Found(place, form)
            for kind in among
            for place, content in getattr(self, f"_{kind}")()
            for form, each in wanted
            if each in content
        }

    def holds(self, secret: bytes) -> list[str]:
        """The places in which these very bytes lie, or their base64, or their hex digits."""
        wanted = (secret, *(found for _, _, found in _base64(secret)), secret.hex().encode())
        everything = (place for kind in ("mongo", "oplog", "redis", "file") for place in getattr(self, f"_{kind}")())
        return [place for place, content in everything if any(each in content for each in wanted)]

    def _mongo(self) -> Iterator[tuple[str, bytes]]:
        """Every collection of every database, as raw BSON."""
        for database in self.client.list_database_names():
            for name in self.client[database].list_collection_names():
                if f"{database}.{name}" != OPLOG:
                    yield f"{database}.{name}", b"".join(self.client[database][name].find_raw_batches())

    def _oplog(self) -> Iterator[tuple[str, bytes]]:
        """The oplog, as raw BSON, from the instant on that was asked for."""
        since = {"ts": {"$gte": self.not_before}}
        yield OPLOG, b"".join(self.client.local["oplog.rs"].find_raw_batches(since))

    def _redis(self) -> Iterator[tuple[str, bytes]]:
        """Every key of every database, dumped and, where it is a stream, read through."""
        with redis.Redis.from_url(self.servers.valkey.url) as first:
            first.config_set("rdbcompression", "no")  # else long words are dumped compressed
            numbers = [int(name.removeprefix("db")) for name in first.info("keyspace")]
        for number in numbers:
            with redis.Redis.from_url(self.servers.valkey.url.rpartition("/")[0] + f"/{number}") as client:
                for key in client.scan_iter():
                    stream = client.xrange(key) if client.type(key) == b"stream" else []
                    read = (part for _, fields in stream for pair in fields.items() for part in pair)
                    yield f"redis {key!r}", b"\0".join((key, client.dump(key) or b"", *read))

    def _file(self) -> Iterator[tuple[str, bytes]]:
        """Every log of every process, the commands that Redis was ever given, and whatever else lies there.

        MongoDB's own files are left out: they are compressed, and what they hold is read through the client.
        """
        for folder in (*self.folders, self.servers.folder):
            for path in folder.rglob("*"):
                if path.is_file() and self.servers.folder / "mongo" not in path.parents:
                    yield f"file {path.name}", path.read_bytes()


def newest(client: Client) -> bson.Timestamp:
    """The instant of the newest entry of the oplog."""
    entry = client.local["oplog.rs"].find_one(sort=[("$natural", -1)])
    assert entry is not None
    found: bson.Timestamp = entry["ts"]
    return found
