"""The mini-program's people: logins, phone numbers, its own tokens, and what they allow to be sent."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.simulator.app import Simulator
from server.simulator.ids import OPENID
from server.simulator.settings import Settings, read

APPID, SECRET = "wx5a1c0ffee1xinyi11", "simulated-secret-of-the-program0"
PERMISSION = {"template": "Booked_1", "answer": "accept", "left": 1, "accept": 1, "reject": 0, "ban": 0}


@pytest.fixture
def settings() -> Settings:
    return Settings(port=0, mini_appid=APPID, mini_secret=SECRET)


async def log_in(stage: Any, openid: str) -> Any:
    return (await stage.control(f"followers/{openid}/login", {}))["code"]


async def exchange(stage: Any, js_code: str, /, **changes: str) -> Any:
    query = {"appid": APPID, "secret": SECRET, "js_code": js_code, "grant_type": "authorization_code", **changes}
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return json.loads((await stage.fetch(f"/sns/jscode2session?{asked}")).body)


async def mini_token(stage: Any, **more: Any) -> Any:
    return (await stage.stable(appid=APPID, secret=SECRET, **more))["access_token"]


async def tap_phone(stage: Any, openid: str) -> Any:
    return (await stage.control(f"followers/{openid}/phone", {}))["code"]


async def phone_number(stage: Any, body: Any, token: str = "") -> Any:
    path = f"/wxa/business/getuserphonenumber?access_token={token or await mini_token(stage)}"
    return json.loads((await stage.fetch(path, body)).body)


async def answer(stage: Any, openid: str, template: Any, given: Any, status: int = 200) -> Any:
    body = {"template": template, "answer": given}
    return await stage.control(f"followers/{openid}/permissions", body, status=status)


async def test_a_login_tells_who_it_is_by_an_openid_of_the_programs_own(stage: Any) -> None:
    one, other = await stage.follower(), await stage.follower(follows=False)
    first, again, second = [await exchange(stage, await log_in(stage, each)) for each in (one, one, other)]
    assert set(first) == {"openid", "session_key"}
    assert OPENID.fullmatch(first["openid"])
    assert len(first["openid"]) == 28
    assert first["openid"] == again["openid"]
    assert len({first["openid"], second["openid"], one, other}) == 4
    assert len(base64.b64decode(first["session_key"])) == 16
    assert first["session_key"] != again["session_key"]


async def test_only_the_unionid_joins_a_login_to_a_follower(stage: Any) -> None:
    openid = await stage.follower(unionid="u_of_one_person")
    assert (await exchange(stage, await log_in(stage, openid)))["unionid"] == "u_of_one_person"
    assert (await stage.call("user/info", query=f"openid={openid}"))["unionid"] == "u_of_one_person"


async def test_the_programs_openid_is_nobody_to_the_account(stage: Any) -> None:
    openid = (await exchange(stage, await log_in(stage, await stage.follower())))["openid"]
    assert await stage.code("user/info", query=f"openid={openid}") == 40003


async def test_a_js_code_is_good_once(stage: Any) -> None:
    js_code = await log_in(stage, await stage.follower())
    assert "errcode" not in await exchange(stage, js_code)
    assert (await exchange(stage, js_code))["errcode"] == 40163


async def test_a_js_code_is_good_for_five_minutes_by_the_platforms_clock(stage: Any) -> None:
    await stage.control("clock", {"freeze": True})
    openid = await stage.follower()
    early, late = await log_in(stage, openid), await log_in(stage, openid)
    await stage.advance(299)
    assert "errcode" not in await exchange(stage, early)
    await stage.advance(1)
    assert (await exchange(stage, late))["errcode"] == 40029
    assert (await exchange(stage, early))["errcode"] == 40029


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"appid": "wx_other"}, 40013),
        ({"appid": Settings().appid, "secret": Settings().secret}, 40013),
        ({"secret": "wrong"}, 40125),
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
        ({"grant_type": "client_credential"}, 40002),
        ({"js_code": ""}, 41008),
        ({"js_code": "made-up"}, 40029),
    ],
)
async def test_a_wrong_exchange_is_refused_and_leaves_the_code_good(
    stage: Any, changes: dict[str, str], code: int
) -> None:
    js_code = await log_in(stage, await stage.follower())
    assert (await exchange(stage, js_code, **changes))["errcode"] == code
    assert "errcode" not in await exchange(stage, js_code)


async def test_one_person_may_log_in_a_hundred_times_a_minute_and_others_are_not_held_up(stage: Any) -> None:
    await stage.control("clock", {"advance_to": "2031-05-01T08:00:00+08:00", "freeze": True})
    eager, other = await stage.follower(), await stage.follower()
    codes = [await log_in(stage, eager) for _ in range(101)]
    answers = [await exchange(stage, each) for each in codes]
    assert [each.get("errcode", 0) for each in answers] == [0] * 100 + [45011]
    assert "errcode" not in await exchange(stage, await log_in(stage, other))
    await stage.advance(60)
    assert "errcode" not in await exchange(stage, codes[-1])


async def test_a_code_raced_for_is_won_once(stage: Any) -> None:
    js_code = await log_in(stage, await stage.follower())
    answers = await asyncio.gather(*(exchange(stage, js_code) for _ in range(8)))
    assert sorted(each.get("errcode", 0) for each in answers) == [0] + [40163] * 7


async def test_no_session_key_number_or_secret_enters_the_record_of_calls(stage: Any) -> None:
    openid = await stage.follower()
    session, token = await exchange(stage, await log_in(stage, openid)), await mini_token(stage)
    found = await phone_number(stage, {"code": await tap_phone(stage, openid)})
    record = "".join(f"{each.body}{each.answer}" for each in stage.world.calls.of())
    assert "stable_token" in "".join(each.path for each in stage.world.calls.of())
    for hidden in (session["session_key"], found["phone_info"]["phoneNumber"], token, SECRET):
        assert hidden not in record
    refused = await exchange(stage, "made-up")
    rid = refused["errmsg"].partition(" rid: ")[2]
    shown = (await stage.call("openapi/rid/get", {"rid": rid}))["request"]["response_body"]
    assert json.loads(shown) == refused


async def test_a_fault_can_be_put_before_a_login(stage: Any) -> None:
    await stage.control("faults", {"path": "/sns/jscode2session", "kind": "errcode", "errcode": 40226})
    js_code = await log_in(stage, await stage.follower())
    assert (await exchange(stage, js_code))["errcode"] == 40226
    assert "errcode" not in await exchange(stage, js_code)


async def test_the_button_hands_over_one_number_for_each_person(stage: Any) -> None:
    await stage.control("clock", {"advance_to": "2031-05-01T08:00:00+08:00", "freeze": True})
    one, other = await stage.follower(), await stage.follower()
    found = await phone_number(stage, {"code": await tap_phone(stage, one)})
    info = found["phone_info"]
    assert found["errcode"] == 0
    assert info["phoneNumber"] == info["purePhoneNumber"]
    assert info["phoneNumber"].startswith("140")
    assert len(info["phoneNumber"]) == 11
    assert info["phoneNumber"].isdecimal()
    assert info["countryCode"] == "86"
    assert info["watermark"] == {"timestamp": 1935360000, "appid": APPID}
    assert await phone_number(stage, {"code": await tap_phone(stage, one)}) == found
    assert (await phone_number(stage, {"code": await tap_phone(stage, other)}))["phone_info"] != info


async def test_a_code_of_the_button_is_good_once_and_for_five_minutes(stage: Any) -> None:
    await stage.control("clock", {"freeze": True})
    openid = await stage.follower()
    used, late = await tap_phone(stage, openid), await tap_phone(stage, openid)
    await stage.advance(299)
    codes = [(await phone_number(stage, {"code": used}))["errcode"] for _ in range(2)]
    await stage.advance(1)
    assert [*codes, (await phone_number(stage, {"code": late}))["errcode"]] == [0, 40029, 40029]


async def test_a_login_is_no_number_and_a_number_no_login(stage: Any) -> None:
    openid = await stage.follower()
    js_code, tapped = await log_in(stage, openid), await tap_phone(stage, openid)
    assert (await phone_number(stage, {"code": js_code}))["errcode"] == 40029
    assert (await exchange(stage, tapped))["errcode"] == 40029
    assert (await phone_number(stage, {}))["errcode"] == 40029
    assert (await phone_number(stage, {"code": 5}))["errcode"] == 47001


async def test_the_number_of_one_person_is_not_given_for_the_openid_of_another(stage: Any) -> None:
    one, other = await stage.follower(), await stage.follower()
    own, wrong = [(await exchange(stage, await log_in(stage, each)))["openid"] for each in (one, other)]
    tapped = await tap_phone(stage, one)
    assert (await phone_number(stage, {"code": tapped, "openid": wrong}))["errcode"] == 40003
    assert (await phone_number(stage, {"code": tapped, "openid": own}))["errcode"] == 0


async def test_the_program_and_the_account_have_tokens_of_their_own(stage: Any) -> None:
    account, program = await stage.fresh_token(), await mini_token(stage)
    tapped = await tap_phone(stage, await stage.follower())
    assert account != program
    assert (await phone_number(stage, {"code": tapped}, account))["errcode"] == 48001
    assert (await phone_number(stage, {"code": tapped}, "made-up"))["errcode"] == 40014
    crossed = await stage.fetch(f"/cgi-bin/draft/count?access_token={program}")
    assert json.loads(crossed.body)["errcode"] == 48001
    assert (await phone_number(stage, {"code": tapped}, program))["errcode"] == 0


async def test_a_forced_token_of_the_program_leaves_the_accounts_alone(stage: Any) -> None:
    account, program = await stage.fresh_token(), await mini_token(stage)
    fresh = await mini_token(stage, force_refresh=True)
    assert (await phone_number(stage, {"code": "none"}, program))["errcode"] == 40001
    assert (await phone_number(stage, {"code": "none"}, fresh))["errcode"] == 40029
    assert await stage.fresh_token() == account
    assert "access_token" in await stage.stable(force_refresh=True)
    assert (await stage.stable(appid=APPID))["errcode"] == 40125


async def test_every_accept_allows_one_message_and_a_later_answer_takes_none_back(stage: Any) -> None:
    openid, other = await stage.follower(), await stage.follower()
    assert (await answer(stage, openid, "Booked_1", "accept"))["permissions"] == [PERMISSION]
    await answer(stage, openid, "Booked_1", "accept")
    await answer(stage, openid, "Booked_1", "reject")
    await answer(stage, openid, "Moved-2", "ban")
    assert await stage.control(f"followers/{openid}/permissions") == {
        "permissions": [
            {"template": "Booked_1", "answer": "reject", "left": 2, "accept": 2, "reject": 1, "ban": 0},
            {"template": "Moved-2", "answer": "ban", "left": 0, "accept": 0, "reject": 0, "ban": 1},
        ]
    }
    assert await stage.control(f"followers/{other}/permissions") == {"permissions": []}


@pytest.mark.parametrize(
    ("template", "given"),
    [("Booked", "yes"), ("Booked", None), ("Booked", ["accept"]), ("", "accept"), (5, "accept"), ("预约", "accept")],
)
async def test_an_answer_that_cannot_be_is_a_clear_complaint(stage: Any, template: Any, given: Any) -> None:
    openid = await stage.follower()
    assert (await answer(stage, openid, template, given, status=400))["error"]
    assert await stage.control(f"followers/{openid}/permissions") == {"permissions": []}


async def test_a_stranger_and_an_unknown_wish_are_clear_complaints(stage: Any) -> None:
    for deed in ("login", "phone", "permissions"):
        assert (await stage.control(f"followers/o_nobody/{deed}", {}, status=404))["error"]
    openid = await stage.follower()
    for deed in ("login", "phone"):
        assert "colour" in (await stage.control(f"followers/{openid}/{deed}", {"colour": 1}, status=400))["error"]


async def test_a_restart_keeps_codes_tokens_and_answers_and_a_reset_none(stage: Any, tmp_path: Path) -> None:
    settings = replace(stage.account.settings, data=tmp_path, service=stage.account.address)
    stage.simulator, first = Simulator(settings), stage.simulator
    openid, token = await stage.follower(), await mini_token(stage)
    used, fresh, tapped = await log_in(stage, openid), await log_in(stage, openid), await tap_phone(stage, openid)
    before = await exchange(stage, used)
    await answer(stage, openid, "Booked_1", "accept")
    await stage.simulator.stop()
    stage.simulator = Simulator(settings)
    assert (await exchange(stage, used))["errcode"] == 40163
    assert (await exchange(stage, fresh))["openid"] == before["openid"]
    assert (await phone_number(stage, {"code": tapped}, token))["errcode"] == 0
    assert await stage.control(f"followers/{openid}/permissions") == {"permissions": [PERMISSION]}
    kept = await log_in(stage, openid)
    await stage.control("reset", {})
    await stage.follower(openid)
    assert (await exchange(stage, kept))["errcode"] == 40029
    assert (await phone_number(stage, {"code": "none"}, token))["errcode"] == 40014
    assert await stage.control(f"followers/{openid}/permissions") == {"permissions": []}
    await stage.simulator.stop()
    stage.simulator = first


async def test_without_a_mini_program_every_login_is_refused(stage: Any, settings: Settings) -> None:
    stage.simulator, first = Simulator(replace(settings, mini_appid="", mini_secret="")), stage.simulator
    js_code = await log_in(stage, await stage.follower())
    assert (await exchange(stage, js_code))["errcode"] == 40013
    assert (await stage.stable(appid=APPID, secret=SECRET))["errcode"] == 40013
    await stage.simulator.stop()
    stage.simulator = first


def test_the_program_is_the_one_that_the_environment_names() -> None:
    found = read({"XINYI_MP_APPID": APPID, "XINYI_MP_SECRET": SECRET})
    assert (found.mini_appid, found.mini_secret) == (APPID, SECRET)
    assert read({}).mini_appid == ""
