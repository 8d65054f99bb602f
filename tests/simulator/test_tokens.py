"""Tokens of both families, the whitelist and the counters."""

from __future__ import annotations

import json
from typing import Any

import pytest


async def plain_token(stage: Any, **changes: str) -> Any:
    settings = stage.account.settings
    query = {"grant_type": "client_credential", "appid": settings.appid, "secret": settings.secret, **changes}
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return json.loads((await stage.fetch(f"/cgi-bin/token?{asked}")).body)


async def use(stage: Any, token: str) -> int:
    answer = json.loads((await stage.fetch(f"/cgi-bin/draft/count?access_token={token}")).body)
    return answer.get("errcode", 0)


async def test_the_stable_token_stays_the_same_and_tells_its_remaining_life(stage: Any) -> None:
    await stage.control("clock", {"freeze": True})
    first = await stage.stable()
    await stage.advance(6000)
    second = await stage.stable()
    assert first["expires_in"] == 7200
    assert second == {"access_token": first["access_token"], "expires_in": 1200}


async def test_the_stable_token_is_renewed_five_minutes_before_its_end_and_both_live_that_long(stage: Any) -> None:
    first = await stage.fresh_token()
    await stage.advance(6890)
    assert await stage.fresh_token() == first
    await stage.advance(20)
    second = await stage.fresh_token()
    assert second != first
    assert (await use(stage, first), await use(stage, second)) == (0, 0)
    await stage.advance(300)
    assert (await use(stage, first), await use(stage, second)) == (42001, 0)


async def test_a_forced_token_kills_the_old_one_at_once(stage: Any) -> None:
    first = await stage.fresh_token()
    second = await stage.fresh_token(force_refresh=True)
    assert (await use(stage, first), await use(stage, second)) == (40001, 0)
    assert await stage.fresh_token() == second


async def test_force_is_allowed_every_thirty_seconds_and_twenty_times_a_day(stage: Any) -> None:
    await stage.control("clock", {"advance_to": "2031-05-01T08:00:00+08:00"})
    codes = []
    for _ in range(21):
        codes.append((await stage.stable(force_refresh=True)).get("errcode", 0))
        await stage.advance(31)
    assert codes == [0] * 20 + [45009]
    await stage.advance(86400)
    assert "errcode" not in await stage.stable(force_refresh=True)
    assert (await stage.stable(force_refresh=True))["errcode"] == 45011


async def test_a_new_plain_token_lets_the_old_one_live_five_minutes(stage: Any) -> None:
    first = (await plain_token(stage))["access_token"]
    second = (await plain_token(stage))["access_token"]
    assert (await use(stage, first), await use(stage, second)) == (0, 0)
    await stage.advance(301)
    assert (await use(stage, first), await use(stage, second)) == (40001, 0)


async def test_the_two_families_know_nothing_of_each_other(stage: Any) -> None:
    stable = await stage.fresh_token()
    plain = (await plain_token(stage))["access_token"]
    await stage.fresh_token(force_refresh=True)
    await stage.advance(301)
    assert (await use(stage, stable), await use(stage, plain)) == (40001, 0)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"grant_type": "password"}, 40002),
        ({"appid": "wx_other"}, 40013),
        ({"secret": "wrong"}, 40125),
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
        ({"force_refresh": "yes"}, 47001),
    ],
)
async def test_a_wrong_request_for_a_token_is_refused(stage: Any, changes: dict[str, str], code: int) -> None:
    assert (await stage.stable(**changes))["errcode"] == code
    if "force_refresh" not in changes:
        assert (await plain_token(stage, **changes))["errcode"] == code


async def test_a_stranger_to_the_whitelist_gets_no_token_but_may_use_one(stage: Any) -> None:
    token = await stage.fresh_token()
    await stage.control("account", {"ips": ["203.0.113.9"]}, "PUT")
    refused = await stage.stable()
    assert refused["errcode"] == 40164
    assert "127.0.0.1" in refused["errmsg"]
    assert await use(stage, token) == 0


async def test_missing_unknown_and_expired_tokens_have_codes_of_their_own(stage: Any) -> None:
    token = await stage.fresh_token()
    assert await use(stage, "") == 41001
    assert await use(stage, "made-up") == 40014
    await stage.advance(7201)
    assert await use(stage, token) == 42001


async def test_method_and_body_must_be_the_right_ones(stage: Any) -> None:
    assert await stage.code("draft/count", {}) == 43001
    assert await stage.code("draft/add") == 43002
    assert await stage.code("draft/add", "") == 44002
    assert await stage.code("draft/add", "not json") == 47001
    assert await stage.code("draft/add", "[]") == 47001
    assert await stage.code("draft/add", '{"articles": "\x01"}') == 47001
    assert await stage.code("no/such/path", {}) == 40066
    assert (await stage.stable()).get("errcode", 0) == 0
    response = await stage.fetch("/cgi-bin/stable_token")
    assert json.loads(response.body)["errcode"] == 43002


async def test_the_days_calls_are_counted_by_beijing_days(stage: Any) -> None:
    await stage.control("clock", {"advance_to": "2031-05-01T23:50:00+08:00"})
    await stage.control("account", {"quota": {"/cgi-bin/draft/count": 2}}, "PUT")
    assert [await stage.code("draft/count") for _ in range(3)] == [0, 0, 45009]
    quota = await stage.call("openapi/quota/get", {"cgi_path": "/cgi-bin/draft/count"})
    assert quota["quota"] == {"daily_limit": 2, "used": 2, "remain": 0}
    await stage.advance(601)
    assert await stage.code("draft/count") == 0


async def test_the_minutes_calls_are_counted(stage: Any) -> None:
    await stage.control("clock", {"freeze": True})
    await stage.control("account", {"quota": {"/cgi-bin/draft/count": {"minute": 1}}}, "PUT")
    assert [await stage.code("draft/count") for _ in range(2)] == [0, 45011]
    await stage.advance(60)
    assert await stage.code("draft/count") == 0


async def test_the_days_counters_are_cleared_ten_times_a_month(stage: Any) -> None:
    await stage.control("account", {"quota": {"/cgi-bin/draft/count": 1}}, "PUT")
    appid = stage.account.settings.appid
    assert [await stage.code("draft/count") for _ in range(2)] == [0, 45009]
    assert await stage.code("clear_quota", {"appid": "wx_other"}) == 40013
    assert [await stage.code("clear_quota", {"appid": appid}) for _ in range(11)] == [0] * 10 + [48006]
    assert await stage.code("draft/count") == 0


async def test_the_ways_to_look_after_ones_calls_answer(stage: Any) -> None:
    assert await stage.code("openapi/quota/get", {"cgi_path": "cgi-bin/draft/add"}) == 76003
    assert await stage.code("openapi/quota/get", {"cgi_path": "/sns/userinfo"}) == 76022
    assert await stage.code("openapi/quota/get", {"cgi_path": "/cgi-bin/none"}) == 76021
    assert (await stage.call("getcallbackip"))["ip_list"] == ["127.0.0.1"]
    assert set(await stage.call("callback/check", {"action": "all"})) == {"dns", "ping"}
    assert await stage.code("callback/check", {"action": "jump"}) == 40202
    assert await stage.code("callback/check", {"action": "dns", "check_operator": "X"}) == 40203


async def test_a_refusal_can_be_looked_up_by_its_rid(stage: Any) -> None:
    refused = await stage.call("draft/get", {"media_id": "none"})
    rid = refused["errmsg"].partition(" rid: ")[2]
    request = (await stage.call("openapi/rid/get", {"rid": rid}))["request"]
    assert request["request_url"] == "/cgi-bin/draft/get"
    assert json.loads(request["request_body"]) == {"media_id": "none"}
    assert await stage.code("openapi/rid/get", {"rid": "x"}) == 76002
    assert await stage.code("openapi/rid/get", {"rid": "00000000-00000000-00000000"}) == 76001
    await stage.advance(7 * 86400 + 60)
    stage.token = ""
    assert await stage.code("openapi/rid/get", {"rid": rid}) == 76004
