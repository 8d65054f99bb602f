"""The envelope of the callback: whose word it is, opened and sealed (fact sheet 1.1 to 1.3). Pure CPU."""

import binascii
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha1
from hmac import compare_digest

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from server.domain.refusals import Forbidden, Malformed
from server.wechat import markup

LARGEST_BODY = 64 * 1024  # bytes
OLDEST_STAMP = 24 * 60 * 60  # seconds; older ones are refused as replays
BLOCK = 32  # the platform pads to 32, not to AES's own 16
RANDOM = 16  # random bytes in front of the clear text
LENGTH = 4  # bytes of the big-endian length behind them
BARE = (b"", b"success")  # answers that say nothing to the person; never sealed


class Mode(StrEnum):
    """How the platform was told to post messages."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


@dataclass(frozen=True, slots=True)
class Account:
    """What an account and the platform agreed on; `aes_key` (43 characters) may be empty in plain mode."""

    appid: str
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    mode: Mode


@dataclass(frozen=True, slots=True)
class Opened:
    """A genuine message: clear XML, the request's nonce, and `skew`: its stamp minus our clock, in seconds."""

    clear: bytes
    nonce: str
    skew: float


class Unreadable(Malformed):
    """The request or its envelope does not have the form it must have."""

    code = "unreadable"


class Oversized(Malformed):
    """The body is larger than 64 KB."""

    code = "oversized"


class Forged(Forbidden):
    """The signature does not prove that the platform sent this, or it was meant for another account."""

    code = "forged"


class Stale(Forbidden):
    """The stamp is older than 24 hours."""

    code = "stale"


class Downgraded(Forbidden):
    """The account is set to encrypted messages and this one came in clear."""

    code = "downgraded"


class Envelope:
    """Opens and seals the messages of one account."""

    def __init__(self, account: Account, randomness: Callable[[int], bytes]) -> None:
        """Keep the keys ready; `randomness(n)` gives n unforeseeable bytes. Raises ValueError for a bad AES key."""
        self._account = account
        self._token = account.token.encode()
        self._appid = account.appid.encode()
        self._randomness = randomness
        self._cipher = None if account.mode is Mode.PLAIN else _cipher(account.aes_key)

    def verify_url(self, query: Mapping[str, str]) -> str:
        """Return the echo that proves to the platform that this address is ours; raises Unreadable, Forged."""
        stamp, nonce = _given(query, "timestamp"), _given(query, "nonce")
        self._judge(_given(query, "signature"), stamp.encode(), nonce.encode())
        return _given(query, "echostr")

    def open(self, query: Mapping[str, str], body: bytes, now: datetime) -> Opened:
        """Return the clear message if the platform signed it for this account within the last 24 hours.

        Only age refuses: a stamp ahead of our clock tells that our clock is slow, and must not make us deaf.
        Raises Unreadable and Oversized (400), Forged, Stale and Downgraded (403).
        """
        if len(body) > LARGEST_BODY:
            raise Oversized("消息太大")
        stamp, nonce = _given(query, "timestamp"), _given(query, "nonce")
        if self._cipher is None:
            self._judge(_given(query, "signature"), stamp.encode(), nonce.encode())
            return Opened(body, nonce, _skew(stamp, now))
        if query.get("encrypt_type") != "aes":
            raise Downgraded("本账号只收加密消息")
        sealed = _locked(body)
        self._judge(_given(query, "msg_signature"), stamp.encode(), nonce.encode(), sealed)
        skew = _skew(stamp, now)
        return Opened(self._unlock(self._cipher, sealed), nonce, skew)

    def seal(self, clear: bytes, nonce: str, now: datetime) -> bytes:
        """Return the answer as the account's mode wants it; in plain mode, and when it is bare, as it is."""
        if self._cipher is None or clear in BARE:
            return clear
        sealed = self._lock(self._cipher, clear)
        stamp, word = b"%d" % int(now.timestamp()), nonce.encode()
        return (
            b"<xml><Encrypt><![CDATA[%b]]></Encrypt><MsgSignature><![CDATA[%b]]></MsgSignature>"
            b"<TimeStamp>%b</TimeStamp><Nonce><![CDATA[%b]]></Nonce></xml>"
        ) % (sealed, self._signature(stamp, word, sealed), stamp, markup.guarded(nonce))

    def _signature(self, *parts: bytes) -> bytes:
        return sha1(b"".join(sorted((self._token, *parts)))).hexdigest().encode()  # noqa: S324  the platform's choice

    def _judge(self, claimed: str, *parts: bytes) -> None:
        if not compare_digest(self._signature(*parts), claimed.encode()):
            raise Forged("签名不符")

    def _unlock(self, cipher: Cipher[modes.CBC], sealed: bytes) -> bytes:
        padded = _decrypted(cipher, sealed)
        pad = padded[-1]
        end = len(padded) - pad
        start = RANDOM + LENGTH
        if not 1 <= pad <= BLOCK or end < start or padded[end:] != bytes((pad,)) * pad:
            raise Unreadable("密文填充不符")
        stop = start + int.from_bytes(padded[RANDOM:start])
        if stop > end:
            raise Unreadable("密文长度不符")
        if padded[stop:end] != self._appid:
            raise Forged("消息不是发给本账号的")
        return padded[start:stop]

    def _lock(self, cipher: Cipher[modes.CBC], clear: bytes) -> bytes:
        pad = BLOCK - (RANDOM + LENGTH + len(clear) + len(self._appid)) % BLOCK
        parts = (
            self._randomness(RANDOM),
            len(clear).to_bytes(LENGTH),
            clear,
            self._appid,
            bytes((pad,)) * pad,
        )
        encryptor = cipher.encryptor()
        sealed = encryptor.update(b"".join(parts)) + encryptor.finalize()
        return binascii.b2a_base64(sealed, newline=False)


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    if len(aes_key) != 43 or not (aes_key.isascii() and aes_key.isalnum()):
        raise ValueError("the AES key must be 43 letters or digits")
    # The last character carries two surplus bits: the decoder has to be the lenient one.
    key = b64decode(aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def _given(query: Mapping[str, str], name: str) -> str:
    value = query.get(name)
    if not value:
        raise Unreadable(f"缺少参数 {name}")
    if not value.isascii():
        raise Unreadable(f"参数 {name} 不合规")
    return value


def _skew(stamp: str, now: datetime) -> float:
    if not stamp.isdigit() or len(stamp) > 12:
        raise Unreadable("时间戳不合规")
    skew = int(stamp) - now.timestamp()
    if -skew > OLDEST_STAMP:
        raise Stale("消息已过期")
    return skew


def _locked(body: bytes) -> bytes:
    sealed = markup.read(body).get("Encrypt")
    if sealed is None:
        raise Downgraded("本账号只收加密消息")
    if not isinstance(sealed, str) or not sealed.isascii():
        raise Unreadable("密文不合规")
    return sealed.encode()


def _decrypted(cipher: Cipher[modes.CBC], sealed: bytes) -> bytes:
    try:
        raw = binascii.a2b_base64(sealed)
    except binascii.Error:
        raise Unreadable("密文不是 Base64") from None
    # The decoder overlooks much; only what it would itself have written is taken.
    if not raw or len(raw) % 16 or binascii.b2a_base64(raw, newline=False) != sealed:
        raise Unreadable("密文不规范")
    decryptor = cipher.decryptor()
    return decryptor.update(raw) + decryptor.finalize()
