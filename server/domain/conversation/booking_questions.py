"""The words of the booking dialogue: its questions, lists and last sentences, each at most 600 characters."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from server.domain.booking import words
from server.domain.booking.availability import Scene
from server.domain.booking.model import Booking, Expert, Slot
from server.domain.clock import day
from server.domain.conversation.talk import CLOSED, EVERYBODY, Step, Talk

PAGE = 6
WITH_PLACES = 3  # so many bookings are listed with their places, more of them by a line each
MOST_THEMES = 3  # themes named beside an expert
LIFELINE = "心里难受、等不及的时候，可以打心理援助热线 12356。"
LEFT = f"好的，先不约了。想约的时候，再回复“预约”。\n{LIFELINE}"
KEPT = "好的，没有取消，约好的时间都还在。回复“我的”可以查看。"
NOTHING_TO_CANCEL = "你现在没有约好的时间，不用取消。想约人谈谈，回复“预约”。"
NOTHING_BOOKED = f"你还没有约好的时间。想约人谈谈，回复“预约”。\n{LIFELINE}"
NO_LONGER = "这个预约已经取消，或者时间已经到了。回复“我的”可以查看约好的时间。"
FULL = f"接下来两周没有能约的时间了。过一两天再回复“预约”看看；别人取消了，时间也会空出来。\n{LIFELINE}"
_LEAVE = "回复“返回”退出。"


def question(talk: Talk, scene: Scene, now: datetime) -> str:
    """Return the open question in words; a closed talk has none."""
    return "" if talk.step in CLOSED else _QUESTIONS[talk.step](talk, scene, now)


def theme_key(theme: str) -> str:
    """Return the short key that stands for a theme where no words are kept."""
    return hashlib.sha256(theme.encode()).hexdigest()[:8]


def theme_name(key: str, scene: Scene) -> str:
    """Return the theme a key stands for."""
    return next((theme for theme in _themes(scene) if theme_key(theme) == key), "别的")


def names(talk: Talk, scene: Scene) -> list[str]:
    """Return the names that may be typed instead of their numbers."""
    if talk.step is Step.THEME:
        return [theme_name(key, scene) for key in talk.choices if key != EVERYBODY]
    if talk.step is Step.EXPERT:
        return [_name(scene.expert(id_)) for id_ in talk.choices]
    return []


def booked(slot: Slot, scene: Scene, now: datetime) -> str:
    """Return the sentences that close a booking."""
    return words.booked(slot.start, _minutes(slot, scene), scene.expert(slot.expert), now)


def freed(slot: Slot, scene: Scene, now: datetime) -> str:
    """Return the sentences that close a cancelling."""
    return f"已取消：{_line(slot, scene, now)}。\n这个时间别人可以约了。想再约，回复“预约”。\n{LIFELINE}"


def mine(own: Sequence[Booking], scene: Scene, now: datetime) -> str:
    """Return the list of a worker's bookings to come."""
    if not own:
        return NOTHING_BOOKED
    if len(own) <= WITH_PLACES:
        listing = "\n\n".join(_summary(booking.slot, scene, now) for booking in own)
    else:
        lines = [_line(booking.slot, scene, now) for booking in own[:PAGE]]
        hidden = len(own) - PAGE
        listing = "\n".join([*lines, f"……后面还有 {hidden} 个"] if hidden > 0 else lines)
    return f"你约好的时间：\n{listing}\n\n来不了，请在开始前回复“取消”。"


def _theme(talk: Talk, scene: Scene, _now: datetime) -> str:
    lines = ["看看有哪些老师" if key == EVERYBODY else theme_name(key, scene) for key in talk.choices]
    more = "还想看别的方面，回复“换”。" if len(_themes(scene)) > PAGE else ""
    return f"想聊哪方面？回复数字：\n{_numbered(lines)}\n{more}{_LEAVE}"


def _expert(talk: Talk, scene: Scene, _now: datetime) -> str:
    lines = []
    for expert in map(scene.expert, talk.choices):
        themes = "、".join(expert.themes[:MOST_THEMES]) if expert else ""
        lines.append(f"{words.who(expert)} {themes}")
    more = "想看别的老师，回复“换”。" if sum(expert.offered for expert in scene.experts) > PAGE else ""
    return f"想约哪位？回复数字：\n{_numbered(lines)}\n{more}{_LEAVE}"


def _hour(talk: Talk, scene: Scene, now: datetime) -> str:
    expert = scene.expert(talk.expert) if talk.expert else None
    if expert:
        head = f"{words.who(expert)}\n{expert.intro}\n\n空的时间，回复数字："
        lines = [words.near_hour(slot.start, now) for slot in talk.offers]
    else:
        head = f"“{theme_name(talk.theme, scene)}”空的时间，回复数字："
        lines = [_line(slot, scene, now) for slot in talk.offers]
    return f"{head}\n{_numbered(lines)}\n回复“换”看另外几个时间，{_LEAVE}"


def _confirm(talk: Talk, scene: Scene, now: datetime) -> str:
    slot = talk.chosen or talk.offers[0]
    expert = scene.expert(slot.expert)
    lines = ["请看一下对不对：", _summary(slot, scene, now)]
    lines += [words.what_it_is(expert)] if expert else []
    if not scene.holidays.knows(day(slot.start)):
        lines.append("那几天的放假安排还没有公布，临近时请再看一眼“我的”。")
    return "\n".join([*lines, "", "1 确认预约", "2 看别的时间", _LEAVE])


def _which(talk: Talk, scene: Scene, now: datetime) -> str:
    slots = {booking.id: booking.slot for booking in scene.own}
    lines = [_line(slots[id_], scene, now) if id_ in slots else "（已经不在了）" for id_ in talk.choices]
    more = "要找后面的，回复“换”。" if len(scene.own) > PAGE else ""
    return f"要取消哪一个？回复数字：\n{_numbered(lines)}\n{more}都不取消，回复“返回”。"


def _cancel(talk: Talk, scene: Scene, now: datetime) -> str:
    summary = _summary(talk.chosen, scene, now) if talk.chosen else ""
    return f"要取消这个预约吗？\n{summary}\n\n1 取消这个预约\n2 不取消，留着"


_QUESTIONS: dict[Step, Callable[[Talk, Scene, datetime], str]] = {
    Step.THEME: _theme,
    Step.EXPERT: _expert,
    Step.HOUR: _hour,
    Step.CONFIRM: _confirm,
    Step.WHICH: _which,
    Step.CANCEL: _cancel,
}


def _themes(scene: Scene) -> list[str]:
    return list(dict.fromkeys(theme for expert in scene.experts if expert.offered for theme in expert.themes))


def _numbered(lines: Iterable[str]) -> str:
    return "\n".join(f"{number} {line}" for number, line in enumerate(lines, start=1))


def _line(slot: Slot, scene: Scene, now: datetime) -> str:
    return f"{words.near_hour(slot.start, now)} {words.who(scene.expert(slot.expert))}"


def _summary(slot: Slot, scene: Scene, now: datetime) -> str:
    return words.summary(slot.start, _minutes(slot, scene), scene.expert(slot.expert), now)


def _minutes(slot: Slot, scene: Scene) -> int:
    """Return how long the hour lasts: as it was booked, else as the expert offers it."""
    booking, expert = scene.own_at(slot), scene.expert(slot.expert)
    return booking.minutes if booking else expert.minutes if expert else 0


def _name(expert: Expert | None) -> str:
    return expert.name if expert else ""
