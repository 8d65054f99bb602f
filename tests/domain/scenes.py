"""Builders of what a rule looks at: a message, a person, a house, a scene; each names only what a test is about."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from server.domain.booking.availability import Scene as Agenda
from server.domain.care.duty import DutySetting
from server.domain.care.service import DutyNow
from server.domain.conversation.booking_talk import open_booking, step
from server.domain.conversation.messages import Content, Heard, Text
from server.domain.conversation.model import Dialogue, words_of
from server.domain.conversation.scene import House, Scene, Shown
from server.domain.conversation.talk import Talk
from server.domain.conversation.wordings import Replies, Welcome
from server.domain.help.lines import ALWAYS, HelpLine, LineKind
from server.domain.help.screening import Screening
from server.domain.people.model import Follower
from server.domain.post.saying import Card
from server.domain.publishing.piece import ReplyRule, of_file
from server.storage.shelf import reading
from server.storage.shelf.reading import Shelf
from tests.domain.booking.builders import NOW, a_scene, an_expert

OPENID = "o-lin"
CREATED = int(NOW.timestamp())
CARD = Card("睡前十分钟", "把今天放下", "https://x/read/sleep/cover.jpg", "https://x/read/sleep")
CRY = "我站在楼顶，马上就跳下去"
CONTENT = Path(__file__).resolve().parents[2] / "content"

WELCOME = Welcome(
    first="初次见面",
    again="欢迎回来",
    fallback=("没听懂，可以打 12356",),
    help="这里能做什么",
    other="收到了",
)


def a_line(number: str, kind: LineKind = LineKind.COUNSELLING) -> HelpLine:
    """A telephone line that is always answered."""
    return HelpLine(number, f"热线{number}", "谁都可以打", kind, "全国", ALWAYS)


@cache
def the_shelf() -> Shelf:
    """What content/ holds, read once."""
    return reading.read(CONTENT)


@cache
def the_screening() -> Screening:
    """What judges words, made ready once."""
    return reading.read_screening(CONTENT)


def a_house(*rules: tuple[str, ReplyRule]) -> House:
    """A house with three lines, nobody on duty, and these reply rules by id."""
    lines = (a_line("12356"), a_line("110", LineKind.POLICE), a_line("120", LineKind.EMERGENCY))
    shelf = the_shelf()
    pieces = [of_file(id_, rule, "original", "赵医生") for id_, rule in rules]
    duty = DutyNow(DutySetting(), ())
    return House(the_screening(), shelf.help_words, lines, duty, WELCOME, Replies(pieces))


def heard(content: Content | str, created: int = CREATED, openid: str = OPENID, key: str = "") -> Heard:
    """A message that arrived just now; plain words stand for a text."""
    what = Text(content) if isinstance(content, str) else content
    return Heard(key or f"{openid}:{created:010d}:{what!r:.40}", openid, "gh-union", created, NOW, what)


def a_follower(**changes: Any) -> Follower:
    """Lin, who has followed for a while and is worker `w-1`."""
    return replace(Follower(OPENID, "w-1", follows=True, event_at=CREATED - 3600, seen_first=NOW), **changes)


def a_dialogue(talk: Talk | None, asked: int = CREATED, version: int = 3) -> Dialogue:
    """The open question to Lin, put by a message of this second."""
    return Dialogue("w-1", version, talk, asked)


def on_stage(content: Content | str, **changes: Any) -> Scene:
    """One message of Lin's and what was read for it."""
    created = changes.pop("created", CREATED)
    message, house = heard(content, created), changes.pop("house", None) or a_house()
    judgement = house.screening.judge(words_of(message.content))
    scene = Scene(message, NOW, a_follower(), None, house, judgement, Shown())
    return replace(scene, **changes)


def an_agenda(**changes: Any) -> Agenda:
    """A pool of one expert with a free Friday morning."""
    return a_scene(an_expert(), **changes)


def talk_at(*answers: str, agenda: Agenda | None = None, now: datetime = NOW) -> Talk:
    """The talk that these answers to 预约 lead to."""
    seen = agenda or an_agenda()
    talk = open_booking(seen, now).talk
    for answer in answers:
        assert talk is not None
        turn = step(talk, answer, seen, now)
        assert turn is not None, answer
        talk = turn.talk
    assert talk is not None
    return talk


def talking(content: Content | str, *answers: str, **changes: Any) -> Scene:
    """A message that meets the question these answers led to, with the agenda read."""
    agenda = changes.pop("agenda", None) or an_agenda()
    dialogue = a_dialogue(talk_at(*answers, agenda=agenda), asked=changes.pop("asked", CREATED))
    return on_stage(content, dialogue=dialogue, shown=Shown(agenda=agenda), **changes)


def rule(*words: str, answers: Sequence[str] = ("我在听。",), article: str | None = None) -> ReplyRule:
    """A reply rule that answers words which occur in the text."""
    return ReplyRule("规则", contains=words, answers=() if article else tuple(answers), article=article)
