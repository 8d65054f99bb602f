"""The booking dialogue: what opens it and what an answer leads to; pure over a scene and an instant."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from server.domain.booking.availability import Scene, free_slots, is_offered, is_taken, overlaps_own
from server.domain.booking.model import Booking, Expert, Slot, expert_cells
from server.domain.conversation import booking_questions as say
from server.domain.conversation.booking_questions import question, theme_key
from server.domain.conversation.numbers import number, plain
from server.domain.conversation.talk import (
    CLOSED,
    EVERYBODY,
    Book,
    Cancel,
    Step,
    Talk,
    TalkTurn,
    glows,
    is_open,
)

__all__ = [
    "CLOSED", "Book", "Cancel", "Step", "Talk", "TalkTurn",
    "confirms", "glows", "is_open", "lost", "mine", "number", "open_booking", "open_cancelling", "question", "step",
]  # fmt: skip

HOURS = 3
_LEAVE = frozenset({"返回", "退出", "不约了", "算了", "不用了"})
_OTHERS = frozenset({"换", "换一个", "换一批", "换几个"})
_YES = frozenset({"确认", "确认预约", "确定", "是", "是的", "好", "好的", "对", "可以", "行"})
_YES_OR_NO = frozenset({Step.CONFIRM, Step.CANCEL})
_CANCELLING = frozenset({Step.WHICH, Step.CANCEL})


def open_booking(scene: Scene, now: datetime) -> TalkTurn:
    """Answer 预约: put the first question, or say honestly that nothing is free."""
    return _ask_theme(scene, now)


def open_cancelling(scene: Scene, now: datetime) -> TalkTurn:
    """Answer 取消: ask which booking, or whether the only one; without any there is nothing to ask."""
    own = _to_come(scene, now)
    if not own:
        return TalkTurn(say.NOTHING_TO_CANCEL, None)
    return _ask_cancel(own[0], scene, now) if len(own) == 1 else _ask_which(scene, now)


def mine(scene: Scene, now: datetime) -> str:
    """Answer 我的: the worker's bookings to come, soonest first."""
    return say.mine(_to_come(scene, now), scene, now)


def confirms(talk: Talk, words: str) -> bool:
    """Tell whether these words, typed to this question, take the hour in hand."""
    return talk.step is Step.CONFIRM and (number(words) == 1 or plain(words) in _YES)


def step(talk: Talk, words: str, scene: Scene, now: datetime) -> TalkTurn | None:
    """Answer what was typed to the open question; None if it is no answer to it, or no question is open."""
    said, chosen = plain(words), number(words)
    if talk.step in CLOSED:
        return _after_closing(talk, scene, now) if chosen is not None or said in _LEAVE else None
    if not is_open(talk, now):
        return None
    if said in _YES and talk.step in _YES_OR_NO:
        chosen = 1
    chosen = _named(talk, said, scene) if chosen is None else chosen
    if chosen is not None:
        return _take(talk, chosen, scene, now)
    if said in _LEAVE:
        return TalkTurn(say.KEPT if talk.step in _CANCELLING else say.LEFT, None)
    return _OTHERS_OF[talk.step](talk, scene, now) if said in _OTHERS else None


def lost(talk: Talk, scene: Scene, now: datetime) -> TalkTurn:
    """Answer for an hour that cannot be had: it is one's own already, or gone, and three other hours.

    The database knows better than the scene: the hour is not offered again, even if the scene still shows it free.
    """
    slot = _in_hand(talk)
    if scene.own_at(slot):
        return _close_booked(slot, scene, now)
    expert = scene.expert(slot.expert)
    if expert is None or not is_offered(expert, slot.start, scene.holidays, now):
        return _ask_hour(talk, scene, now, "这个时间现在约不上了。\n\n")
    why = "这个时间你已经约了别的老师。" if overlaps_own(scene, slot, expert.minutes) else "这个时间刚被约走了，抱歉。"
    gone = expert_cells(slot, expert.minutes)
    return _ask_hour(talk, replace(scene, taken=scene.taken.union(gone)), now, f"{why}\n\n")


def _named(talk: Talk, said: str, scene: Scene) -> int | None:
    """Return the number of the theme or expert that is called by name."""
    names = [plain(name) for name in say.names(talk, scene)]
    return names.index(said) + 1 if said in names else None


# What a number stands for, step by step.


def _take(talk: Talk, chosen: int, scene: Scene, now: datetime) -> TalkTurn:
    count = 2 if talk.step in _YES_OR_NO else len(talk.choices or talk.offers)
    if not 1 <= chosen <= count:
        choice = "请回复 1" if count == 1 else f"请回复 1 到 {count} 里的一个"
        return _put(talk, scene, now, f"没有第 {chosen} 项，{choice}。\n\n")
    return _TAKING[talk.step](talk, chosen - 1, scene, now)


def _take_theme(talk: Talk, index: int, scene: Scene, now: datetime) -> TalkTurn:
    key = talk.choices[index]
    return _ask_expert(scene, now) if key == EVERYBODY else _ask_hour(replace(talk, theme=key), scene, now)


def _take_expert(talk: Talk, index: int, scene: Scene, now: datetime) -> TalkTurn:
    return _ask_hour(replace(talk, expert=talk.choices[index]), scene, now)


def _take_hour(talk: Talk, index: int, scene: Scene, now: datetime) -> TalkTurn:
    in_hand = replace(talk, step=Step.CONFIRM, chosen=talk.offers[index])
    return _why_not(in_hand, scene, now) or _put(in_hand, scene, now)


def _take_confirmation(talk: Talk, index: int, scene: Scene, now: datetime) -> TalkTurn:
    if index == 1:
        return _other_hours(talk, scene, now)
    slot = _in_hand(talk)
    return replace(_close_booked(slot, scene, now), wish=Book(slot))


def _take_which(talk: Talk, index: int, scene: Scene, now: datetime) -> TalkTurn:
    booking = _own(talk.choices[index], scene, now)
    return _ask_cancel(booking, scene, now) if booking else TalkTurn(say.NO_LONGER, None)


def _take_cancelling(talk: Talk, index: int, scene: Scene, now: datetime) -> TalkTurn:
    if index == 1:
        return TalkTurn(say.KEPT, None)
    booking = _own(talk.booking, scene, now)
    if booking is None:
        return TalkTurn(say.NO_LONGER, None)
    closed = Talk(Step.FREED, now, chosen=booking.slot, booking=booking.id)
    return TalkTurn(say.freed(booking.slot, scene, now), closed, Cancel(booking.id))


_TAKING: dict[Step, Callable[[Talk, int, Scene, datetime], TalkTurn]] = {
    Step.THEME: _take_theme,
    Step.EXPERT: _take_expert,
    Step.HOUR: _take_hour,
    Step.CONFIRM: _take_confirmation,
    Step.WHICH: _take_which,
    Step.CANCEL: _take_cancelling,
}


# Putting the questions.


def _put(talk: Talk, scene: Scene, now: datetime, lead: str = "") -> TalkTurn:
    asked = replace(talk, asked_at=now)
    return TalkTurn(lead + question(asked, scene, now), asked)


def _ask_theme(scene: Scene, now: datetime, lead: str = "", after: str = "") -> TalkTurn:
    themes = dict.fromkeys(theme_key(theme) for expert in _offering(scene, now) for theme in expert.themes)
    if not themes:
        return TalkTurn(lead + say.FULL, None)
    choices = (*_page(list(themes), after), EVERYBODY)
    return _put(Talk(Step.THEME, now, choices), scene, now, lead)


def _ask_expert(scene: Scene, now: datetime, after: str = "") -> TalkTurn:
    experts = _page([expert.id for expert in _offering(scene, now)], after)
    return _put(Talk(Step.EXPERT, now, experts), scene, now) if experts else TalkTurn(say.FULL, None)


def _ask_hour(talk: Talk, scene: Scene, now: datetime, lead: str = "") -> TalkTurn:
    return _put_hours(talk, tuple(islice(_hours(talk, scene, now), HOURS)), scene, now, lead)


def _put_hours(talk: Talk, offers: tuple[Slot, ...], scene: Scene, now: datetime, lead: str) -> TalkTurn:
    if not offers:
        return _ask_theme(scene, now, f"{lead}接下来两周，这里没有空的时间了。\n\n")
    return _put(Talk(Step.HOUR, now, offers=offers, theme=talk.theme, expert=talk.expert), scene, now, lead)


def _ask_which(scene: Scene, now: datetime, after: str = "") -> TalkTurn:
    ids = _page([booking.id for booking in _to_come(scene, now)], after)
    return _put(Talk(Step.WHICH, now, ids), scene, now) if ids else TalkTurn(say.NO_LONGER, None)


def _ask_cancel(booking: Booking, scene: Scene, now: datetime) -> TalkTurn:
    return _put(Talk(Step.CANCEL, now, chosen=booking.slot, booking=booking.id), scene, now)


# 换: what else there is.


def _other_themes(talk: Talk, scene: Scene, now: datetime) -> TalkTurn:
    themes = [key for key in talk.choices if key != EVERYBODY]
    return _unless_same(_ask_theme(scene, now, after=themes[-1]), talk, scene, now)


def _other_experts(talk: Talk, scene: Scene, now: datetime) -> TalkTurn:
    return _unless_same(_ask_expert(scene, now, talk.choices[-1]), talk, scene, now)


def _other_hours(talk: Talk, scene: Scene, now: datetime) -> TalkTurn:
    further = (slot for slot in _hours(talk, scene, now) if slot > talk.offers[-1])
    offers = tuple(islice(further, HOURS))
    if offers:
        return _put_hours(talk, offers, scene, now, "")
    nearest = tuple(islice(_hours(talk, scene, now), HOURS))
    lead = "暂时只有这几个时间。\n\n" if nearest == talk.offers else "后面没有了，从最近的再看一遍。\n\n"
    return _put_hours(talk, nearest, scene, now, lead)


def _other_bookings(talk: Talk, scene: Scene, now: datetime) -> TalkTurn:
    return _unless_same(_ask_which(scene, now, talk.choices[-1]), talk, scene, now)


def _unless_same(turn: TalkTurn, talk: Talk, scene: Scene, now: datetime) -> TalkTurn:
    is_same = turn.talk is not None and turn.talk.choices == talk.choices
    return _nothing_else(talk, scene, now) if is_same else turn


def _nothing_else(talk: Talk, scene: Scene, now: datetime) -> TalkTurn:
    return _put(talk, scene, now, "这里没有别的可换。\n\n")


_OTHERS_OF: dict[Step, Callable[[Talk, Scene, datetime], TalkTurn]] = {
    Step.THEME: _other_themes,
    Step.EXPERT: _other_experts,
    Step.HOUR: _other_hours,
    Step.CONFIRM: _other_hours,
    Step.WHICH: _other_bookings,
    Step.CANCEL: _nothing_else,
}


# Closing, and what the scene says of an hour.


def _after_closing(talk: Talk, scene: Scene, now: datetime) -> TalkTurn | None:
    slot = _in_hand(talk)
    if not glows(talk, now):
        return None
    if talk.step is Step.FREED:
        return TalkTurn(say.freed(slot, scene, now), talk)
    return TalkTurn(say.booked(slot, scene, now), talk) if scene.own_at(slot) else None


def _close_booked(slot: Slot, scene: Scene, now: datetime) -> TalkTurn:
    return TalkTurn(say.booked(slot, scene, now), Talk(Step.BOOKED, now, chosen=slot))


def _why_not(talk: Talk, scene: Scene, now: datetime) -> TalkTurn | None:
    """Return what is answered where the hour in hand cannot be had; None where it can."""
    slot = _in_hand(talk)
    expert = scene.expert(slot.expert)
    if expert and is_offered(expert, slot.start, scene.holidays, now) and not is_taken(scene, expert, slot):
        return None
    return lost(talk, scene, now)


def _in_hand(talk: Talk) -> Slot:
    if talk.chosen is None:
        raise ValueError(f"a talk at {talk.step} has no hour in hand")
    return talk.chosen


def _hours(talk: Talk, scene: Scene, now: datetime) -> Iterator[Slot]:
    """Yield the free hours this talk is about, soonest first."""
    wanted = (
        expert
        for expert in scene.experts
        if (expert.id == talk.expert if talk.expert else talk.theme in map(theme_key, expert.themes))
    )
    return free_slots(scene, wanted, now)


def _offering(scene: Scene, now: datetime) -> list[Expert]:
    return [expert for expert in scene.experts if next(free_slots(scene, (expert,), now), None)]


def _to_come(scene: Scene, now: datetime) -> list[Booking]:
    return [booking for booking in scene.own if booking.start > now]


def _own(booking_id: str, scene: Scene, now: datetime) -> Booking | None:
    return next((booking for booking in _to_come(scene, now) if booking.id == booking_id), None)


def _page(everything: Sequence[str], after: str) -> tuple[str, ...]:
    """Return the next page after this one; the first where it was the last or is not there any more."""
    start = everything.index(after) + 1 if after in everything else 0
    return tuple(everything[start : start + say.PAGE] or everything[: say.PAGE])
