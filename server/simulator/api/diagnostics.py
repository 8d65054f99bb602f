"""The calls by which one looks after one's own calls: quotas, rids, addresses, the way back."""

from __future__ import annotations

import re
from collections.abc import Collection

from .. import reading
from ..reading import Document
from ..refusal import Refusal
from ..world import World
from .call import Call

RID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}")
RID_LIFE = 7 * 86400


def quota(world: World, call: Call, known: Collection[str]) -> Document:
    """What one of the known paths has used today."""
    path = reading.text(call.document(), "cgi_path")
    if not path.startswith("/"):
        raise Refusal(76003)
    if path.startswith("/sns/"):
        raise Refusal(76022)
    if path not in known:
        raise Refusal(76021)
    purse = world.quotas.purse(path, world.account.quota)
    used = world.quotas.used(purse.name, call.at)
    answer: Document = {"errcode": 0, "errmsg": "ok"}
    if purse.day is not None:
        answer["quota"] = {"daily_limit": purse.day, "used": used, "remain": max(0, purse.day - used)}
    if purse.minute is not None:
        answer["rate_limit"] = {"call_count": purse.minute, "refresh_second": 60}
    return answer


def clear(world: World, call: Call) -> Document:
    """Sets the day's counters to nought."""
    return _clear(world, call, reading.text(call.document(), "appid"))


def clear_without_token(world: World, call: Call) -> Document:
    """The same with appid and secret, for when no token can be had."""
    document = call.document()
    if reading.text(document, "appsecret") != world.settings.secret:
        raise Refusal(40125)
    return _clear(world, call, reading.text(document, "appid"))


def _clear(world: World, call: Call, appid: str) -> Document:
    if appid != world.settings.appid:
        raise Refusal(40013)
    world.quotas.clear(call.at)
    return {}


def about_call(world: World, call: Call) -> Document:
    """What was asked and answered in a call of the last seven days."""
    rid = reading.text(call.document(), "rid")
    if not RID.fullmatch(rid):
        raise Refusal(76002)
    record = world.calls.by_rid(rid)
    if record is None:
        raise Refusal(76001)
    if call.at - record.at > RID_LIFE:
        raise Refusal(76004)
    request = {
        "invoke_time": int(record.at),
        "cost_in_ms": round(record.ms),
        "request_url": record.path,
        "request_body": record.body,
        "response_body": record.answer,
        "client_ip": record.ip,
    }
    return {"errcode": 0, "errmsg": "ok", "request": request}


def addresses(world: World, call: Call) -> Document:
    """Where the platform's pushes come from, and where it is reached: this machine."""
    del world, call
    return {"ip_list": ["127.0.0.1"]}


def check_way_back(world: World, call: Call) -> Document:
    """Whether the callback's host can be found and reached."""
    document = call.document()
    if document.get("action") not in ("all", "dns", "ping"):
        raise Refusal(40202)
    if document.get("check_operator", "DEFAULT") not in ("DEFAULT", "CHINANET", "UNICOM", "CAP"):
        raise Refusal(40203)
    if not world.settings.service:
        raise Refusal(40201)
    dns = [{"ip": "127.0.0.1", "real_operator": "CAP"}]
    ping = [{"ip": "127.0.0.1", "from_operator": "CAP", "package_loss": "0%", "time": "0.1ms"}]
    return {name: value for name, value in (("dns", dns), ("ping", ping)) if document["action"] in ("all", name)}
