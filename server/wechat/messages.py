"""Messages as the platform writes them: its XML heard as plain values, our answer written as its XML."""

import re
from datetime import datetime
from hashlib import sha256

from server.domain.conversation.messages import Content, Heard, Unknown
from server.domain.post.saying import Card, Picture, Saying, Words, cut
from server.wechat.kinds import EVENTS, MESSAGES, Misshapen, answers, event, message_id
from server.wechat.markup import Tree, branch, guarded, legal, read, words

LONGEST_NAME = 64  # bytes; beyond this, and emptiness, names are not judged
DIGEST = 20  # hex characters

_CREATED = re.compile(r"[0-9]{1,10}")


def parse(clear: bytes, now: datetime) -> Heard:
    """Return what the account heard; `now` is the instant of arrival.

    An unknown kind becomes `Unknown` with its XML kept. Refuses with a Malformed of any kind (400) whatever has not
    the form of a message, and with nothing else.
    """
    tree = read(clear)
    created = words(tree, "CreateTime").strip()
    if not _CREATED.fullmatch(created):
        raise Misshapen("CreateTime 不是时间")
    openid = _name(tree, "FromUserName")
    return Heard(
        key=_key(tree, clear, openid, int(created)),
        openid=openid,
        account=_name(tree, "ToUserName"),
        created=int(created),
        arrived=now,
        content=_content(tree, clear),
    )


def render(saying: Saying, heard: Heard, now: datetime) -> bytes:
    """Return the passive reply to what was heard: a text (cut at 2,048 bytes), one article card, or a picture."""
    return b"".join((
        b"<xml><ToUserName>", _section(heard.openid),
        b"</ToUserName><FromUserName>", _section(heard.account),
        b"</FromUserName><CreateTime>%d</CreateTime>" % int(now.timestamp()),
        _said(saying), b"</xml>",
    ))  # fmt: skip


def _content(tree: Tree, clear: bytes) -> Content:
    kind = words(tree, "MsgType").lower()
    if not kind:
        raise Misshapen("缺少 MsgType")
    meaning = MESSAGES.get(kind)
    if kind == "event":
        kind = event(tree)
        meaning = EVENTS.get(kind)
    return meaning(tree) if meaning else Unknown(kind, clear.decode())


def _name(tree: Tree, node: str) -> str:
    name = words(tree, node)
    if not name or len(name.encode()) > LONGEST_NAME:
        raise Misshapen(f"{node} 不合规")
    return name


def _key(tree: Tree, clear: bytes, openid: str, created: int) -> str:
    """Return the platform's identity of the message (fact sheet 1.4), so that its repeats meet.

    It begins with the sender's openid and sorts by time within it. A finished job has a key of its own, because
    the platform tells of it more than once, under another CreateTime.
    """
    to, name = words(tree, "ToUserName"), event(tree)
    job = _job(tree, name)
    if job:
        return f"event:{name}:{_digest(to, name, *job)}"
    own = (name, words(tree, "EventKey"), *_own_ids(tree)) if name else (message_id(tree) or clear.decode(),)
    return f"{openid}:{created:010d}:{_digest(to, openid, str(created), *own)}"


def _job(tree: Tree, name: str) -> tuple[str, ...]:
    if name in ("masssendjobfinish", "templatesendjobfinish"):
        number = message_id(tree)
        return (number,) if number else ()
    if name == "publishjobfinish":
        info = branch(tree, "PublishEventInfo")
        number = words(info, "publish_id")
        return (number, words(info, "publish_status").strip()) if number else ()
    return ()


def _own_ids(tree: Tree) -> tuple[str, ...]:
    """Return what tells apart events of one person, name and second that carry no EventKey."""
    rows = (part for row in answers(tree) for part in (row.template, row.message))
    return (message_id(tree), words(tree, "trace_id"), words(tree, "OpenID"), words(tree, "RevokeInfo"), *rows)


def _digest(*parts: str) -> str:
    # No part can hold the zero character: XML does not know it.
    return sha256("\0".join(parts).encode()).hexdigest()[:DIGEST]


def _said(saying: Saying) -> bytes:
    match saying:
        case Words(text):
            return b"<MsgType>text</MsgType><Content>%b</Content>" % _section(cut(legal(text)))
        case Picture(media):
            return b"<MsgType>image</MsgType><Image><MediaId>%b</MediaId></Image>" % _section(media)
        case Card():
            return (
                b"<MsgType>news</MsgType><ArticleCount>1</ArticleCount><Articles><item>"
                b"<Title>%b</Title><Description>%b</Description><PicUrl>%b</PicUrl><Url>%b</Url>"
                b"</item></Articles>"
            ) % tuple(map(_section, (saying.title, saying.description, saying.picture, saying.url)))


def _section(text: str) -> bytes:
    return b"<![CDATA[%b]]>" % guarded(legal(text))
