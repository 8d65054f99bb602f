"""Followers of the bench, and what they write, sealed by the platform's side of the protocol."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import cycle, islice
from urllib.parse import urlencode

from server.domain.people.model import Follower
from server.simulator.crypto import Sealer, signature
from server.storage.documents import to_document
from server.storage.mongo import Mongo

ACCOUNT = "gh_0123456789ab"
SENTENCES = (
    "最近总是睡不好，躺下脑子就停不下来",
    "班长今天又当着大家说我了",
    "孩子期中没考好，回家一句话都不说",
    "谢谢你",
    "连着上了十天班，有点顶不住了",
    "今天天气不错",
    "你好",
    "跟爱人吵了一架，两天没说话",
    "想家了，过年也不知道能不能回去",
    "你们是真人吗",
    "车间里又热又吵，下了班什么都不想干",
    "这个月的加班费还没有发",
    "食堂的菜越来越咸",
    "我有点焦虑，明天要竞聘",
    "同屋的工友老是打呼噜",
    "晚安",
)
"""Everyday words: rules 4 and 5 answer them out of memory, none of them is a word of the menu or a cry for help."""


def openid(number: int) -> str:
    """Return the openid of one of the crowd, as long as the platform's."""
    return f"oBench{number:022d}"


def follower(number: int, now: datetime) -> Follower:
    """Return one of the crowd, who has followed for a while."""
    return Follower(openid(number), f"w-bench{number:020d}", follows=True, event_at=1, seen_first=now)


async def gather_crowd(mongo: Mongo, count: int, now: datetime) -> None:
    """Make so many followers known."""
    known = [to_document(follower(number, now), key="openid") for number in range(count)]
    await mongo.data["followers"].insert_many(known)


def posts(environ: Mapping[str, str], crowd: int, now: datetime) -> Iterator[bytes]:
    """Yield distinct signed and sealed text messages as whole HTTP requests, from everybody in turn."""
    sealer, token = Sealer(environ["XINYI_OA_AES_KEY"], environ["XINYI_OA_APPID"]), environ["XINYI_OA_TOKEN"]
    stamp = str(int(now.timestamp()))
    for number, words in enumerate(cycle(SENTENCES)):
        sender = openid(number % crowd)
        sealed, nonce = sealer.seal(_message(sender, stamp, words, number)), str(100_000_000 + number)
        query = {
            "signature": signature(token, stamp, nonce),
            "timestamp": stamp,
            "nonce": nonce,
            "openid": sender,
            "encrypt_type": "aes",
            "msg_signature": signature(token, stamp, nonce, sealed),
        }
        yield _request(f"/wechat?{urlencode(query)}", _envelope(sealed))


def chunks(requests: Iterator[bytes], size: int, count: int) -> list[list[bytes]]:
    """Return so many lists of so many requests each."""
    return [list(islice(requests, size)) for _ in range(count)]


def _message(sender: str, stamp: str, words: str, number: int) -> bytes:
    return (
        f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><FromUserName><![CDATA[{sender}]]></FromUserName>"
        f"<CreateTime>{stamp}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{words}]]></Content><MsgId>{24_000_000_000_000_000 + number}</MsgId></xml>"
    ).encode()


def _envelope(sealed: str) -> bytes:
    to = f"<ToUserName><![CDATA[{ACCOUNT}]]></ToUserName>"
    return f"<xml>{to}<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()


def _request(target: str, body: bytes) -> bytes:
    head = (
        f"POST {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Mozilla/4.0\r\nAccept: */*\r\n"
        f"Pragma: no-cache\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
