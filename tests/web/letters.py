"""Letters as WeChat posts them to the callback, sealed and signed for the account of the tests."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from server.settings import Settings
from server.wechat.crypto import Account, Envelope, Mode
from tests.vault.chance import Chance

OPENID = "oLinXiaoYu0000000000000000"


@dataclass(frozen=True, slots=True)
class Letter:
    """One POST to the callback."""

    query: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """Where it is posted to."""
        return f"/wechat?{urlencode(self.query)}"


class Postbox:
    """Seals letters to the account and opens its answers."""

    def __init__(self, settings: Settings) -> None:
        account = Account(settings.oa_appid, settings.oa_token, settings.oa_aes_key, Mode.SAFE)
        self._envelope = Envelope(account, Chance())
        self._count = 0

    def text(self, words: str, at: datetime | None = None, openid: str = OPENID) -> Letter:
        """A text that somebody wrote just now."""
        self._count += 1
        now = at or datetime.now(UTC)
        clear = (
            f"<xml><ToUserName><![CDATA[gh_union]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
            f"<CreateTime>{int(now.timestamp())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
            f"<Content><![CDATA[{words}]]></Content><MsgId>{7000 + self._count}</MsgId></xml>"
        )
        return self.sealed(clear.encode(), now)

    def sealed(self, clear: bytes, at: datetime | None = None) -> Letter:
        """This clear text, sealed and signed."""
        body = self._envelope.seal(clear, "n0nce", at or datetime.now(UTC))
        stamp, signature = (_part(body, name) for name in ("TimeStamp", "MsgSignature"))
        query = {"timestamp": stamp, "nonce": "n0nce", "encrypt_type": "aes", "msg_signature": signature}
        return Letter(query, body)

    def opened(self, answer: bytes) -> str:
        """The words of a sealed answer."""
        stamp, signature, nonce = (_part(answer, name) for name in ("TimeStamp", "MsgSignature", "Nonce"))
        query = {"timestamp": stamp, "nonce": nonce, "encrypt_type": "aes", "msg_signature": signature}
        return self._envelope.open(query, answer, datetime.now(UTC)).clear.decode()


def _part(body: bytes, name: str) -> str:
    found = re.search(rf"<{name}>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</{name}>", body.decode())
    assert found is not None
    return found[1]
