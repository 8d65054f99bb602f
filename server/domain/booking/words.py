"""How an hour, an expert and a reminder are told to a worker."""

from datetime import datetime, timedelta

from server.domain.booking.model import Booking, Expert
from server.domain.clock import day, wall

IN_PERSON = "面谈"
_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_NEAR_DAYS = ("今天", "明天", "后天")


def hour(start: datetime) -> str:
    """Return the start of an hour, `11月27日 周五 10:00`."""
    local = wall(start)
    return f"{local.month}月{local.day}日 {_WEEKDAYS[local.weekday()]} {local:%H:%M}"


def near_hour(start: datetime, now: datetime) -> str:
    """Return the start of an hour as it is told at this moment, `明天 11月27日 周五 10:00`."""
    ahead = (day(start) - day(now)).days
    near = f"{_NEAR_DAYS[ahead]} " if 0 <= ahead < len(_NEAR_DAYS) else ""
    return near + hour(start)


def until(start: datetime, minutes: int) -> str:
    """Return the end of an hour that begins at `start`, `10:50`."""
    return f"{wall(start + timedelta(minutes=minutes)):%H:%M}"


def who(expert: Expert | None) -> str:
    """Return the expert as a worker is told of them: name, what they may be called, way."""
    if expert is None:
        return "已约好的老师"
    return f"{expert.name}（{expert.kind.called}，{expert.way}）"


def where(expert: Expert | None) -> str:
    """Return the line that says where the hour takes place, or how one is reached; nothing where it is not known."""
    if expert is None:
        return ""
    return f"地点：{expert.place}" if expert.way == IN_PERSON else f"{expert.way}：{expert.place}"


def summary(start: datetime, minutes: int, expert: Expert | None, now: datetime) -> str:
    """Return an hour in three lines: when, with whom, where."""
    lines = (f"{near_hour(start, now)}–{until(start, minutes)}", who(expert), where(expert))
    return "\n".join(line for line in lines if line)


def booked(start: datetime, minutes: int, expert: Expert | None, now: datetime) -> str:
    """Return what a worker is told of an hour that is theirs: when, who, where, and what to do when prevented.

    It promises nothing that is not done: nobody tells the expert yet, and a reminder needs an open window.
    """
    in_person = expert is not None and expert.way == IN_PERSON
    ready = "请提前 10 分钟到。" if in_person else "请提前几分钟，找个安静、方便说话的地方。"
    return (
        f"已预约：\n{summary(start, minutes, expert, now)}\n{ready}\n\n"
        "来不了，请在开始前回复“取消”，把时间让给别人；回复“我的”随时能查到这次预约。\n"
        "心里难受、等不到那天，可以打心理援助热线 12356。"
    )


def reminder(booking: Booking, expert: Expert | None) -> str:
    """Return the reminder of a booking; it names the day itself, for it may be read hours after it was written."""
    lines = (
        f"提醒你：{hour(booking.start)}–{until(booking.start, booking.minutes)}，你约了{who(expert)}。",
        where(expert),
        "来不了，请在开始前回复“取消”。",
    )
    return "\n".join(line for line in lines if line)


def what_it_is(expert: Expert) -> str:
    """Return what the expert does in the hour and what it is not, `（倾听与疏导，不是诊断和治疗）`."""
    return f"（{expert.kind.offer}）"
