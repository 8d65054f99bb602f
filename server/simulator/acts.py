"""What a person does on the phone, and what the platform makes of it."""

from __future__ import annotations

from typing import Any

from . import ids, kinds, sent
from .callbacks import Outcome
from .envelope import Letter
from .followers import TOUCHES, Follower
from .world import World

Wishes = dict[str, Any]
SPOKEN = {"voice": "[语音]", "video": "[视频]", "shortvideo": "[视频]", "miniprogrampage": "[小程序]"}


async def follow(world: World, follower: Follower, wishes: Wishes) -> Outcome:
    """Follows the account, by its code when there is a `scene`; the event is brought."""
    return await happen(world, follower, "subscribe", wishes)


async def write(world: World, follower: Follower, wishes: Wishes) -> Outcome:
    """Sends a message of any kind; it opens the 48 hours and is brought as often as `repeat` asks."""
    kind = str(wishes.get("type", "text"))
    usual = kinds.MESSAGES[kind](world.base) if kind in kinds.MESSAGES else {}
    nodes = {**usual, **sent.nodes(world, kind, wishes), **kinds.nodes_of(wishes)}
    if "content" in wishes:
        nodes["Content"] = wishes["content"]
    follower.talked(world.clock.seconds())
    more = _shown_details(kind, nodes, int(wishes.get("seconds", sent.SECONDS)))
    world.show(follower, "follower", _shown_kind(kind), text=_shown_words(kind, nodes), by="own", **more)
    fields = {"MsgType": kind, **nodes, "MsgId": int(wishes.get("msgid") or world.next_message_id())}
    return await _bring(world, world.letter(follower.openid, fields, wishes), wishes)


async def happen(world: World, follower: Follower, event: str, wishes: Wishes) -> Outcome:
    """Lets an event happen: following, leaving, a tap, a scan, or any other with the nodes that are given."""
    name = event.lower()
    nodes = {**kinds.EVENTS.get(name, {}), **kinds.nodes_of(wishes)}
    if "key" in wishes:
        nodes["EventKey"] = wishes["key"]
    if name == "subscribe":
        nodes = {**_code(wishes), **nodes}
        follower.scene = str(wishes.get("scene", ""))
    _take_effect(world, follower, name, nodes)
    fields = {"MsgType": "event", "Event": event, **nodes}
    return await _bring(world, world.letter(follower.openid, fields, wishes), wishes)


def _code(wishes: Wishes) -> Wishes:
    if not wishes.get("scene"):
        return {"EventKey": ""}
    return {"EventKey": f"qrscene_{wishes['scene']}", "Ticket": ids.media_id()}


def _take_effect(world: World, follower: Follower, name: str, nodes: Wishes) -> None:
    now = world.clock.seconds()
    world.is_changed = True
    if name == "subscribe":
        follower.follow(now)
    elif name == "unsubscribe":
        follower.leave()
    if name in TOUCHES:
        follower.touched(now)
    if name not in ("subscribe", "unsubscribe") and (name in TOUCHES or name.startswith(("view", "pic_", "location"))):
        world.show(follower, "follower", "event", text=str(nodes.get("EventKey", name)), by="own")


async def _bring(world: World, letter: Letter, wishes: Wishes) -> Outcome:
    copies = int(wishes.get("repeat", 1))
    if copies > 1:
        return await world.postman.deliver_copies(letter, copies)
    return await world.postman.deliver(letter)


def _shown_kind(kind: str) -> str:
    return {"shortvideo": "video"}.get(kind, kind if kind in kinds.MESSAGES else "text")


def _shown_words(kind: str, nodes: Wishes) -> str:
    named = {"text": "Content", "image": "PicUrl", "location": "Label", "link": "Title"}
    return str(nodes.get(named[kind], "")) if kind in named else SPOKEN.get(kind, f"[{kind}]")


def _shown_details(kind: str, nodes: Wishes, seconds: int) -> Wishes:
    """What the bubble tells besides: how long a voice is and what was understood of it, the point, the address."""
    if kind == "voice":
        return {"seconds": seconds, "note": str(nodes.get("Recognition", ""))}
    if kind == "location":
        return {"note": f"{nodes.get('Location_X', '')}, {nodes.get('Location_Y', '')}"}
    if kind == "link":
        return {"url": str(nodes.get("Url", "")), "note": str(nodes.get("Description", ""))}
    return {}
