"""The envelope: the platform's own vectors bit for bit, and every way to tamper with it."""

import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.refusals import Forbidden, Malformed, Refusal
from server.wechat import markup
from server.wechat.crypto import Account, Downgraded, Envelope, Forged, Mode, Oversized, Stale, Unreadable
from server.wechat.markup import BadXml

OFFICIAL_KEY = "A" * 43
OFFICIAL_APPID = "wxba5fad812f8e6fb9"
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
APPID = "wx0123456789abcdef"
TOKEN = "UnitToken2026"
STAMP, NONCE = "1700000001", "998877"
SEALING = st.sampled_from((Mode.SAFE, Mode.COMPATIBLE))
NOW = datetime.fromtimestamp(1700000003, UTC)
MESSAGE = (
    "<xml><ToUserName><![CDATA[gh_unit]]></ToUserName><FromUserName><![CDATA[oUnit1]]></FromUserName>"
    "<CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好😀]]></Content>"
    "<MsgId>24000000000000001</MsgId></xml>"
).encode()
SEALED = (
    "4j/AuRx71kQlxVlzbpsMWAR7NZTGp7xrkIv+b3/5OiX1vSsU4DaM9+TS8bKfzqKhkTJvu/hK8cvCiXoLI6gWRjLnEP1o5Lh1lkFzJ+OswR/y"
    "GF2rF0nZTNtJSYp7x9vpG0S9dAXKO2cnD6+dil9lXZcYgjyEcacBRRZlp9fDz8/1BxELlg1VF7aOkp1aw18w8mi7lmj16gV4sXHQdhWcp/6q"
    "/u6PqA272Ofn12JNebe9JQ+r62hQxG1fp0qOO4clY6H1w3ZdKuS7CDQhylBKxxICajqTEQkGeVjU7PBT5Ac9x/lAmQwpecdARZVCtDcTP+fy"
    "GrU9/DNz1TqJCheTV2sfFzW9+rMisKRYoxqHzuV1DJ+CwfkqgBbJUVTK1R7E"
)
SAFE_QUERY = {
    "signature": "2f888392559f48725ed57cf68cca2797241ad3a6",
    "timestamp": STAMP,
    "nonce": NONCE,
    "openid": "oUnit1",
    "encrypt_type": "aes",
    "msg_signature": "706c3a4e018cc9b4845e72ae9a86ace11de10547",
}
PLAIN_QUERY = {"signature": SAFE_QUERY["signature"], "timestamp": STAMP, "nonce": NONCE}


def an_envelope(mode=Mode.SAFE, token=TOKEN, appid=APPID, key=KEY, random=b"0123456789abcdef"):
    return Envelope(Account(appid, token, key, mode), lambda count: random[:count])


def safe_body(sealed=SEALED):
    return f"<xml><ToUserName>gh_unit</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()


def compatible_body(clear=MESSAGE):
    return clear.replace(b"</xml>", b"<Encrypt><![CDATA[" + SEALED.encode() + b"]]></Encrypt></xml>")


def sealed_and_signed(clear, **account):
    """Seal what no honest platform would send, and sign it properly."""
    answer = markup.read(an_envelope(**account).seal(clear, NONCE, datetime.fromtimestamp(int(STAMP), UTC)))
    return answer["Encrypt"], {**SAFE_QUERY, "msg_signature": answer["MsgSignature"]}


def test_the_official_url_verification_gives_the_echo_back():
    query = {
        "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
        "timestamp": "1714036504",
        "nonce": "1514711492",
        "echostr": "4375120948345356249",
    }
    assert an_envelope(token="AAAAA").verify_url(query) == "4375120948345356249"


def test_the_official_plain_message_is_genuine():
    query = {
        "signature": "899cf89e464efb63f54ddac96b0a0a235f53aa78",
        "timestamp": "1714037059",
        "nonce": "486452656",
    }
    now = datetime.fromtimestamp(1714037060, UTC)
    opened = an_envelope(Mode.PLAIN, token="AAAAA", key="").open(query, b"<xml/>", now)
    assert (opened.clear, opened.nonce, opened.skew) == (b"<xml/>", "486452656", -1.0)


def test_the_official_reply_is_sealed_bit_for_bit():
    envelope = an_envelope(token="AAAAA", appid=OFFICIAL_APPID, key=OFFICIAL_KEY, random=b"707722b803182950")
    now = datetime.fromtimestamp(1713424427, UTC)
    answer = markup.read(envelope.seal(b'{"demo_resp":"good luck"}', "415670741", now))
    assert answer == {
        "Encrypt": "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==",
        "MsgSignature": "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1",
        "TimeStamp": "1713424427",
        "Nonce": "415670741",
    }


def test_the_own_vector_opens_in_safe_mode():
    opened = an_envelope().open(SAFE_QUERY, safe_body(), NOW)
    assert (opened.clear, opened.nonce, opened.skew) == (MESSAGE, NONCE, -2.0)


def test_the_own_vector_is_sealed_bit_for_bit():
    answer = markup.read(an_envelope().seal(MESSAGE, NONCE, datetime.fromtimestamp(int(STAMP), UTC)))
    assert answer["Encrypt"] == SEALED
    assert answer["MsgSignature"] == SAFE_QUERY["msg_signature"]


def test_the_own_vector_is_genuine_in_plain_mode():
    assert an_envelope(Mode.PLAIN).open({**PLAIN_QUERY, "encrypt_type": "raw"}, MESSAGE, NOW).clear == MESSAGE


def test_the_vector_with_a_full_block_of_padding_is_sealed_and_opened_bit_for_bit():
    clear, sealed = b"success-pad-check-xxxxxxxx", (
        "wrNmYnsdngNwZHPRm4NnS71O5jIOH4Ajtqm9r4srn6Nje01hDwRbWkLCdC4WXqHMes96PBtjqHPn1V19z7wpwFsimQsDMqrdACVLMmCa6tcT"
        "yeyA2j313uFW5CMoTRG/"
    )  # fmt: skip
    made, query = sealed_and_signed(clear, random=b"fedcba9876543210")
    assert made == sealed
    assert an_envelope().open(query, safe_body(sealed), NOW).clear == clear


@given(st.binary(max_size=3000), st.binary(min_size=16, max_size=16), SEALING)
def test_what_is_sealed_can_be_opened(clear, random, mode):
    clear += b"x"
    sealed, query = sealed_and_signed(clear, random=random)
    assert an_envelope(mode).open(query, safe_body(sealed), NOW).clear == clear


def test_an_answer_that_says_nothing_is_never_sealed():
    assert an_envelope().seal(b"", NONCE, NOW) == b""
    assert an_envelope().seal(b"success", NONCE, NOW) == b"success"


def test_a_plain_account_answers_in_clear():
    assert an_envelope(Mode.PLAIN, key="").seal(MESSAGE, NONCE, NOW) == MESSAGE


def test_a_nonce_cannot_break_out_of_the_answer():
    answer = markup.read(an_envelope().seal(MESSAGE, "1]]></Nonce><Evil>", NOW))
    assert set(answer) == {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}
    assert answer["Nonce"] == "1]]></Nonce><Evil>"


CHARACTER = st.characters(min_codepoint=1, max_codepoint=0x2FF)


@st.composite
def one_change(draw, text):
    """One character of the text replaced, taken away or added."""
    at = draw(st.integers(0, len(text) - 1))
    way = draw(st.sampled_from(("replace", "drop", "add")))
    if way == "drop":
        return text[:at] + text[at + 1 :]
    put = draw(CHARACTER.filter(lambda c: way == "add" or c != text[at]))
    return text[:at] + put + text[at + (way == "replace") :]


@settings(max_examples=400)
@given(st.data(), st.sampled_from(("timestamp", "nonce", "msg_signature")), SEALING)
def test_any_change_of_a_signed_parameter_is_refused(data, name, mode):
    body = safe_body() if mode is Mode.SAFE else compatible_body()
    query = {**SAFE_QUERY, name: data.draw(one_change(SAFE_QUERY[name]))}
    with pytest.raises((Malformed, Forbidden)):
        an_envelope(mode).open(query, body, NOW)


@settings(max_examples=400)
@given(st.data(), SEALING)
def test_any_change_of_the_sealed_text_is_refused(data, mode):
    changed = data.draw(one_change(SEALED)).encode()
    body = (safe_body() if mode is Mode.SAFE else compatible_body()).replace(SEALED.encode(), changed)
    with pytest.raises((Malformed, Forbidden)):
        an_envelope(mode).open(SAFE_QUERY, body, NOW)


@settings(max_examples=300)
@given(st.data(), st.sampled_from(("signature", "timestamp", "nonce")))
def test_any_change_of_a_plain_messages_parameters_is_refused(data, name):
    query = {**PLAIN_QUERY, name: data.draw(one_change(PLAIN_QUERY[name]))}
    with pytest.raises((Malformed, Forbidden)):
        an_envelope(Mode.PLAIN).open(query, MESSAGE, NOW)


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x9FFF, exclude_characters="<>&]"), max_size=60))
def test_a_change_of_the_clear_copy_in_compatible_mode_changes_nothing(words):
    body = compatible_body(MESSAGE.replace("你好😀".encode(), words.encode()))
    assert an_envelope(Mode.COMPATIBLE).open(SAFE_QUERY, body, NOW).clear == MESSAGE


def test_a_changed_openid_or_plain_signature_does_not_matter_where_the_message_is_sealed():
    query = {**SAFE_QUERY, "openid": "oSomebodyElse", "signature": "0" * 40}
    assert an_envelope().open(query, safe_body(), NOW).clear == MESSAGE


@pytest.mark.parametrize("mode", [Mode.SAFE, Mode.COMPATIBLE])
def test_a_message_in_clear_is_refused_where_sealed_ones_are_agreed(mode):
    for query, body in (
        (SAFE_QUERY, MESSAGE),
        (PLAIN_QUERY, MESSAGE),
        (PLAIN_QUERY, compatible_body()),
        ({**SAFE_QUERY, "encrypt_type": "raw"}, safe_body()),
    ):
        with pytest.raises(Downgraded):
            an_envelope(mode).open(query, body, NOW)


def test_the_plain_signature_does_not_open_a_sealed_message():
    query = {**SAFE_QUERY, "msg_signature": SAFE_QUERY["signature"]}
    with pytest.raises(Forged):
        an_envelope().open(query, safe_body(), NOW)


def test_a_signed_message_for_another_account_is_refused():
    sealed, query = sealed_and_signed(MESSAGE, appid="wx0123456789abcdee")
    with pytest.raises(Forged):
        an_envelope().open(query, safe_body(sealed), NOW)


def test_a_message_sealed_with_another_key_is_refused():
    sealed, query = sealed_and_signed(MESSAGE, key="B" * 43)
    with pytest.raises(Refusal):
        an_envelope().open(query, safe_body(sealed), NOW)


def signed(sealed):
    """The query of an envelope that holds anything at all, properly signed by somebody who knows the token."""
    signature = an_envelope()._signature(STAMP.encode(), NONCE.encode(), sealed.encode()).decode()
    return {**SAFE_QUERY, "msg_signature": signature}


@pytest.mark.parametrize(
    "sealed", ["", "!", "QUJD", "QUJDRA=", "QUJD RA==", "=" * 8, SEALED[:-4], SEALED + "QUJD", SEALED * 2]
)
def test_a_signed_envelope_that_does_not_unlock_is_refused(sealed):
    with pytest.raises((Malformed, Forbidden)):
        an_envelope().open(signed(sealed), safe_body(sealed), NOW)


@given(st.binary(min_size=32, max_size=96).map(lambda raw: raw[: len(raw) // 16 * 16]))
def test_a_signed_envelope_of_any_bytes_is_refused_and_never_fails(raw):
    sealed = b64encode(raw).decode()
    with pytest.raises((Malformed, Forbidden)):
        an_envelope().open(signed(sealed), safe_body(sealed), NOW)


def locked(clear):
    """Encrypt exactly these bytes, padding and all, as only a holder of the key can."""
    encryptor = an_envelope()._cipher.encryptor()
    return b64encode(encryptor.update(clear) + encryptor.finalize()).decode()


def framed(clear, length=None, appid=b"wx0123456789abcdef", pad=None):
    whole = b"r" * 16 + (len(clear) if length is None else length).to_bytes(4) + clear + appid
    count = 32 - len(whole) % 32
    return whole + (bytes((count,)) * count if pad is None else pad(count))


@pytest.mark.parametrize(
    "clear",
    [
        framed(b"hello", pad=lambda count: bytes((count - 1,)) * count),
        framed(b"hello", pad=lambda count: bytes((count,)) * (count - 1) + b"\0"),
        framed(b"hello", pad=lambda count: b"\0" * count),
        framed(b"hello", pad=lambda count: b"\x21" * (count + 32)),
        framed(b"hello", pad=lambda count: b"x" + bytes((count,)) * (count - 1)),
        framed(b"hello", length=6),
        framed(b"hello", length=4),
        framed(b"hello", length=2**31),
        framed(b"hello", length=2**32 - 1),
        framed(b"", appid=b""),
        b"\x10" * 16,
        b"\x20" * 32,
    ],
)
def test_bad_padding_length_or_appid_is_refused_even_from_a_holder_of_the_key(clear):
    sealed = locked(clear)
    with pytest.raises((Malformed, Forbidden)):
        an_envelope().open(signed(sealed), safe_body(sealed), NOW)


@pytest.mark.parametrize("pad", range(33, 49))
def test_more_padding_than_the_platforms_block_is_refused_though_all_of_it_agrees(pad):
    clear = b"x" * ((16 - (20 + len(APPID) + pad) % 16) % 16)
    sealed = locked(framed(clear, pad=lambda _count: bytes((pad,)) * pad))
    with pytest.raises(Unreadable):
        an_envelope().open(signed(sealed), safe_body(sealed), NOW)


@pytest.mark.parametrize("length", [24, 2**31, 2**32 - 1])
def test_a_length_beyond_the_message_is_refused_as_unreadable(length):
    sealed = locked(framed(b"hello", length=length))
    with pytest.raises(Unreadable):
        an_envelope().open(signed(sealed), safe_body(sealed), NOW)


def test_base64_is_taken_strictly():
    for sealed in (SEALED[:64] + "\n" + SEALED[64:], SEALED + "=", SEALED + " ", "-" + SEALED[1:]):
        with pytest.raises(Unreadable):
            an_envelope().open(signed(sealed), safe_body(sealed), NOW)


def test_the_frame_of_these_tests_is_the_platforms():
    sealed = locked(framed(b"hello"))
    assert an_envelope().open(signed(sealed), safe_body(sealed), NOW).clear == b"hello"


@pytest.mark.parametrize("mode", list(Mode))
def test_a_stamp_is_refused_for_its_age_beyond_a_day_only(mode):
    query, body = (PLAIN_QUERY, MESSAGE) if mode is Mode.PLAIN else (SAFE_QUERY, safe_body())
    stamped = datetime.fromtimestamp(int(STAMP), UTC)
    day = timedelta(days=1)
    assert an_envelope(mode).open(query, body, stamped + day).skew == -86_400
    with pytest.raises(Stale):
        an_envelope(mode).open(query, body, stamped + day + timedelta(seconds=1))


def test_a_slow_clock_of_ours_never_makes_us_deaf():
    opened = an_envelope().open(SAFE_QUERY, safe_body(), datetime(2020, 1, 1, tzinfo=UTC))
    assert opened.skew > 86_400


@pytest.mark.parametrize("stamp", ["", "soon", "-5", "1e9", "１７０００００００１", "1" * 13, "1_0", " 1700000001"])
def test_a_stamp_that_is_no_number_is_refused_though_it_is_signed(stamp):
    envelope = an_envelope(Mode.PLAIN)
    signature = envelope._signature(stamp.encode(), NONCE.encode()).decode()
    with pytest.raises(Malformed):
        envelope.open({"signature": signature, "timestamp": stamp, "nonce": NONCE}, MESSAGE, NOW)


@pytest.mark.parametrize("missing", ["timestamp", "nonce", "msg_signature"])
def test_a_missing_parameter_is_refused(missing):
    query = {name: value for name, value in SAFE_QUERY.items() if name != missing}
    with pytest.raises(Unreadable):
        an_envelope().open(query, safe_body(), NOW)


def test_a_verification_without_an_echo_or_with_a_wrong_signature_is_refused():
    with pytest.raises(Malformed):
        an_envelope().verify_url(PLAIN_QUERY)
    with pytest.raises(Forged):
        an_envelope().verify_url({**PLAIN_QUERY, "signature": "0" * 40, "echostr": "1"})


def test_a_body_over_64_kb_is_refused_in_every_mode():
    for mode in Mode:
        with pytest.raises(Oversized):
            an_envelope(mode).open(SAFE_QUERY, b"x" * (64 * 1024 + 1), NOW)


@pytest.mark.parametrize("body", [b"", b"{}", b"<xml>", b"\xff\xfe", b"<xml><Encrypt>\x00</Encrypt></xml>"])
def test_a_body_that_is_no_xml_is_refused(body):
    with pytest.raises(BadXml):
        an_envelope().open(SAFE_QUERY, body, NOW)


@pytest.mark.parametrize(
    "body", [b"<xml><Encrypt><a>b</a></Encrypt></xml>", b"<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>"]
)
def test_a_sealed_text_that_is_a_branch_or_stands_twice_is_refused(body):
    with pytest.raises(Unreadable):
        an_envelope().open(SAFE_QUERY, body, NOW)


@pytest.mark.parametrize("key", ["", "A" * 42, "A" * 44, "A" * 42 + "+", "密" * 43])
def test_a_bad_aes_key_stops_the_start(key):
    with pytest.raises(ValueError, match="43 letters or digits"):
        an_envelope(key=key)


def test_an_account_never_shows_its_secrets():
    shown = repr(Account(APPID, TOKEN, KEY, Mode.SAFE))
    assert not re.search(f"{TOKEN}|{KEY}", shown)
