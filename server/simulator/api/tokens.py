"""/cgi-bin/token and /cgi-bin/stable_token."""

from __future__ import annotations

from collections.abc import Mapping

from .. import reading
from ..mini_program import MiniProgram
from ..reading import Document
from ..refusal import Refusal
from ..world import World
from .call import Call

GRANT = "client_credential"


def token(world: World, call: Call) -> Document:
    """A new token; the one before lives five minutes more."""
    _check_ip(world, call)
    query = call.query
    if query.get("grant_type") != GRANT:
        raise Refusal(40002)
    owner = _owner(world, query.get("appid", ""), query.get("secret", ""))
    value, life = owner.tokens.plain_token(call.at)
    return {"access_token": value, "expires_in": life}


def stable_token(world: World, call: Call) -> Document:
    """The present token with the life it still has, or by force a new one, at most twenty times a day."""
    document = call.document()
    _check_ip(world, call)
    if reading.text(document, "grant_type") != GRANT:
        raise Refusal(40002)
    owner = _owner(world, reading.text(document, "appid"), reading.text(document, "secret"))
    if reading.truth(document, "force_refresh"):
        owner.quotas.spend(owner.quotas.purse("/cgi-bin/stable_token#forced", world.account.quota), call.at)
        value, life = owner.tokens.forced_token(call.at)
    else:
        value, life = owner.tokens.stable_token(call.at)
    return {"access_token": value, "expires_in": life}


def _check_ip(world: World, call: Call) -> None:
    if world.account.ips and call.ip not in world.account.ips:
        raise Refusal(40164, f"invalid ip {call.ip}, not in whitelist")


def _owner(world: World, appid: str, secret: str) -> World | MiniProgram:
    """Whose tokens and counters they are: the world's own belong to the official account."""
    settings = world.settings
    check_account(appid, secret, {settings.mini_appid: settings.mini_secret, settings.appid: settings.secret})
    return world if appid == settings.appid else world.mini_program


def check_account(appid: str, secret: str, known: Mapping[str, str]) -> None:
    """Lets one of the known appids with its secret pass; 41002, 41004 for none, 40013, 40125 for wrong ones."""
    if not appid:
        raise Refusal(41002)
    if not secret:
        raise Refusal(41004)
    if appid not in known:
        raise Refusal(40013)
    if secret != known[appid]:
        raise Refusal(40125)
