"""Names that the platform gives: openids, media ids, tokens, rids, and a nickname for the phone."""

from __future__ import annotations

import re
import secrets
import zlib

OPENID = re.compile(r"[0-9A-Za-z_-]{1,64}")

FAMILY = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗"
CALLED = ("师傅", "小妹", "大姐", "阿姨", "同学", "老哥", "工友", "班长", "大哥", "师姐")
PLACES = ("焊工班", "三车间", "夜班", "质检组", "食堂", "调度室", "仓库", "纺纱一组", "公交三队", "机修班")


def _random(length: int) -> str:
    return secrets.token_urlsafe(length)[:length]


def openid() -> str:
    """28 characters that begin with `o`."""
    return "o" + _random(27)


def media_id() -> str:
    """43 characters, as permanent material has them."""
    return _random(43)


def access_token() -> str:
    """A token of the length that real ones have."""
    return f"{secrets.randbelow(90) + 10}_" + _random(130)


def page_id() -> str:
    """The short name of a page or picture."""
    return _random(22)


def rid() -> str:
    """The name of one call: three times eight hex digits."""
    return f"{secrets.token_hex(4)}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"


def nickname(of: str) -> str:
    """A made-up nickname, always the same for the same openid; only the phone shows it."""
    number = zlib.crc32(of.encode())
    place = PLACES[number // 7 % len(PLACES)]
    return place + FAMILY[number % len(FAMILY)] + CALLED[number // 131 % len(CALLED)]
