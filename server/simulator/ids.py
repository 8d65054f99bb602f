"""Names that the platform gives: openids, media ids, tokens, codes, rids, and what it knows of a made-up person."""

from __future__ import annotations

import base64
import hashlib
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


def mini_openid(appid: str, of: str) -> str:
    """The 28 characters by which a mini-program knows the same person: another name, always the same one."""
    digest = hashlib.sha256(f"{appid} {of}".encode()).digest()
    return "o" + base64.urlsafe_b64encode(digest).decode()[:27]


def media_id() -> str:
    """43 characters, as permanent material has them."""
    return _random(43)


def access_token() -> str:
    """A token of the length that real ones have."""
    return f"{secrets.randbelow(90) + 10}_" + _random(130)


def js_code() -> str:
    """32 characters that stand for one login."""
    return _random(32)


def phone_code() -> str:
    """64 hex digits that stand for one tap on the button."""
    return secrets.token_hex(32)


def session_key() -> str:
    """16 random bytes in Base64."""
    return base64.b64encode(secrets.token_bytes(16)).decode()


def page_id() -> str:
    """The short name of a page or picture."""
    return _random(22)


def rid() -> str:
    """The name of one call: three times eight hex digits."""
    return f"{secrets.token_hex(4)}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"


def phone_number(of: str) -> str:
    """A made-up mobile number, always the same for the same openid; nobody's, for 140 is given to machines only."""
    return f"140{zlib.crc32(of.encode()) % 10**8:08}"


def nickname(of: str) -> str:
    """A made-up nickname, always the same for the same openid; only the phone shows it."""
    number = zlib.crc32(of.encode())
    place = PLACES[number // 7 % len(PLACES)]
    return place + FAMILY[number % len(FAMILY)] + CALLED[number // 131 % len(CALLED)]
