"""`xinyi concerns`: who waits for a person, who has taken it, and everything duty staff can do about it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence

import click

from server.app import App, opened
from server.commands import Said, ground
from server.domain.care.call_backs import CallBack, Tried
from server.domain.care.duty import DutyPerson
from server.domain.care.model import Call, Concern, Outcome
from server.domain.care.sentences import Record, hour, what
from server.settings import Settings

MOST = 200
Deed = Callable[[App, DutyPerson], Awaitable[object]]

by_whom = click.option("--by", required=True, help="办这件事的人，写值守名单里的名字")
as_json_too = click.option("--json", "as_json", is_flag=True, help="写成 JSON")


@click.group("concerns", help="求助：谁在等人、谁接了，查看、接下、记录、转交、结束。")
def command() -> None:
    """Hold the verbs of concerns together."""


@command.command("list", help="列出没有结束的求助（只列编号，不列姓名和内容）。")
@click.option("--all", "with_closed", is_flag=True, help="结束了的也列出来")
@as_json_too
def list_(with_closed: bool, as_json: bool) -> None:
    """List concerns."""
    concerns, names = asyncio.run(_list(ground("concerns"), with_closed=with_closed))
    if as_json:
        click.echo(json.dumps([_row(concern) for concern in concerns], ensure_ascii=False))
        return
    for concern in concerns:
        click.echo(_line(concern, names))


async def _list(settings: Settings, *, with_closed: bool) -> tuple[Sequence[Concern], dict[str, str]]:
    async with opened(settings, "concerns") as app:
        desk = app.care.desk
        return await (app.stores.concerns.recent(MOST) if with_closed else desk.list()), await desk.names()


@command.command("show", help="查看一个求助的全部内容；查看会留下记录。")
@click.argument("number", type=int)
@by_whom
@as_json_too
def show(number: int, by: str, as_json: bool) -> None:
    """Show everything of a concern."""
    record = asyncio.run(_show(ground("concerns"), number, by))
    click.echo(json.dumps(_everything(record), ensure_ascii=False) if as_json else "\n".join(_page(record)))


async def _show(settings: Settings, number: int, by: str) -> Record:
    async with opened(settings, "concerns") as app:
        return await app.care.desk.show(number, await app.care.rota.person(by))


@command.command("take", help="接下一个求助。")
@click.argument("number", type=int)
@by_whom
def take(number: int, by: str) -> None:
    """Take a concern."""
    _do(by, lambda app, person: app.care.desk.take(number, person))
    click.echo(f"{number} 由 {by} 接了。")


@command.command("note", help="给一个求助记一笔；加密存放。")
@click.argument("number", type=int)
@click.argument("words")
@by_whom
def note(number: int, words: str, by: str) -> None:
    """Keep a note."""
    _do(by, lambda app, person: app.care.desk.note(number, person, words))
    click.echo(f"记下了，{number}。")


@command.command("write", help="经公众号给对方写一句话；只有接的人能写，对方 48 小时内来过信才发得出。")
@click.argument("number", type=int)
@click.argument("words")
@by_whom
def write(number: int, words: str, by: str) -> None:
    """Write to the follower."""
    _do(by, lambda app, person: app.care.desk.write(number, person, words))
    click.echo("已经交给微信发送。")


@command.command("hand-over", help="把自己接的求助转给另一个人。")
@click.argument("number", type=int)
@click.option("--to", required=True, help="转给谁，写值守名单里的名字")
@by_whom
def hand_over(number: int, to: str, by: str) -> None:
    """Hand a concern over."""
    _do(by, lambda app, person: app.care.desk.hand_over(number, person, to))
    click.echo(f"{number} 转给 {to} 了，正在通知。")


@command.command("give-back", help="把自己接的求助放回去，重新叫人。")
@click.argument("number", type=int)
@by_whom
def give_back(number: int, by: str) -> None:
    """Give a concern back to the line."""
    _do(by, lambda app, person: app.care.desk.give_back(number, person))
    click.echo(f"{number} 放回去了，会重新叫人来接。")


@command.command("close", help="结束一个求助，写明结果。")
@click.argument("number", type=int)
@click.argument("outcome", type=click.Choice([each.called for each in Outcome]))
@by_whom
def close(number: int, outcome: str, by: str) -> None:
    """Close a concern with an outcome."""
    ended = next(each for each in Outcome if each.called == outcome)
    _do(by, lambda app, person: app.care.desk.close(number, person, ended))
    click.echo(f"{number} 结束了：{outcome}。")


@command.command("called", help="记下给对方回了一次电话，结果怎样。")
@click.argument("number", type=int)
@click.argument("result", type=click.Choice([each.called for each in Tried]))
@by_whom
def called(number: int, result: str, by: str) -> None:
    """Note an attempt to call back."""
    tried = next(each for each in Tried if each.called == result)
    _do(by, lambda app, person: app.care.desk.attempt_of(number, person, tried))
    click.echo(f"记下了，{number} 的回电：{result}。")


@command.command("call-backs", help="列出还没办完的回电（号码要用 show 查看）。")
@as_json_too
def call_backs(as_json: bool) -> None:
    """List the call-backs that are open."""
    rows = [_call_back(number, each) for number, each in asyncio.run(_call_backs(ground("concerns")))]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['number']}  {row['at']}  试过 {row['attempts']} 次")


async def _call_backs(settings: Settings) -> list[tuple[int, CallBack]]:
    async with opened(settings, "concerns") as app:
        numbers = {concern.id: concern.number for concern in await app.stores.concerns.unsettled()}
        waiting = await app.stores.concerns.call_backs()
        return [(numbers.get(each.concern, 0), each) for each in waiting]


def _do(by: str, deed: Deed) -> None:
    """Let a person of the roster do something; what is refused ends the command with its sentence."""
    asyncio.run(_done(ground("concerns"), by, deed))


async def _done(settings: Settings, by: str, deed: Deed) -> None:
    async with opened(settings, "concerns") as app:
        if not by.strip():
            raise Said("请写是谁办的：--by 名字。")
        await deed(app, await app.care.rota.person(by))


def _line(concern: Concern, names: dict[str, str]) -> str:
    taker = names.get(concern.taker, "")
    ended = concern.outcome.called if concern.outcome else ""
    spent = "　名单都叫过了" if concern.exhausted_at and not taker and not ended else ""
    return (
        f"{concern.number}  {hour(concern.last_at)}  {concern.entries:>3} 条  {what(concern)}　"
        f"{concern.state.called}　{taker}{ended}{spent}"
    )


def _row(concern: Concern) -> dict[str, object]:
    return {
        "id": concern.id,
        "number": concern.number,
        "state": str(concern.state),
        "grade": str(concern.grade),
        "kind": str(concern.kind),
        "opened_at": concern.opened_at.isoformat(),
        "last_at": concern.last_at.isoformat(),
        "entries": concern.entries,
        "taker": concern.taker,
        "outcome": str(concern.outcome) if concern.outcome else "",
        "exhausted_at": concern.exhausted_at.isoformat() if concern.exhausted_at else None,
        "calls": [_call(call) for call in concern.calls],
    }


def _call(call: Call) -> dict[str, object]:
    return {"at": call.at.isoformat(), "whom": call.whom, "channels": list(call.channels)}


def _call_back(number: int, call_back: CallBack) -> dict[str, object]:
    return {
        "id": call_back.id,
        "number": number,
        "at": hour(call_back.at),
        "state": str(call_back.state),
        "attempts": len(call_back.attempts),
    }


def _everything(record: Record) -> dict[str, object]:
    number = record.concern.number
    return {
        **_row(record.concern),
        "words": [{"at": each.at.isoformat(), "words": each.words} for each in record.entries],
        "notes": [
            {"at": each.at.isoformat(), "by": each.by, "told": each.told, "words": each.words} for each in record.notes
        ],
        "call_backs": [{**_call_back(number, each), "phone": each.phone} for each in record.call_backs],
    }


def _page(record: Record) -> list[str]:
    return [
        _line(record.concern, dict(record.names)),
        *(f"{hour(each.at)}  {each.words}" for each in record.entries),
        *(f"{hour(each.at)}  {record.names.get(each.by, '')}：{each.words}" for each in record.notes),
        *(f"请回电 {each.phone}（试过 {len(each.attempts)} 次）" for each in record.call_backs),
    ]
