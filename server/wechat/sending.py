"""What publishing and the post ask of WeChat, done: covers, drafts, mass sends, customer-service messages."""

from collections.abc import Mapping
from typing import Any, Final

from server.domain.post.faults import Declined, Unclear
from server.domain.post.saying import Card, Picture, Saying, Words, cut
from server.domain.publishing.ports import Draft, Outcome
from server.wechat.client import Client
from server.wechat.markup import legal

PAGE = 20  # items a page, the platform's limit
PAGES = 5  # looked through, newest first
NO_SUCH_MESSAGE = 40059

STATUSES: Final = {
    "SEND_SUCCESS": Outcome.SENT,
    "SENDING": Outcome.SENDING,
    "SEND_FAIL": Outcome.FAILED,
    "DELETE": Outcome.SENT,  # taken back by somebody after it had gone out
}


class WeChatPress:
    """Publishing's `Press`, at the platform."""

    def __init__(self, client: Client) -> None:
        """Work through this client."""
        self._client = client

    async def upload_cover(self, name: str, picture: bytes) -> str:
        """Keep a JPEG as permanent material under this file name; return its media id."""
        return _held(await self._client.material.add("image", (name, picture, "image/jpeg")), "media_id")

    async def find_cover(self, name: str) -> str | None:
        """Return the media id of the newest permanent picture of this file name, among the latest 100."""
        for page in range(PAGES):
            found = await self._client.material.batchget("image", page * PAGE, PAGE)
            items = _items(found)
            same = [item for item in items if item.get("name") == name]
            if same:
                return _held(max(same, key=_updated), "media_id")
            if len(items) < PAGE:
                break
        return None

    async def upload_picture(self, name: str, picture: bytes) -> str:
        """Upload a picture of an article's body (JPEG or PNG under 1 MB); return its address."""
        kind = "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"
        address = await self._client.media.upload_image((name, picture, kind))
        return _held({"url": address}, "url")

    async def add_draft(self, draft: Draft) -> str:
        """Keep the article as a draft; return its media id."""
        article = {
            "title": legal(draft.title),
            "author": legal(draft.author),
            "digest": legal(draft.digest),
            "content": legal(draft.html),
            "content_source_url": draft.source,
            "thumb_media_id": draft.cover,
        }
        return _held(await self._client.drafts.add([article]), "media_id")

    async def find_draft(self, mark: str) -> str | None:
        """Return the media id of the newest draft whose source address ends in this mark, among the latest 100."""
        for page in range(PAGES):
            items = _items(await self._client.drafts.batchget(page * PAGE, PAGE))
            marked = [item for item in items if any(source.endswith(mark) for source in _sources(item))]
            if marked:
                return _held(max(marked, key=_updated), "media_id")
            if len(items) < PAGE:
                break
        return None

    async def send_to_all(self, draft: str, client_id: str) -> str:
        """Mass-send a draft to every follower; return the message id of the accepted job.

        Raises `Repeated` (45065), `Hasty` (45066), `Unclear` after a time-out, else the fault of the code.
        """
        return _held(await self._client.mass.send_to_all(draft, client_id), "msg_id")

    async def outcome(self, message: str) -> Outcome:
        """Ask what became of an accepted mass send; a message that the platform does not know is `UNKNOWN`."""
        try:
            answer = await self._client.mass.get(message)
        except Declined as refused:
            if refused.code == NO_SUCH_MESSAGE:
                return Outcome.UNKNOWN
            raise
        return STATUSES.get(str(answer.get("msg_status", "")).upper(), Outcome.UNKNOWN)


class WeChatCarrier:
    """The post's `Carrier`, by customer-service messages."""

    def __init__(self, client: Client) -> None:
        """Work through this client."""
        self._client = client

    async def carry(self, openid: str, saying: Saying) -> None:
        """Send it once, a text cut at the platform's limit; raises a `faults.Fault`, never repeats by itself."""
        message = self._client.message
        match saying:
            case Words(text):
                await message.send_text(openid, cut(legal(text)))
            case Picture(media):
                await message.send_image(openid, media)
            case Card():
                await message.send_articles(openid, [_article(saying)])


def _article(card: Card) -> dict[str, str]:
    return {
        "title": legal(card.title),
        "description": legal(card.description),
        "url": card.url,
        "picurl": card.picture,
    }


def _held(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    if value in (None, ""):
        raise Unclear(note=f"the answer lacks {name}")
    return str(value)


def _items(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    items = answer.get("item")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _sources(item: Mapping[str, Any]) -> list[str]:
    content = item.get("content")
    articles = content.get("news_item") if isinstance(content, dict) else None
    return [str(article.get("content_source_url", "")) for article in articles or () if isinstance(article, dict)]


def _updated(item: Mapping[str, Any]) -> int:
    try:
        return int(item.get("update_time") or 0)
    except (TypeError, ValueError):
        return 0
