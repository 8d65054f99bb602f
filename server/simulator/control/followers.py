"""/simulator/followers…: making people, letting them write and tap, and looking at their phones."""

from __future__ import annotations

import asyncio
import base64
import binascii

from .. import acts, ids, kinds, media, sent
from ..followers import Follower
from .base import Complaint, Control, Wishes, truth, whole, word

MOST = 1_000_000
AT_ONCE = 16  # How many of a crowd follow at the same moment.
LISTED = 500


class FollowersControl(Control):
    """Everybody."""

    def get(self) -> None:
        """Lists the first of them; `?limit=` says how many."""
        limit = self.get_query_argument("limit", str(LISTED))
        if not limit.isdecimal():
            raise Complaint("limit must be a whole number")
        shown = [self._shape(each) for each, _ in zip(self.world.followers, range(int(limit)), strict=False)]
        self.answer({"followers": shown, "total": len(self.world.followers)})

    def _shape(self, follower: Follower) -> Wishes:
        return {
            "openid": follower.openid,
            "name": ids.nickname(follower.openid),
            "follows": follower.follows,
            "unread": self.world.inboxes.unread(follower),
        }

    async def post(self) -> None:
        """Makes people; unless `quiet`, each one's following is told to the service."""
        wishes = self.wishes("count", "openid", "scene", "quiet", "unionid", "follows")
        openids = _openids(wishes)
        quiet, follows = truth(wishes, "quiet"), truth(wishes, "follows", default=True)
        scene, unionid = word(wishes, "scene"), word(wishes, "unionid")
        made = [self.world.followers.admit(openid) for openid in openids]
        for follower in made:
            follower.unionid = unionid or follower.unionid
        fresh = [each for each in made if follows and not each.follows]
        if quiet:
            for follower in fresh:
                follower.scene = scene
                follower.follow(self.world.clock.seconds())
        else:
            await self._follow_in_turn(fresh, {"scene": scene})
        self.answer({"openids": openids})

    async def _follow_in_turn(self, crowd: list[Follower], wishes: Wishes) -> None:
        door = asyncio.Semaphore(AT_ONCE)

        async def one(follower: Follower) -> None:
            async with door:
                await acts.follow(self.world, follower, wishes)

        await asyncio.gather(*(one(each) for each in crowd))


def _openids(wishes: Wishes) -> list[str]:
    if "openid" not in wishes:
        return [ids.openid() for _ in range(whole({"count": 1} | wishes, "count", 1, MOST))]
    openid = word(wishes, "openid")
    if not ids.OPENID.fullmatch(openid):
        raise Complaint("openid must be up to 64 of 0-9 A-Z a-z _ -")
    return [openid]


class MessagesControl(Control):
    """What one person writes."""

    async def post(self, openid: str) -> None:
        """Sends a message and waits for what becomes of it."""
        follower = self.follower(openid)
        wishes = self.wishes(more=True)
        _check(wishes, "content", "type", "xml")
        if not follower.follows:
            raise Complaint(f"{openid} does not follow the account")
        if wishes.get("type") == "event":
            raise Complaint("events are sent to …/events")
        self.answer((await acts.write(self.world, follower, _with_media(wishes))).shape())


class EventsControl(Control):
    """What one person does besides writing."""

    async def post(self, openid: str) -> None:
        """Lets an event happen and waits for what becomes of it."""
        follower = self.follower(openid)
        wishes = self.wishes(more=True)
        _check(wishes, "event", "key", "scene", "xml")
        event = word(wishes, "event")
        if not event:
            raise Complaint("event must name the event")
        if kinds.needs_following(event.lower()) and not follower.follows:
            raise Complaint(f"{openid} does not follow the account")
        self.answer((await acts.happen(self.world, follower, event, wishes)).shape())


def _with_media(wishes: Wishes) -> Wishes:
    """The wishes with their voice and picture looked at: length, words, and the bytes of the Base64."""
    word(wishes, "recognition")
    whole({"seconds": 1} | wishes, "seconds", 1, sent.LONGEST)
    if "picture" not in wishes:
        return wishes
    try:
        data = base64.b64decode(word(wishes, "picture"), validate=True)
    except binascii.Error as broken:
        raise Complaint(f"picture must be Base64: {broken}") from broken
    limit, forms = media.TEMPORARY["image"]
    if media.nature(data) not in forms or len(data) > limit:
        raise Complaint(f"picture must be a JPEG, PNG or GIF of {limit} bytes at most")
    return wishes | {"picture": data}


def _check(wishes: Wishes, *words: str) -> None:
    for name in words:
        word(wishes, name)
    whole({"repeat": 1} | wishes, "repeat", 1, 500)
    for name in ("msgid", "create_time"):
        whole({name: 0} | wishes, name, 0, 2**63 - 1)


class InboxControl(Control):
    """What one phone shows."""

    def get(self, openid: str) -> None:
        """All items, oldest first."""
        items = self.world.inboxes.read(self.follower(openid))
        self.answer({"items": [each.shape() for each in items]})
