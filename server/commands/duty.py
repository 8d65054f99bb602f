"""`xinyi duty`: when somebody is there, who they are, and a test that shows what rings."""

import asyncio
import json
from collections.abc import Sequence

import click

from server.app import opened
from server.commands import Said, ground
from server.domain.care.duty import DutyMode, DutyPerson, DutySetting
from server.domain.care.hours import read_hours
from server.domain.care.model import GROUP
from server.domain.care.rota import NewPerson, Rung
from server.domain.care.sentences import hour
from server.domain.clock import Clock
from server.settings import Settings

_CHANNELS = {GROUP: "群机器人", "phone": "短信", "chat": "微信窗口"}


@click.group("duty", help="值守：什么时候有人、谁、叫得到叫不到。")
def command() -> None:
    """Hold the verbs of the duty together."""


@command.command("add", help="把一个人加进值守名单，给出一次性的在岗码。")
@click.argument("name")
@click.option("--phone", default="", help="手机号，或带区号的座机号；加密存放")
@click.option("--administrator", is_flag=True, help="没有人接的时候要通知的负责人")
@click.option("--order", type=int, help="叫人的先后，小的先叫；不写排在最后")
def add(name: str, phone: str, administrator: bool, order: int | None) -> None:
    """Put somebody on the roster."""
    new = NewPerson(name, phone, administrator, order)
    person, code = asyncio.run(_add(ground("duty"), new))
    _tell_code(person, code)


async def _add(settings: Settings, new: NewPerson) -> tuple[DutyPerson, str]:
    async with opened(settings, "duty") as app:
        await app.stores.ensure_indexes()
        return await app.care.rota.add(new)


@command.command("code", help="给名单上的人一个新的在岗码：旧的过期了，或换了微信。")
@click.argument("name")
def code(name: str) -> None:
    """Give somebody a new one-time code."""
    person, given = asyncio.run(_renew(ground("duty"), name))
    _tell_code(person, given)


async def _renew(settings: Settings, name: str) -> tuple[DutyPerson, str]:
    async with opened(settings, "duty") as app:
        return await app.care.rota.renew_code(name)


def _tell_code(person: DutyPerson, code: str) -> None:
    click.echo(f"{person.name} 在值守名单里了，第 {person.order} 位。")
    click.echo(f"请本人在公众号里发一次：在岗 {code}")
    click.echo("这个码 24 小时内有效，只能用一次，这里不再显示。")


@command.command("remove", help="把一个人从值守名单里去掉；他接着的求助会重新叫人。")
@click.argument("name")
def remove(name: str) -> None:
    """Strike somebody off the roster."""
    asyncio.run(_remove(ground("duty"), name))
    click.echo(f"{name} 不在值守名单里了。")


async def _remove(settings: Settings, name: str) -> None:
    async with opened(settings, "duty") as app:
        await app.care.rota.remove(name)


@command.command("on", help="设定值守：--round 全天，或用 --hours 写工作时间。请照实写。")
@click.option("--round", "is_round", is_flag=True, help="24 小时都有人")
@click.option("--hours", multiple=True, help="例如 --hours '周一至周五 08:30-17:30'，可以写几个")
def on(is_round: bool, hours: tuple[str, ...]) -> None:
    """Set when somebody is there."""
    if is_round == bool(hours):
        raise Said("请写 --round（24 小时都有人），或者用 --hours 写工作时间，两样写一样。")
    mode = DutyMode.ROUND if is_round else DutyMode.OFFICE
    click.echo(_setting_in_words(asyncio.run(_on(ground("duty"), mode, hours))))


async def _on(settings: Settings, mode: DutyMode, hours: Sequence[str]) -> DutySetting:
    async with opened(settings, "duty") as app:
        return await app.care.rota.on(mode, read_hours(hours))


@command.command("off", help="设定为没有人值守；求助仍会通知群和负责人。")
def off() -> None:
    """Say that nobody is there."""
    click.echo(_setting_in_words(asyncio.run(_off(ground("duty")))))


async def _off(settings: Settings) -> DutySetting:
    async with opened(settings, "duty") as app:
        return await app.care.rota.off()


@command.command("test", help="给每一条通知渠道发一条测试，看哪些收到了。")
@click.option("--json", "as_json", is_flag=True, help="写成 JSON")
def test(as_json: bool) -> None:
    """Send a test alert through every channel."""
    rungs = asyncio.run(_test(ground("duty")))
    rows = [{"whom": rung.whom, "channel": rung.channel, "took": rung.took_it} for rung in rungs]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    for rung in () if as_json else rungs:
        whom = "值守群" if rung.whom == GROUP else rung.whom
        click.echo(f"{'✓' if rung.took_it else '✗'} {whom}　{_CHANNELS[rung.channel]}")
    if not any(rung.took_it for rung in rungs):
        raise Said("没有一条渠道收到。请配置 XINYI_DUTY_WEBHOOK 或 XINYI_SMS_URL，登记电话，或请值守的人发“在岗”。")


async def _test(settings: Settings) -> Sequence[Rung]:
    async with opened(settings, "duty") as app:
        return await app.care.rota.test()


@command.command("show", help="看值守设定、名单、谁在岗、有哪些通知渠道。")
@click.option("--json", "as_json", is_flag=True, help="写成 JSON")
def show(as_json: bool) -> None:
    """Show how the duty stands."""
    row, lines = asyncio.run(_show(ground("duty")))
    click.echo(json.dumps(row, ensure_ascii=False) if as_json else "\n".join(lines))


async def _show(settings: Settings) -> tuple[dict[str, object], list[str]]:
    async with opened(settings, "duty") as app:
        duty, channels = await app.care.duty(), sorted(app.care.needs.channels.has())
        people = [_person(person, app.clock) for person in duty.people]
        is_staffed = duty.setting.is_staffed(app.clock.now())
        row: dict[str, object] = {
            "mode": str(duty.setting.mode),
            "hours": duty.setting.hours.in_words(),
            "staffed": is_staffed,
            "people": people,
            "channels": channels,
        }
        lines = [
            f"{_setting_in_words(duty.setting)}现在{'在' if is_staffed else '不在'}值守时间里。",
            f"通知渠道：{'、'.join(_CHANNELS[name] for name in channels) or '没有配置群机器人和短信'}",
            *(_line(person, app.clock) for person in duty.people),
        ]
        return row, lines if duty.people else [*lines, "值守名单是空的。用 xinyi duty add 姓名 加人。"]


def _person(person: DutyPerson, clock: Clock) -> dict[str, object]:
    return {
        "id": person.id,
        "name": person.name,
        "order": person.order,
        "administrator": person.administrator,
        "bound": bool(person.worker),
        "phone": bool(person.phone),
        "on_duty": person.is_on_duty(clock.now()),
        "on_duty_until": person.on_duty_until.isoformat() if person.on_duty_until else None,
    }


def _line(person: DutyPerson, clock: Clock) -> str:
    on_duty = person.on_duty_until if person.is_on_duty(clock.now()) else None
    ways = "、".join(way for way, there in (("电话", person.phone), ("微信", person.worker)) if there)
    return (
        f"{person.order:>3}  {person.name}{'（负责人）' if person.administrator else ''}　"
        f"{ways or '还叫不到：没有电话，也没有发过在岗码'}　{f'在岗到 {hour(on_duty)}' if on_duty else '不在岗'}"
    )


def _setting_in_words(setting: DutySetting) -> str:
    hours = f"（{setting.hours.in_words()}）" if setting.mode is DutyMode.OFFICE else ""
    holidays = "法定节假日不值守，调休上班的日子照常。" if setting.keeps_holidays else ""
    return f"值守方式：{setting.mode.called}{hours}。{holidays}"
