"""/sns/jscode2session and /wxa/business/getuserphonenumber: who opened the mini-program (fact sheet §8.1)."""

from __future__ import annotations

from .. import ids, reading
from ..reading import Document
from ..refusal import Refusal
from ..world import World
from . import tokens
from .call import Call

COUNTRY = "86"


def session(world: World, call: Call) -> Document:
    """Exchanges a js_code for openid and session_key, and the unionid of one who has it."""
    query, settings = call.query, world.settings
    tokens.check_account(query.get("appid", ""), query.get("secret", ""), {settings.mini_appid: settings.mini_secret})
    if query.get("grant_type") != "authorization_code":
        raise Refusal(40002)
    if not query.get("js_code"):
        raise Refusal(41008)
    person = world.followers.known(world.mini_program.exchange_login(query["js_code"], call.at))
    found = {"openid": ids.mini_openid(settings.mini_appid, person.openid), "session_key": ids.session_key()}
    return found | ({"unionid": person.unionid} if person.unionid else {})


def phone_number(world: World, call: Call) -> Document:
    """Exchanges a code of the button for the number; an `openid` that is given must be the same person's."""
    document = call.document()
    phones, appid = world.mini_program.phones, world.settings.mini_appid
    code = phones.find(reading.text(document, "code"), call.at)
    openid = ids.mini_openid(appid, code.openid)
    if reading.text(document, "openid", openid) != openid:
        raise Refusal(40003)
    phones.use(code)
    number = ids.phone_number(code.openid)
    info = {
        "phoneNumber": number,
        "purePhoneNumber": number,
        "countryCode": COUNTRY,
        "watermark": {"timestamp": int(call.at), "appid": appid},
    }
    return {"errcode": 0, "errmsg": "ok", "phone_info": info}
