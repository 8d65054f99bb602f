"""Builders of what the stores keep: messages, rows, editions, pieces; each names only what a test is about."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from server.domain.conversation.messages import Content, Heard, Text
from server.domain.conversation.model import Entry, Reply, act_of
from server.domain.post.model import Row
from server.domain.post.saying import Saying, Words
from server.domain.publishing.edition import Edition, EditionState, Step, Way, plan
from server.domain.publishing.piece import Article, BodyPicture, ImportPlan, Piece, of_file
from tests.domain.booking.builders import NOW

OPENID = "o-lin"
WORKER = "w-1"
LISTENING = Words("我在听。")
REMINDER = Words("明天上午十点见。")


def heard_at(at: datetime, content: Content | str = "你好", openid: str = OPENID, mark: str = "m") -> Heard:
    """A message of this instant; plain words stand for a text."""
    what = Text(content) if isinstance(content, str) else content
    created = int(at.timestamp())
    return Heard(f"{openid}:{created:010d}:{mark}", openid, "gh-union", created, at, what)


def an_entry(content: Content | str = "你好", reply: Saying | None = LISTENING, **changes: Any) -> Entry:
    """A message of Lin's and what it was answered."""
    at = changes.pop("at", NOW)
    heard = heard_at(at, content, changes.pop("openid", OPENID), changes.pop("mark", "m"))
    entry = Entry(heard, WORKER, f"cause-{heard.key[-12:]}", act_of(heard.content), Reply(reply, at))
    return replace(entry, **changes)


def a_row(id_: str = "cause-1:0", saying: Saying = REMINDER, **changes: Any) -> Row:
    """A row that is due now and keeps its sense for two days."""
    row = Row(id_, WORKER, saying, "rest", "cause-1", due=NOW, expires=NOW + timedelta(hours=48))
    return replace(row, **changes)


def an_edition(id_: str = "ed-1", at: datetime = NOW + timedelta(hours=1), **changes: Any) -> Edition:
    """A mass edition planned just now, an hour ahead."""
    step = Step(EditionState.PLANNED, NOW, "editor")
    return replace(plan(id_, changes.pop("piece", "sleep"), changes.pop("way", Way.MASS), at, step), **changes)


def an_article(id_: str = "sleep", theme: str = "心理百科", pictures: tuple[str, ...] = (), text: str = "") -> Piece:
    """An article that a professional has checked."""
    body = Article(
        title=f"文章 {id_}",
        theme=theme,
        digest="把今天放下",
        author="心驿",
        keywords=(),
        sources=(),
        markdown=text or "今晚早点睡。",
        pictures=tuple(BodyPicture(name, "0" * 64) for name in pictures),
    )
    return of_file(id_, body, "original", "赵医生")


def imported(*pieces: Piece) -> ImportPlan:
    """What an import of new pieces writes."""
    return ImportPlan(new=pieces)
