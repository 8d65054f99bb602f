"""What duty staff are told: alerts of a number and nothing else, lists and records, and how a word is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.care.call_backs import CallBack, CallBackState, Tried
from server.domain.care.duty import DutyPerson
from server.domain.care.model import Concern, ConcernState, Entry, Note, Outcome
from server.domain.clock import wall
from server.domain.help.screening import Grade, Kind
from server.domain.post.saying import cut

RENEW = "在岗快满 48 小时了。还在的话，请回复“在岗”。"
TEST = "值班通知测试，不用处理。"
NOTHING_OPEN = "现在没有等着的求助。"
OUTCOMES = "、".join(each.called for each in Outcome)
RESULTS = "、".join(each.called for each in Tried)
LISTED = 12  # concerns in one list in the chat
_WORDS = 160  # characters of one entry that are shown in the chat

_GRADES = {Grade.URGENT: "紧急", Grade.WATCH: "需要留意"}
_KINDS = {
    Kind.OWN: "本人有危险",
    Kind.THREAT: "可能伤害别人",
    Kind.VIOLENCE: "受到伤害",
    Kind.SOMEBODY: "身边的人有危险",
    Kind.ASKING: "在打听",
}
_CALL_BACKS = {CallBackState.OPEN: "还没打通", CallBackState.DONE: "已打通", CallBackState.GIVEN_UP: "不再打"}


@dataclass(frozen=True, slots=True)
class Record:
    """All that duty staff may see of a concern, once the look is on record; `names` are of people by their ids."""

    concern: Concern
    entries: tuple[Entry, ...]
    notes: tuple[Note, ...]
    call_backs: tuple[CallBack, ...]
    names: Mapping[str, str]


def alert(concern: Concern) -> str:
    """Return what a person is called with: a number and how to take it."""
    return f"求助 {concern.number}\n回复 接 {concern.number}"


def again(concern: Concern) -> str:
    """Return what a taker is told when there is something new: a number and how to see it."""
    return f"求助 {concern.number} 有新情况\n回复 看 {concern.number}"


def alerts(concerns: Sequence[Concern]) -> str:
    """Return what the group is called with: every number, each with how to take it."""
    return "\n".join(alert(concern) for concern in concerns)


def on_duty(person: DutyPerson) -> str:
    """Return what somebody who came on duty is told."""
    until = f"到 {hour(person.on_duty_until)} 为止" if person.on_duty_until else ""
    return (
        f"{person.name}，你在岗了，{until}。有求助会通知你号码。\n"
        "接 号码：接下　看 号码：查看　回 号码 话：写给对方\n"
        "记、转、放、打、结 后面同样写号码。回复“求助”看全部。"
    )


def taken(concern: Concern) -> str:
    """Return what somebody who took a concern is told: it is theirs, and how to go on."""
    number = concern.number
    return (
        f"{number} 由你接了，{what(concern)}，共 {concern.entries} 条。\n"
        f"看 {number}：看内容\n回 {number} 你想说的话：写给对方\n结 {number} 结果：办完了"
    )


def what(concern: Concern) -> str:
    """Return in a few words what a concern is about."""
    grade = _GRADES.get(concern.grade)
    return f"{grade}，{_KINDS[concern.kind]}" if grade else _KINDS[concern.kind]


def listing(concerns: Sequence[Concern], names: Mapping[str, str]) -> str:
    """Return the unsettled concerns, a line each, those without a taker first."""
    if not concerns:
        return NOTHING_OPEN
    ordered = sorted(concerns, key=lambda each: (each.state is ConcernState.TAKEN, each.opened_at))
    rows = [f"{each.number}　{what(each)}，{hour(each.last_at)}，{_who(each, names)}" for each in ordered[:LISTED]]
    more = [f"还有 {len(ordered) - LISTED} 件。"] if len(ordered) > LISTED else []
    return "\n".join((*rows, *more, "回复 接 号码 接下，看 号码 查看。"))


def shown(record: Record) -> str:
    """Return a concern as a taker reads it in the chat; the newest words come last and are never cut away."""
    concern = record.concern
    head = f"{concern.number}　{what(concern)}\n{_who(concern, record.names)}，共 {concern.entries} 条"
    cleared = [f"{hour(concern.cleared_at)} 本人说是误会"] if concern.cleared_at else []
    notes = [_note(note, record.names) for note in record.notes[-3:]]
    tail = "\n".join((*map(_call_back, record.call_backs[-3:]), *cleared))
    rows = [f"{hour(entry.at)} {_short(entry.words)}" for entry in record.entries[-5:]]
    while len(rows) > 1 and len("\n".join((head, *notes, tail, *rows)).encode()) > 1900:
        rows.pop(0)
    return cut("\n".join(part for part in (head, *notes, tail, *rows) if part))


def hour(instant: datetime) -> str:
    """Return an instant as staff read it, `11月25日 02:10`."""
    local = wall(instant)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def _who(concern: Concern, names: Mapping[str, str]) -> str:
    if concern.state is ConcernState.TAKEN:
        return f"{names.get(concern.taker, '有人')}接了"
    if concern.outcome is not None:
        return f"已结束：{concern.outcome.called}"
    return "等人接，名单都叫过了" if concern.exhausted_at else "等人接"


def _note(note: Note, names: Mapping[str, str]) -> str:
    mark = "回复说" if note.told else "记"
    return f"{hour(note.at)} {names.get(note.by, '值班')}{mark}：{_short(note.words)}"


def _call_back(call_back: CallBack) -> str:
    tries = f"，试过 {len(call_back.attempts)} 次" if call_back.attempts else ""
    return f"请回电 {call_back.phone}（{_CALL_BACKS[call_back.state]}{tries}）"


def _short(words: str) -> str:
    return words if len(words) <= _WORDS else f"{words[:_WORDS]}…"
