"""/cgi-bin/message/mass/…: to everybody, to a list, to one for a look, and afterwards."""

from __future__ import annotations

from typing import Any

from .. import reading, sending
from ..mass import SPEEDS, Job
from ..reading import Document
from ..refusal import Refusal
from ..world import World
from .call import Call

TEXT_BYTES = 2048
MOST_OPENIDS = 10_000


def send_to_all(world: World, call: Call) -> Document:
    """A send to everybody. By tag it is 40152: nobody here has a tag."""
    document = call.document()
    target = reading.mapping(document, "filter")
    if not reading.truth(target, "is_to_all"):
        raise Refusal(40152)
    return _accept(world, call, document, None)


def send_to_list(world: World, call: Call) -> Document:
    """A send to 2 to 10,000 openids, which a 服务号 alone may do."""
    document = call.document()
    if world.account.kind != "service":
        raise Refusal(48001)
    openids = reading.listing(document, "touser")
    if len(openids) > MOST_OPENIDS:
        raise Refusal(40032)
    if not all(isinstance(each, str) and world.followers.find(each) for each in openids):
        raise Refusal(40031)
    distinct = list(dict.fromkeys(openids))
    if len(distinct) < 2:
        raise Refusal(40130)
    return _accept(world, call, document, distinct)


def _accept(world: World, call: Call, document: Document, openids: list[str] | None) -> Document:
    if not world.account.verified:
        raise Refusal(48001)
    client_id = reading.text(document, "clientmsgid")
    world.mass.check_client_id(client_id, call.at)
    if reading.number(document, "send_ignore_reprint") not in (0, 1):
        raise reading.wrong("send_ignore_reprint")
    kind, content = _content(world, call, document)
    world.mass.check_allowance(world.account, openids is None, call.at)
    guarded = openids is None and world.account.guard != "off"
    if guarded and world.account.guard == "error":
        raise Refusal(89504)
    more = {**content, "client_id": client_id, "waits": "tap" if guarded else ""}
    job = world.mass.open(call.at, kind, openids, **more)
    sending.begin(world, job)
    answer = {"errcode": 0, "errmsg": "send job submission success", "msg_id": job.msg_id}
    return answer | {"msg_data_id": job.msg_data_id} if kind == "mpnews" else answer


def _content(world: World, call: Call, document: Document) -> tuple[str, dict[str, Any]]:
    kind = reading.text(document, "msgtype")
    if kind not in ("mpnews", "text", "voice", "image", "mpvideo", "wxcard"):
        raise Refusal(45162)
    if kind == "wxcard":
        raise Refusal(45113)
    holder = reading.mapping(document, "images" if kind == "image" else kind)
    if kind == "mpnews":
        draft = world.drafts.known(reading.text(holder, "media_id"))
        return kind, {"draft": draft.media_id, "articles": [dict(each) for each in draft.articles]}
    if kind == "text":
        return kind, {"text": _text(holder)}
    if kind == "image":
        _check_pictures(world, call, holder)
    else:
        world.media.usable(reading.text(holder, "media_id"), (kind.removeprefix("mp"),), call.at)
    if kind == "mpvideo":
        raise Refusal(48022)  # Every video here came by a call, and such are refused.
    return kind, {}


def _text(holder: Document) -> str:
    content = reading.text(holder, "content")
    if not content:
        raise Refusal(44004)
    if len(content.encode()) > TEXT_BYTES:
        raise Refusal(45002)
    return content


def _check_pictures(world: World, call: Call, holder: Document) -> None:
    pictures = reading.listing(holder, "media_ids")
    if not pictures or not all(isinstance(each, str) for each in pictures):
        raise reading.wrong("media_ids")
    for each in pictures:
        world.media.usable(each, ("image",), call.at)


def preview(world: World, call: Call) -> Document:
    """A look for one follower: it lands in one inbox and leaves draft and quotas as they were."""
    document = call.document()
    if not world.account.verified:
        raise Refusal(48001)
    name = reading.text(document, "towxname")
    if name:
        purse = world.quotas.purse("/cgi-bin/message/mass/preview#wxname", world.account.quota)
        world.quotas.spend(purse, call.at)
        raise Refusal(40132, "invalid username")  # Nobody here has told a WeChat name.
    openid = reading.text(document, "touser")
    if not openid:
        raise Refusal(41009)
    follower = world.followers.known(openid)
    if not follower.is_reached:
        raise Refusal(43004)
    if document.get("msgtype") == "image":
        document = {**document, "images": {"media_ids": [reading.mapping(document, "image").get("media_id")]}}
    kind, content = _content(world, call, document)
    if kind == "mpnews":
        cards = tuple(sending.card(each["url"], each) for each in content["articles"])
        world.show(follower, "account", "news", articles=cards, by="preview")
    else:
        world.show(follower, "account", kind, text=content.get("text", sending.SHOWN.get(kind, "")), by="preview")
    return {}


def get(world: World, call: Call) -> Document:
    """How far a send is; no counts."""
    job = _job(world, call.document())
    return {"msg_id": job.msg_id, "msg_status": job.status}


def _job(world: World, document: Document) -> Job:
    number = reading.number(document, "msg_id")
    return world.mass.known(number)


def delete(world: World, call: Call) -> Document:
    """Takes the pages of a finished send away; the cards stay."""
    document = call.document()
    job = _by_url(world, reading.text(document, "url")) if "url" in document else _job(world, document)
    if job.kind != "mpnews":
        raise Refusal(40204)
    if job.status != "SEND_SUCCESS":
        raise Refusal(40065)
    index = reading.number(document, "article_idx")
    if not 0 <= index <= len(job.pages):
        raise Refusal(40060)
    for page in job.pages if index == 0 else [job.pages[index - 1]]:
        sent = world.mass.article(page)
        if sent is not None:
            sent.is_deleted = True
    if index == 0:
        job.status = "DELETE"
    return {}


def _by_url(world: World, url: str) -> Job:
    page = url.rpartition("/s/")[2]
    job = next((each for each in world.mass if page in each.pages and each.by_api), None)
    if job is None:
        raise Refusal(40059)
    return job


def get_speed(world: World, call: Call) -> Document:
    """The present speed, and in 万 a minute."""
    del call
    return {"speed": world.mass.speed, "realspeed": SPEEDS[world.mass.speed]}


def set_speed(world: World, call: Call) -> Document:
    """A speed from 0 (fast) to 4."""
    document = call.document()
    if "speed" not in document:
        raise Refusal(45084)
    speed = reading.number(document, "speed", -1)
    if not 0 <= speed < len(SPEEDS):
        raise Refusal(45083)
    world.mass.speed = speed
    return {}
