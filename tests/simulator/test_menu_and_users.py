"""The menu's rules and the lists of followers."""

from __future__ import annotations

from typing import Any

import pytest

CLICK = {"type": "click", "name": "今日", "key": "TODAY"}


@pytest.mark.parametrize(
    ("buttons", "expected"),
    [
        ([CLICK], 0),
        ([CLICK] * 3, 0),
        ([CLICK] * 4, 40016),
        ([], 40016),
        (None, 40016),
        ([{**CLICK, "name": "五个汉字呀"}], 0),
        ([{**CLICK, "name": "六个汉字的呀"}], 40018),
        ([{**CLICK, "name": ""}], 40018),
        ([{**CLICK, "key": "k" * 128}], 0),
        ([{**CLICK, "key": "k" * 129}], 40019),
        ([{"type": "click", "name": "今日"}], 40019),
        ([{**CLICK, "type": "jump"}], 40017),
        ([{"type": "view", "name": "看", "url": "https://example.com/"}], 0),
        ([{"type": "view", "name": "看", "url": "https://example.com/" + "a" * 1005}], 40020),
        ([{"type": "view", "name": "看", "url": "ftp://example.com/"}], 40055),
        ([{"name": "更多", "sub_button": [{**CLICK, "name": "字" * 20}] * 5}], 0),
        ([{"name": "更多", "sub_button": [CLICK] * 6}], 40023),
        ([{"name": "更多", "sub_button": [{**CLICK, "name": "字" * 21}]}], 40025),
        ([{"name": "更多", "sub_button": [{**CLICK, "type": "jump"}]}], 40024),
        ([{"name": "更多", "sub_button": [{**CLICK, "key": ""}]}], 40026),
        ([{"name": "更多", "sub_button": [{"type": "view", "name": "看", "url": ""}]}], 40027),
        ([{"name": "更多", "sub_button": [{"type": "view", "name": "看", "url": "x://y"}]}], 40054),
        ([{"name": "更多", "sub_button": [{"name": "更深", "sub_button": [CLICK]}]}], 40023),
        ([{"type": "article_id", "name": "文", "article_id": "none"}], 53600),
    ],
)
async def test_every_button_has_its_rule(stage: Any, buttons: Any, expected: int) -> None:
    assert await stage.code("menu/create", {"button": buttons}) == expected


async def test_a_menu_is_kept_until_it_is_taken_away(stage: Any) -> None:
    assert await stage.code("menu/get") == 46003
    await stage.call("menu/create", {"button": [CLICK]})
    menu = (await stage.call("menu/get"))["menu"]
    assert menu["button"] == [{**CLICK, "sub_button": []}]
    assert (await stage.control("account"))["menu"] == {"button": menu["button"]}
    assert await stage.code("menu/delete", {}) == 43001
    assert await stage.code("menu/delete") == 0
    assert await stage.code("menu/get") == 46003


async def test_a_menu_spelled_with_escapes_is_refused(stage: Any) -> None:
    raw = r'{"button":[{"type":"click","name":"\u4eca\u65e5","key":"TODAY"}]}'
    assert await stage.code("menu/create", raw) == 40033
    assert await stage.code("menu/create", raw.replace(r"\u4eca\u65e5", r"a\\u")) == 0


async def test_followers_are_listed_page_by_page(stage: Any) -> None:
    assert await stage.call("user/get") == {"total": 0, "count": 0, "next_openid": ""}
    await stage.control("followers", {"count": 10_001, "quiet": True})
    leaver = (await stage.control("followers?limit=1"))["followers"][0]["openid"]
    await stage.happen(leaver, "unsubscribe")
    await stage.follower("o_last")
    first = await stage.call("user/get")
    assert (first["total"], first["count"]) == (10_001, 10_000)
    assert leaver not in first["data"]["openid"]
    second = await stage.call("user/get", query=f"next_openid={first['next_openid']}")
    assert second["data"]["openid"] == ["o_last"]
    third = await stage.call("user/get", query=f"next_openid={second['next_openid']}")
    assert (third["count"], "data" in third) == (0, False)
    assert await stage.code("user/get", query="next_openid=oNobody") == 40003


async def test_little_is_told_about_a_follower_and_nothing_about_one_who_left(stage: Any) -> None:
    openid = await stage.follower(unionid="uOne")
    about = await stage.call("user/info", query=f"openid={openid}&lang=zh_CN")
    assert (about["subscribe"], about["unionid"]) == (1, "uOne")
    assert not {"nickname", "headimgurl", "sex"} & set(about)
    await stage.happen(openid, "unsubscribe")
    left = {"subscribe": 0, "openid": openid}
    assert await stage.call("user/info", query=f"openid={openid}") == left
    assert await stage.call("user/info/batchget", {"user_list": [{"openid": openid}]}) == {"user_info_list": [left]}
    assert await stage.code("user/info", query="openid=oNobody") == 40003
    assert await stage.code("user/info") == 41009
    assert await stage.code("user/info/batchget", {"user_list": [{"openid": openid}] * 101}) == 40032
