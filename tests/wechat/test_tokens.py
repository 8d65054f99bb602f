"""The token: one for many processes, fetched once, renewed once, and had without the store when it must be."""

import asyncio
from datetime import timedelta

import pytest

from server.domain.post.faults import Barred, Busy, Spent
from server.wechat import token as rules
from server.wechat.wire import Call

from .conftest import MORNING, Slow

FETCH = "/cgi-bin/stable_token"
READ = Call("POST", "/cgi-bin/message/mass/get", body=b"{}")


@pytest.fixture(autouse=True)
def guarded(platform):
    platform.answers[READ.path] = platform.guarded


async def test_the_token_is_asked_for_as_a_stable_one_and_not_forced(client, platform):
    await client.call(READ)
    [asked] = platform.asked(FETCH)
    assert asked.json == {
        "grant_type": "client_credential",
        "appid": "wx1",
        "secret": "a-secret-of-32-characters-aaaaaa",
    }
    assert asked.query == {}
    assert platform.asked(READ.path)[0].query == {"access_token": "token-1"}


async def test_a_hundred_calls_at_once_fetch_one_token(client, platform):
    platform.answers[FETCH] = lambda seen: Slow(0.1, platform.issue(seen))
    await asyncio.gather(*(client.call(READ) for _ in range(100)))
    assert len(platform.asked(FETCH)) == 1


async def test_five_processes_at_once_fetch_one_token(process, platform, shelf):
    platform.answers[FETCH] = lambda seen: Slow(0.3, platform.issue(seen))
    await asyncio.gather(*(process().call(READ) for _ in range(5)))
    assert len(platform.asked(FETCH)) == 1
    assert shelf.token.value == "token-1"


async def test_a_storm_of_refused_tokens_fetches_one(process, platform):
    first, second = process(), process()
    await asyncio.gather(first.call(READ), second.call(READ))
    platform.good = set()  # somebody reset the secret's tokens
    answers = await asyncio.gather(*(client.call(READ) for client in (first, second) for _ in range(50)))
    assert all(answer["seen"] for answer in answers)
    assert len(platform.asked(FETCH)) == 2


async def test_a_refused_token_that_another_process_has_replaced_is_not_fetched_again(process, platform):
    first, second = process(), process()
    await first.call(READ)
    await second.call(READ)
    platform.good = set()
    await first.call(READ)
    await second.call(READ)
    assert len(platform.asked(FETCH)) == 2


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_token_refused_twice_is_fatal_and_fetched_once(client, platform, code):
    platform.answers[READ.path] = {"errcode": code, "errmsg": "no rid: aaaa1111-bbbb"}
    with pytest.raises(Barred) as fatal:
        await client.call(READ)
    assert fatal.value.code == code
    assert len(platform.asked(READ.path)) == 2
    assert len(platform.asked(FETCH)) == 2


async def test_a_platform_that_calls_a_refused_token_good_is_not_asked_again_and_again(client, platform):
    platform.answers[FETCH] = {"access_token": "same", "expires_in": 7200}
    for _ in range(20):
        with pytest.raises(Barred):
            await client.call(READ)
    assert len(platform.asked(FETCH)) == 2


async def test_the_process_trusts_its_memory_for_a_minute_only(process, platform, shelf, clock):
    client = process()
    await client.call(READ)
    shelf.token = rules.Token("from-elsewhere", MORNING + timedelta(hours=2))
    platform.good = {"token-1", "from-elsewhere"}
    clock.advance(seconds=59)
    await client.call(READ)
    assert platform.seen[-1].query["access_token"] == "token-1"
    clock.advance(seconds=2)
    await client.call(READ)
    assert platform.seen[-1].query["access_token"] == "from-elsewhere"


async def test_a_token_is_asked_for_anew_four_minutes_before_its_end(client, platform, clock):
    await client.call(READ)
    clock.advance(seconds=7200 - 240 - 1)
    await client.call(READ)
    assert len(platform.asked(FETCH)) == 1
    clock.advance(seconds=1)
    await client.call(READ)
    assert len(platform.asked(FETCH)) == 2


@pytest.mark.parametrize(
    ("life", "kept"), [(7200, 6960), ("7200", 6960), (300, 150), (None, 360), ("soon", 360), (10**30, 6960)]
)
async def test_what_is_left_of_a_token_is_used_with_care(process, platform, shelf, life, kept):
    platform.good = {"t"}
    platform.answers[FETCH] = {"access_token": "t", "expires_in": life}
    await process().call(READ)
    assert shelf.token == rules.Token("t", MORNING + timedelta(seconds=kept))


async def test_a_broken_store_costs_one_fetch_a_process_and_minute(process, platform, shelf, clock):
    shelf.broken = True
    client = process()
    await asyncio.gather(*(client.call(READ) for _ in range(20)))
    clock.advance(seconds=30)
    await client.call(READ)
    assert len(platform.asked(FETCH)) == 1


async def test_a_store_that_hangs_does_not_hold_the_account_silent(process, shelf, monkeypatch):
    monkeypatch.setattr(rules, "STORE_PATIENCE", 0.05)
    shelf.hangs = True
    assert (await asyncio.wait_for(process().call(READ), 2))["seen"]


async def test_a_claim_left_by_a_killed_process_delays_but_never_blocks(process, platform, shelf, monkeypatch):
    monkeypatch.setattr(rules, "LOOK", 0.01)
    shelf.claimed = "somebody-killed", MORNING + timedelta(seconds=15)
    assert (await process().call(READ))["seen"]
    assert shelf.token is None  # the claim is still the other's: nothing may be written past it
    assert len(platform.asked(FETCH)) == 1


async def test_a_claim_that_has_run_out_is_taken_over(process, shelf, clock):
    shelf.claimed = "somebody-killed", MORNING
    clock.advance(seconds=1)
    await process().call(READ)
    assert shelf.token.value == "token-1"


async def test_the_claim_is_free_again_after_a_fetch_that_failed(process, platform, shelf):
    platform.answers[FETCH] = {"errcode": 40164, "errmsg": "invalid ip 1.2.3.4 rid: aaaa1111-bbbb"}
    with pytest.raises(Barred):
        await process().call(READ)
    assert shelf.claimed[0] == ""


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"errcode": 40164, "errmsg": "invalid ip"}, Barred),
        ({"errcode": 40125, "errmsg": "invalid appsecret"}, Barred),
        ({"errcode": 45009, "errmsg": "reach max"}, Spent),
        ({"errcode": 45011, "errmsg": "too often"}, Busy),
        (502, Busy),
    ],
)
async def test_a_token_that_cannot_be_had_fails_everybody_at_once(client, platform, answer, fault):
    platform.answers[FETCH] = answer
    results = await asyncio.gather(*(client.call(READ) for _ in range(30)), return_exceptions=True)
    assert {type(result) for result in results} == {fault}
    assert len(platform.asked(FETCH)) == (3 if answer == 502 else 1)
    assert platform.asked(READ.path) == []


async def test_a_lost_answer_about_the_token_never_makes_the_callers_deed_unclear(client, platform):
    platform.answers[FETCH] = b"{"
    with pytest.raises(Busy):
        await client.mass.send_to_all("draft", "e1")


async def test_an_answer_without_a_token_is_no_token(client, platform):
    platform.answers[FETCH] = {"expires_in": 7200}
    with pytest.raises(Busy):
        await client.call(READ)


def test_a_token_and_a_secret_never_show():
    shown = repr(rules.Token("tok", MORNING)) + repr(rules.Access("http://x", "wx1", "sec"))
    assert "tok" not in shown.replace("Token", "")
    assert "sec" not in shown.replace("secret", "")
