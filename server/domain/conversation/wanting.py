"""What must be read before the rules can be asked, and the account's own words that decide it."""

from server.domain.conversation import booking_talk as talking
from server.domain.conversation.messages import Followed, Tapped
from server.domain.conversation.model import act_of
from server.domain.conversation.scene import Scene, Want
from server.domain.conversation.talk import glows, is_open
from server.domain.conversation.wordings import ArticleRef
from server.domain.help.screening import Grade
from server.domain.post.window import Act

KEYS = {
    "today": "今日",
    "articles": "文章",
    "booking": "预约",
    "mine": "我的",
    "cancel": "取消",
    "hotlines": "热线",
    "help": "帮助",
}
"""Menu keys and the words that mean the same."""

_OWN_WORDS = frozenset(KEYS.values())
_BOOKING_WORDS = frozenset({"预约", "我的", "取消"})


def wants(scene: Scene) -> frozenset[Want]:
    """Return what must be read before the rules can be asked."""
    word = word_of(scene)
    wanted = set()
    if word in _BOOKING_WORDS or (word is None and _is_talking(scene) and _wants_an_answer(scene)):
        wanted.add(Want.POOL if _only_confirms(scene) else Want.AGENDA)
    if word == "今日" or isinstance(scene.heard.content, Followed):
        wanted.add(Want.TODAY)
    if word == "文章":
        wanted.add(Want.ARTICLES)
    if article_of(scene) is not None:
        wanted.add(Want.CARD)
    if scene.support is not None:
        wanted.add(Want.TAKER)
    return frozenset(wanted)


def article_of(scene: Scene) -> str | None:
    """Return the article that a reply rule answers this message with, if one does and help does not come first."""
    if scene.judgement.grade is not Grade.NONE:
        return None
    return scene.answer.article if isinstance(scene.answer, ArticleRef) else None


def word_of(scene: Scene) -> str | None:
    """Return which of the account's own words was typed or tapped, if it is one."""
    match scene.heard.content:
        case Tapped(key):
            return KEYS.get(key)
        case _:
            return scene.folded if scene.folded in _OWN_WORDS else None


def _is_talking(scene: Scene) -> bool:
    return scene.talk is not None and (is_open(scene.talk, scene.now) or glows(scene.talk, scene.now))


def _only_confirms(scene: Scene) -> bool:
    """Tell whether this takes the hour in hand: the database decides about it, so nothing else need be read.

    Where it refused, what is there instead must be read.
    """
    return scene.talk is not None and not scene.refused and talking.confirms(scene.talk, scene.words)


def _wants_an_answer(scene: Scene) -> bool:
    """Tell whether a person waits for an answer, below which the open question is put again."""
    return act_of(scene.heard.content) in (Act.MESSAGE, Act.TAP)
