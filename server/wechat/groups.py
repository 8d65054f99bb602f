"""API groups that wechatpy lacks, or in which it sends what the platform no longer takes (fact sheet 11)."""

from collections.abc import Awaitable, Mapping
from typing import Any

from wechatpy.client.api.base import BaseWeChatAPI

Fields = dict[str, Any]


class Drafts(BaseWeChatAPI):  # type: ignore[misc]  # wechatpy has no types
    """The draft box; a draft is gone once it was sent or published."""

    def add(self, articles: list[Mapping[str, Any]]) -> Awaitable[Fields]:
        """Keep one to eight articles as one draft; the answer holds `media_id`."""
        asked: Awaitable[Fields] = self._post("draft/add", data={"articles": articles})
        return asked

    def batchget(self, offset: int, count: int = 20) -> Awaitable[Fields]:
        """Read drafts, newest first, 20 at most; with their content, because the source address belongs to it."""
        wish = {"offset": offset, "count": count, "no_content": 0}
        asked: Awaitable[Fields] = self._post("draft/batchget", data=wish)
        return asked


class Mass(BaseWeChatAPI):  # type: ignore[misc]  # wechatpy has no types
    """Mass sending; wechatpy's own group sends `group_id`, which the platform does not read."""

    def send_to_all(self, draft: str, client_id: str) -> Awaitable[Fields]:
        """Send a draft to every follower, once for a client id in 24 hours; the answer holds `msg_id`.

        What the platform takes for a reprint is not sent: it would put another's text in the place of ours.
        """
        wish = {
            "filter": {"is_to_all": True},
            "mpnews": {"media_id": draft},
            "msgtype": "mpnews",
            "send_ignore_reprint": 0,
            "clientmsgid": client_id,
        }
        asked: Awaitable[Fields] = self._post("message/mass/sendall", data=wish)
        return asked

    def get(self, message: str) -> Awaitable[Fields]:
        """Ask what became of a mass send; the answer holds `msg_status`."""
        asked: Awaitable[Fields] = self._post("message/mass/get", data={"msg_id": message})
        return asked
