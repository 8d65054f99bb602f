"""What is wrong and how to mend it: one line a check, the worst of them decides the exit code."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from urllib.parse import urlsplit

from server.app import App
from server.domain.care.duty import DutyMode
from server.domain.clock import day, wall
from server.domain.help.lines import uncovered
from server.domain.post.faults import Fault
from server.domain.post.model import RowState
from server.domain.publishing.edition import EditionState
from server.domain.publishing.piece import PieceState
from server.domain.publishing.series import SeriesState
from server.domain.refusals import Refusal

HOLIDAYS_AHEAD = timedelta(days=60)
LOOKS_BACK = timedelta(days=30)
SKEW = timedelta(seconds=2)
LIFETIME_SECONDS = 3  # a killed process's open transaction holds its keys for as long (design.md 3)
_WITHIN = 10.0  # seconds a check may take


class Level(IntEnum):
    """How a check came out; the number is the exit code."""

    FINE = 0
    WARN = 1
    BROKEN = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, in a sentence that says how to mend it."""

    level: Level
    name: str
    sentence: str


Check = Callable[[App], Awaitable[Finding]]


async def examine(app: App) -> Sequence[Finding]:
    """Return what every check found, in the order of the page."""
    return [await _within(name, check, app) for name, check in CHECKS.items()]


async def _within(name: str, check: Check, app: App) -> Finding:
    """Run one check; what keeps it from ending is itself a finding."""
    try:
        return await asyncio.wait_for(check(app), _WITHIN)
    except Refusal as refusal:
        return Finding(Level.BROKEN, name, refusal.sentence)
    except TimeoutError:
        return Finding(Level.BROKEN, name, f"{_WITHIN:.0f} 秒内没有查完。先看数据库和网络。")


def _fine(name: str, sentence: str) -> Finding:
    return Finding(Level.FINE, name, sentence)


def _warn(name: str, sentence: str) -> Finding:
    return Finding(Level.WARN, name, sentence)


def _broken(name: str, sentence: str) -> Finding:
    return Finding(Level.BROKEN, name, sentence)


async def settings(app: App) -> Finding:
    """See whether a connected account stands on what only a trial may stand on."""
    chosen = app.settings
    if not chosen.is_connected:
        return _fine("settings", "接的是本机的微信模拟器，适合试用。")
    chosen.demand_account()
    if chosen.uses_trial_key:
        return _broken("settings", "主密钥还是试用时自动生成的。请另生成一个，写进 XINYI_MASTER_KEY 并与数据分开备份。")
    if (urlsplit(chosen.public_url).hostname or "") in {"127.0.0.1", "localhost"}:
        return _broken("settings", "XINYI_PUBLIC_URL 还是本机地址，职工的手机打不开文章。请写对外的 https 网址。")
    return _fine("settings", "设置齐全。")


async def mongo(app: App) -> Finding:
    """See whether MongoDB takes writes, is a replica set, and ends left transactions soon."""
    state = await app.stores.mongo.state()
    if not state.is_replica_set:
        return _broken("mongo", "MongoDB 不是副本集，预约和推送要用事务。请按 deploy/ 里的说明建成副本集。")
    if state.lifetime_seconds > LIFETIME_SECONDS:
        return _warn(
            "mongo",
            f"一个进程意外退出后，它的事务会占住数据 {state.lifetime_seconds} 秒。"
            f"请把 transactionLifetimeLimitSeconds 设为 {LIFETIME_SECONDS}。",
        )
    return _fine("mongo", f"MongoDB {state.version} 正常。")


async def redis(app: App) -> Finding:
    """See whether Redis can be reached; without it everything goes on, slower."""
    if await app.workshops.queue.answers():
        return _fine("redis", "Redis 正常。")
    return _warn("redis", "Redis 没有回应：服务照常，后台任务会慢一些。请看 XINYI_REDIS_URL。")


async def clock(app: App) -> Finding:
    """See whether our clock and the database's agree."""
    if app.settings.clock != "system":
        return _fine("clock", f"跟着模拟器的时间：{wall(app.clock.now()):%Y-%m-%d %H:%M}。")
    state = await app.stores.mongo.state()
    apart = abs(app.clock.now() - state.local_time)
    if apart > SKEW:
        return _warn("clock", f"本机和数据库的时间差了 {apart.total_seconds():.0f} 秒，请开启时间同步（NTP）。")
    return _fine("clock", f"{wall(app.clock.now()):%Y-%m-%d %H:%M}，与数据库一致。")


async def holidays(app: App) -> Finding:
    """See whether next year's holidays are known in time."""
    known = app.booking.holidays.known_until
    today = day(app.clock.now())
    if known < today:
        return _warn("holidays", f"{known} 以后的节假日还不知道，周末按周末算。请补 content/holidays.yaml。")
    if known < today + HOLIDAYS_AHEAD:
        return _warn("holidays", f"节假日只知道到 {known}。放假安排公布后，请补 content/holidays.yaml。")
    return _fine("holidays", f"节假日知道到 {known}。")


async def content(app: App) -> Finding:
    """See what of the library waits for somebody's eye, and which lines are still empty."""
    waiting = await app.stores.library.count(PieceState.WAITING)
    unfilled = app.workshops.shelf.unfilled
    notes = []
    if waiting:
        notes.append(f"{waiting} 篇（条）内容等待审核，审核后用 xinyi library accept --by 姓名 接受")
    if unfilled:
        notes.append(f"热线里还空着：{'、'.join(unfilled)}，请填 content/hotlines.yaml")
    if notes:
        return _warn("content", "；".join(notes) + "。")
    return _fine("content", f"{await app.stores.library.count(PieceState.ACCEPTED)} 篇（条）内容可用。")


async def token(app: App) -> Finding:
    """See whether WeChat gives us a token."""
    try:
        await app.workshops.client.sign_in()
    except Fault as fault:
        return _broken("token", f"微信没有给出 access_token（{fault.code}）。请核对 AppID、AppSecret 和 IP 白名单。")
    return _fine("token", "微信的 access_token 正常。")


async def waiting(app: App) -> Finding:
    """See what of the post nobody can say whether it arrived, and reminders that did not."""
    unknown = await app.stores.post.count(RowState.UNKNOWN)
    not_told = await app.stores.bookings.count_not_told(app.clock.now() - LOOKS_BACK)
    notes = []
    if unknown:
        notes.append(f"{unknown} 条消息不知道有没有送到")
    if not_told:
        notes.append(f"近 30 天有 {not_told} 个预约没能提醒到本人")
    return _warn("post", "；".join(notes) + "。") if notes else _fine("post", "没有下落不明的消息。")


async def editions(app: App) -> Finding:
    """See which editions were missed or failed lately."""
    since = app.clock.now() - LOOKS_BACK
    notes = []
    for state, word in ((EditionState.MISSED, "错过"), (EditionState.FAILED, "失败")):
        found = await app.stores.editions.in_state(state, since)
        if found:
            days = "、".join(f"{wall(edition.at):%m-%d}" for edition in found[-5:])
            notes.append(f"近 30 天{word} {len(found)} 次推送（{days}）")
    if notes:
        return _warn("editions", "；".join(notes) + "。详情用 xinyi edition list 和 show 查看。")
    return _fine("editions", "近 30 天的推送都发出了。")


async def series(app: App) -> Finding:
    """See how far the series reach."""
    outlooks = await app.publishing.outlooks()
    if not outlooks:
        return _warn("series", "还没有每日推送的计划。用 xinyi series start 建立。")
    for outlook in outlooks:
        if outlook.series.state is SeriesState.DRY or not outlook.left:
            return _warn("series", f"{outlook.series.id} 已经没有新文章可发，请给内容库添文章。")
        if outlook.runs_dry_soon:
            return _warn("series", f"{outlook.series.id} 还够发 {outlook.left} 天，请尽快给内容库添文章。")
    return _fine("series", "，".join(f"{each.series.id} 还够发 {each.left} 天" for each in outlooks) + "。")


async def experts(app: App) -> Finding:
    """See whether there is anybody to book, and say honestly who is not told yet."""
    offered = [expert for expert in await app.stores.experts.experts() if expert.offered]
    if not offered:
        return _warn("experts", "专家库还是空的，「预约」约不到人。")
    if app.settings.is_connected:
        return _warn("experts", "系统还不会通知老师有新预约，请安排人每天用 xinyi bookings 查看并转告。")
    return _fine("experts", f"{len(offered)} 位老师可约。")


async def lines(app: App) -> Finding:
    """See whether some counselling line is known to be answered at every minute of the week."""
    gaps = uncovered(app.workshops.shelf.lines).in_words()
    if gaps:
        return _warn(
            "lines", f"没有确知开着的心理热线的时候：{gaps}。请拨打核实各条热线的时间，填进 content/hotlines.yaml。"
        )
    return _fine("lines", "一周里每一分钟都有开着的心理热线。")


async def duty(app: App) -> Finding:
    """See whether those who would be called can be reached, and whether somebody was called in vain."""
    concerns = app.stores.concerns
    open_, exhausted = await concerns.count_open(), await concerns.count_exhausted()
    if exhausted:
        return _broken("duty", f"{exhausted} 个求助叫遍了人还没有人接。现在就用 xinyi concerns list 看，请人接下。")
    there = await app.care.duty()
    has_channel = bool(app.workshops.channels.has()) or any(person.worker for person in there.people)
    if there.setting.mode is not DutyMode.NONE and not any(person.can_be_called for person in there.people):
        return _broken("duty", f"设了{there.setting.mode.called}，名单上却没有叫得到的人。用 xinyi duty add 加人。")
    if not has_channel:
        return _warn("duty", "有人求助时通知不到任何人：没有群机器人和短信网关，也没有人在岗。看 xinyi duty show。")
    waiting = f"，{open_} 个求助等人接" if open_ else ""
    call_backs = await concerns.count_call_backs()
    owed = f"，{call_backs} 个回电还没打" if call_backs else ""
    return _fine("duty", f"{there.setting.mode.called}，名单上 {len(there.people)} 人{waiting}{owed}。")


async def spool(app: App) -> Finding:
    """See whether turns of people in danger wait on this machine's disk, and whether more could."""
    kept = app.workshops.spool
    if not kept.is_writable():
        return _broken("spool", f"{app.settings.data} 不能写：数据库停的时候，求助的话会存不下来。请检查磁盘和权限。")
    if waiting := kept.waiting():
        return _broken("spool", f"{waiting} 条求助还在这台机器的磁盘上，没存进数据库。请看数据库，服务会自己补存。")
    return _fine("spool", "没有滞留在磁盘上的求助。")


CHECKS: dict[str, Check] = {
    "settings": settings,
    "mongo": mongo,
    "redis": redis,
    "clock": clock,
    "holidays": holidays,
    "content": content,
    "lines": lines,
    "duty": duty,
    "spool": spool,
    "token": token,
    "post": waiting,
    "editions": editions,
    "series": series,
    "experts": experts,
}
