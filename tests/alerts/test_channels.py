"""The channels of duty staff: each says yes or no, none raises, and what is not configured is not there."""

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from server.alerts.channels import Outlets, open_channels
from server.domain.post.faults import Closed

ALERT = "心驿：1001 需要人，回复 接 1001"
PHONE = "13900001111"


async def nobody(openid, text):
    raise AssertionError("the chat was not asked for")


def outlets(sink):
    return Outlets(f"{sink.base}/robot?key=k", "dingtalk", f"{sink.base}/sms", "the-token")


async def test_group_and_phone_go_to_their_own_addresses(sink):
    async with open_channels(outlets(sink), nobody) as channels:
        assert channels.has() == {"group", "phone"}
        assert await channels.to_group(ALERT)
        assert await channels.to_phone(PHONE, ALERT)
    group, phone = sink.sent
    assert (group.path, group.content) == ("/robot?key=k", ALERT)
    assert "Authorization" not in group.headers
    assert (phone.path, phone.json) == ("/sms", {"phone": PHONE, "text": ALERT})
    assert phone.headers["Authorization"] == "Bearer the-token"


async def test_a_gateway_without_a_token_is_sent_none(sink):
    async with open_channels(Outlets(sms=sink.base), nobody) as channels:
        assert channels.has() == {"phone"}
        assert await channels.to_phone(PHONE, ALERT)
    assert "Authorization" not in sink.sent[0].headers


@pytest.mark.parametrize("answer", [b"", b"ok", 201, 204, {"id": 5}, {"errcode": 0}])
async def test_a_gateway_takes_by_its_status(sink, answer):
    sink.answers = [answer]
    async with open_channels(outlets(sink), nobody) as channels:
        assert await channels.to_phone(PHONE, ALERT)


@pytest.mark.parametrize("answer", [{"errcode": 1}, 400, 401, 500, 302])
async def test_a_gateway_that_denies_has_not_taken_it(sink, answer):
    sink.answers = [answer]
    async with open_channels(outlets(sink), nobody) as channels:
        assert not await channels.to_phone(PHONE, ALERT)
    assert len(sink.sent) == 1


async def test_what_is_not_configured_takes_nothing(sink):
    async with open_channels(Outlets(), nobody) as channels:
        assert channels.has() == frozenset()
        assert not await channels.to_group(ALERT)
        assert not await channels.to_phone(PHONE, ALERT)


async def test_without_a_number_nobody_is_rung(sink):
    async with open_channels(outlets(sink), nobody) as channels:
        assert not await channels.to_phone("", ALERT)
    assert sink.sent == []


@pytest.mark.parametrize("taken", [True, False])
async def test_the_chat_says_what_its_carrier_says(sink, taken):
    said = []

    async def carrier(openid, text):
        said.append((openid, text))
        return taken

    async with open_channels(Outlets(), carrier) as channels:
        assert await channels.to_chat("oDuty", ALERT) is taken
    assert said == [("oDuty", ALERT)]


@pytest.mark.parametrize(
    ("trouble", "outcome", "lines"), [(Closed(45015), "refused", 0), (ConnectionError("oDuty 心驿"), "failed", 1)]
)
async def test_a_chat_that_fails_is_a_no_and_its_words_stay_out_of_the_log(trouble, outcome, lines):
    async def carrier(openid, text):
        raise trouble

    def count():
        return REGISTRY.get_sample_value("xinyi_alerts_total", {"channel": "chat", "outcome": outcome}) or 0

    before = count()
    async with open_channels(Outlets(), carrier) as channels:
        with capture_logs() as told:
            assert not await channels.to_chat("oDuty", ALERT)
    assert count() == before + 1
    assert len(told) == lines
    assert all(set(line) <= {"event", "log_level", "module", "channel", "exc_info"} for line in told)


async def test_the_session_is_closed_with_the_channels(sink):
    async with open_channels(outlets(sink), nobody) as channels:
        await channels.to_group(ALERT)
        session = channels._group._mailbox._session
        assert not session.closed
    assert session.closed


def test_outlets_show_neither_addresses_nor_token():
    shown = repr(Outlets("https://robot.example/?key=k", "auto", "https://sms.example/", "the-token"))
    assert shown == "Outlets(webhook_kind='auto')"
