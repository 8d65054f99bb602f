"""/cgi-bin/token and /cgi-bin/stable_token."""

from __future__ import annotations

from .. import reading
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
    _check_account(world, query.get("appid", ""), query.get("secret", ""))
    value, life = world.tokens.plain_token(call.at)
    return {"access_token": value, "expires_in": life}


def stable_token(world: World, call: Call) -> Document:
    """The present token with the life it still has, or by force a new one, at most twenty times a day."""
    document = call.document()
    _check_ip(world, call)
    if reading.text(document, "grant_type") != GRANT:
        raise Refusal(40002)
    _check_account(world, reading.text(document, "appid"), reading.text(document, "secret"))
    if reading.truth(document, "force_refresh"):
        world.quotas.spend(world.quotas.purse("/cgi-bin/stable_token#forced", world.account.quota), call.at)
        value, life = world.tokens.forced_token(call.at)
    else:
        value, life = world.tokens.stable_token(call.at)
    return {"access_token": value, "expires_in": life}


def _check_ip(world: World, call: Call) -> None:
    if world.account.ips and call.ip not in world.account.ips:
        raise Refusal(40164, f"invalid ip {call.ip}, not in whitelist")


def _check_account(world: World, appid: str, secret: str) -> None:
    if not appid:
        raise Refusal(41002)
    if not secret:
        raise Refusal(41004)
    if appid != world.settings.appid:
        raise Refusal(40013)
    if secret != world.settings.secret:
        raise Refusal(40125)
