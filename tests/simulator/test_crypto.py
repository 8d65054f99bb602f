"""The official vectors of the fact sheet, bit for bit, and what must not be opened."""

from __future__ import annotations

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.simulator.crypto import BadEnvelope, Sealer, is_signed, signature

OWN_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
OWN = Sealer(OWN_KEY, "wx0123456789abcdef")
CHINESE = (
    "<xml><ToUserName><![CDATA[gh_unit]]></ToUserName><FromUserName><![CDATA[oUnit1]]></FromUserName>"
    "<CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好😀]]></Content>"
    "<MsgId>24000000000000001</MsgId></xml>"
)
CHINESE_SEALED = (
    "4j/AuRx71kQlxVlzbpsMWAR7NZTGp7xrkIv+b3/5OiX1vSsU4DaM9+TS8bKfzqKhkTJvu/hK8cvCiXoLI6gWRjLnEP1o5Lh1lkFzJ+OswR/yGF2r"
    "F0nZTNtJSYp7x9vpG0S9dAXKO2cnD6+dil9lXZcYgjyEcacBRRZlp9fDz8/1BxELlg1VF7aOkp1aw18w8mi7lmj16gV4sXHQdhWcp/6q/u6PqA27"
    "2Ofn12JNebe9JQ+r62hQxG1fp0qOO4clY6H1w3ZdKuS7CDQhylBKxxICajqTEQkGeVjU7PBT5Ac9x/lAmQwpecdARZVCtDcTP+fyGrU9/DNz1TqJ"
    "CheTV2sfFzW9+rMisKRYoxqHzuV1DJ+CwfkqgBbJUVTK1R7E"
)
FULL_PAD = (
    "wrNmYnsdngNwZHPRm4NnS71O5jIOH4Ajtqm9r4srn6Nje01hDwRbWkLCdC4WXqHMes96PBtjqHPn1V19z7wpwFsimQsDMqrdACVLMmCa6tcTyeyA"
    "2j313uFW5CMoTRG/"
)


def test_the_official_signatures_come_out() -> None:
    assert signature("AAAAA", "1714036504", "1514711492") == "f464b24fc39322e44b38aa78f5edd27bd1441696"
    assert signature("AAAAA", "1714037059", "486452656") == "899cf89e464efb63f54ddac96b0a0a235f53aa78"


def test_the_official_reply_comes_out() -> None:
    sealer = Sealer("A" * 43, "wxba5fad812f8e6fb9")
    sealed = sealer.seal(b'{"demo_resp":"good luck"}', b"707722b803182950")
    assert sealed == "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    assert signature("AAAAA", "1713424427", "415670741", sealed) == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


def test_chinese_and_emoji_come_out() -> None:
    sealed = OWN.seal(CHINESE.encode(), b"0123456789abcdef")
    assert sealed == CHINESE_SEALED
    assert OWN.open(sealed).decode() == CHINESE
    assert signature("UnitToken2026", "1700000001", "998877", sealed) == "706c3a4e018cc9b4845e72ae9a86ace11de10547"
    assert signature("UnitToken2026", "1700000001", "998877") == "2f888392559f48725ed57cf68cca2797241ad3a6"


def test_a_whole_block_of_padding_comes_out() -> None:
    assert OWN.seal(b"success-pad-check-xxxxxxxx", b"fedcba9876543210") == FULL_PAD
    assert OWN.open(FULL_PAD) == b"success-pad-check-xxxxxxxx"


@given(st.binary(max_size=300))
def test_whatever_was_sealed_is_opened(message: bytes) -> None:
    assert OWN.open(OWN.seal(message)) == message


@given(st.integers(0, len(base64.b64decode(FULL_PAD)) - 1), st.integers(1, 255))
def test_a_changed_byte_never_gives_the_message(place: int, change: int) -> None:
    data = bytearray(base64.b64decode(FULL_PAD))
    data[place] ^= change
    with contextlib.suppress(BadEnvelope):
        assert OWN.open(base64.b64encode(data).decode()) != b"success-pad-check-xxxxxxxx"


@pytest.mark.parametrize("sealed", ["", "abc", "not base64!", "QUJD", base64.b64encode(b"x" * 32).decode()])
def test_what_is_no_envelope_is_refused(sealed: str) -> None:
    with pytest.raises(BadEnvelope):
        OWN.open(sealed)


def test_an_envelope_of_another_account_is_refused() -> None:
    with pytest.raises(BadEnvelope):
        Sealer(OWN_KEY, "wxanother").open(FULL_PAD)


def test_a_wrong_signature_is_noticed() -> None:
    assert is_signed("f464b24fc39322e44b38aa78f5edd27bd1441696", "AAAAA", "1714036504", "1514711492")
    assert not is_signed("f464b24fc39322e44b38aa78f5edd27bd1441697", "AAAAA", "1714036504", "1514711492")
    assert not is_signed("签", "AAAAA", "1714036504", "1514711492")
