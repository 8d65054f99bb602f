"""/cgi-bin/user/…: who follows."""

from __future__ import annotations

from collections.abc import Mapping

from .. import reading
from ..reading import Document
from ..refusal import Refusal
from ..world import World
from .call import Call

PAGE, BATCH = 10_000, 100


def openids(world: World, call: Call) -> Document:
    """A page of openids after `next_openid`; `data` is missing when there are no more."""
    found = world.followers.after(call.query.get("next_openid", ""), PAGE)
    answer: Document = {"total": world.followers.following(), "count": len(found)}
    return answer | ({"data": {"openid": found}, "next_openid": found[-1]} if found else {"next_openid": ""})


def info(world: World, call: Call) -> Document:
    """What the platform still tells about one follower: no name, no face."""
    return _about(world, call.query)


def info_batch(world: World, call: Call) -> Document:
    """The same about up to a hundred."""
    listed = reading.listing(call.document(), "user_list")
    if not 1 <= len(listed) <= BATCH:
        raise Refusal(40032)
    if not all(isinstance(each, dict) for each in listed):
        raise reading.wrong("user_list")
    return {"user_info_list": [_about(world, each) for each in listed]}


def _about(world: World, asked: Mapping[str, object]) -> Document:
    openid = asked.get("openid")
    if not openid:
        raise Refusal(41009)
    follower = world.followers.known(str(openid))
    if not follower.is_reached:
        return {"subscribe": 0, "openid": follower.openid}
    about = {
        "subscribe": 1,
        "openid": follower.openid,
        "language": "zh_CN",
        "subscribe_time": follower.since,
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": "ADD_SCENE_QR_CODE" if follower.scene else "ADD_SCENE_SEARCH",
        "qr_scene": int(follower.scene) if follower.scene.isdecimal() else 0,
        "qr_scene_str": follower.scene,
    }
    return about | ({"unionid": follower.unionid} if follower.unionid else {})
