"""Uploads, the library, and every rule of a draft."""

from __future__ import annotations

import json
from typing import Any

import pytest

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
JPG = b"\xff\xd8\xff\xe0" + b"\0" * 40
MP4 = b"\0\0\0\x18ftypmp42" + b"\0" * 40
MB = 1024 * 1024


@pytest.mark.parametrize(
    ("query", "name", "data", "expected"),
    [
        ("type=image", "a.png", PNG, 0),
        ("type=image", "a.jpg", JPG, 0),
        ("type=thumb", "a.jpg", JPG, 0),
        ("type=thumb", "a.jpg", JPG + b"\0" * 65536, 45001),
        ("type=thumb", "a.png", PNG, 40113),
        ("type=image", "a", PNG, 40113),
        ("type=image", "a.webp", PNG, 40113),
        ("type=image", "a.png", b"RIFFxxxxWEBP", 40005),
        ("type=image", "a.png", b"", 44001),
        ("type=image", "a.png", PNG + b"\0" * (10 * MB), 45001),
        ("type=poem", "a.png", PNG, 40004),
        ("", "a.png", PNG, 40004),
    ],
)
async def test_permanent_material_is_taken_by_kind_name_size_and_nature(
    stage: Any, query: str, name: str, data: bytes, expected: int
) -> None:
    answer = await stage.upload("material/add_material", name, data, query)
    assert answer.get("errcode", 0) == expected
    if not expected:
        assert len(answer["media_id"]) == 43


async def test_the_file_must_come_in_the_field_media(stage: Any) -> None:
    answer = await stage.upload("material/add_material", "a.png", PNG, "type=image", field_name="file")
    assert answer["errcode"] == 41005
    assert await stage.code("media/uploadimg", {}) == 41005


async def test_a_video_brings_its_description(stage: Any) -> None:
    refused = await stage.upload("material/add_material", "a.mp4", MP4, "type=video")
    assert refused["errcode"] == 47001
    described = '{"title":"三分钟放松","introduction":"跟着做"}'
    taken = await stage.upload("material/add_material", "a.mp4", MP4, "type=video", description=described)
    assert "url" not in taken
    video = await stage.call("material/get_material", {"media_id": taken["media_id"]})
    assert (video["title"], video["description"]) == ("三分钟放松", "跟着做")


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.png", PNG, 0),
        ("a.jpg", JPG, 0),
        ("a.gif", b"GIF89a", 40005),
        ("a.png", b"GIF89a", 40005),
        ("a.png", PNG + b"\0" * (MB - len(PNG)), 40009),
        ("a.png", PNG + b"\0" * (MB - len(PNG) - 1), 0),
    ],
)
async def test_a_body_picture_is_small_and_jpg_or_png(stage: Any, name: str, data: bytes, expected: int) -> None:
    answer = await stage.upload("media/uploadimg", name, data)
    assert answer.get("errcode", 0) == expected
    if not expected:
        assert set(answer) == {"url"}
        shown = await stage.fetch(answer["url"].removeprefix(stage.simulator.address))
        assert shown.body == data


async def test_the_library_counts_lists_gives_and_forgets(stage: Any) -> None:
    first, second = await stage.cover(), await stage.cover()
    await stage.upload("media/uploadimg", "a.png", PNG)
    assert (await stage.call("material/get_materialcount"))["image_count"] == 2
    page = await stage.call("material/batchget_material", {"type": "image", "offset": 0, "count": 1})
    assert (page["total_count"], page["item_count"], page["item"][0]["media_id"]) == (2, 1, second)
    assert page["item"][0]["name"] == "cover.png"
    assert await stage.code("material/batchget_material", {"type": "image", "offset": 0, "count": 21}) == 40035
    assert await stage.code("material/batchget_material", {"type": "x", "offset": 0, "count": 2}) == 40004
    token = stage.token
    given = await stage.fetch(f"/cgi-bin/material/get_material?access_token={token}", {"media_id": first})
    assert given.body.startswith(b"\x89PNG")
    assert await stage.code("material/del_material", {"media_id": first}) == 0
    assert await stage.code("material/del_material", {"media_id": first}) == 40007


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title": "字" * 32}, 0),
        ({"title": "字" * 33}, 45003),
        ({"title": ""}, 40227),
        ({"title": None}, 40227),
        ({"title": 5}, 47001),
        ({"author": "字" * 16}, 0),
        ({"author": "字" * 17}, 45110),
        ({"digest": "字" * 128}, 0),
        ({"digest": "字" * 129}, 45004),
        ({"content": "字" * 19_999}, 0),
        ({"content": "字" * 20_000}, 45002),
        ({"content": ""}, 44004),
        ({"content_source_url": "https://example.com/" + "a" * 1004}, 0),
        ({"content_source_url": "https://example.com/" + "a" * 1005}, 41039),
        ({"content_source_url": "javascript:alert(1)"}, 41039),
        ({"thumb_media_id": "unknown"}, 40007),
        ({"thumb_media_id": ""}, 40007),
        ({"need_open_comment": 0, "only_fans_can_comment": 0}, 0),
        ({"need_open_comment": 1}, 88000),
        ({"need_open_comment": 2}, 47001),
        ({"pic_crop_235_1": "0_0_1_0.5"}, 0),
        ({"pic_crop_235_1": "0_0_2_1"}, 40035),
        ({"article_type": "song"}, 47001),
        ({"thumb_media": "misspelled"}, 47001),
    ],
)
async def test_every_field_of_an_article_has_its_rule(stage: Any, changes: dict[str, Any], expected: int) -> None:
    article = await stage.article(**changes)
    assert await stage.code("draft/add", {"articles": [article]}) == expected


async def test_a_temporary_picture_cannot_be_a_cover(stage: Any) -> None:
    answer = await stage.upload("media/upload", "a.png", PNG, "type=image")
    article = await stage.article(thumb_media_id=answer["media_id"])
    assert await stage.code("draft/add", {"articles": [article]}) == 40007


@pytest.mark.parametrize("articles", [[], {}, None, [[{"title": "a"}]], ["a"]])
async def test_articles_nested_wrongly_are_refused(stage: Any, articles: Any) -> None:
    assert await stage.code("draft/add", {"articles": articles}) == 44003


async def test_eight_articles_fit_and_nine_do_not(stage: Any) -> None:
    article = await stage.article()
    assert await stage.code("draft/add", {"articles": [article] * 8}) == 0
    assert await stage.code("draft/add", {"articles": [article] * 9}) == 45008


async def kept(stage: Any, content: str) -> str:
    media_id = await stage.draft(content=content)
    return (await stage.call("draft/get", {"media_id": media_id}))["news_item"][0]["content"]


async def test_foreign_pictures_and_scripts_go_silently_and_the_rest_stays(stage: Any) -> None:
    own = (await stage.upload("media/uploadimg", "a.png", PNG))["url"]
    content = (
        f'<section style="color:#333"><img src="{own}" alt="灯"/><img src="https://elsewhere.example/a.png">'
        '<script>alert("<p>x</p>")</script><p onclick="go()">好&nbsp;&amp; 静</p><!-- 注 --><br/>'
        '<a href=" javascript:go()">走</a><iframe src="x"></iframe></section>'
    )
    assert await kept(stage, content) == (
        f'<section style="color:#333"><img src="{own}" alt="灯"/><p>好&nbsp;&amp; 静</p><br/><a>走</a></section>'
    )


async def test_a_digest_that_is_not_given_is_made_of_the_first_words(stage: Any) -> None:
    media_id = await stage.draft(content="<h2>夜里</h2><p>" + "慢" * 80 + "</p>")
    article = (await stage.call("draft/get", {"media_id": media_id}))["news_item"][0]
    assert article["digest"] == "夜里" + "慢" * 52


async def test_escapes_are_kept_as_the_six_signs_people_will_see(stage: Any) -> None:
    article = await stage.article(title="TITLE")
    raw = json.dumps({"articles": [article]}, ensure_ascii=False).replace("TITLE", "\\u4f60")
    media_id = (await stage.call("draft/add", raw))["media_id"]
    assert (await stage.call("draft/get", {"media_id": media_id}))["news_item"][0]["title"] == "\\u4f60"


async def test_a_draft_is_changed_listed_counted_and_deleted(stage: Any) -> None:
    media_id, article = await stage.draft(), await stage.article(title="改过的")
    update = {"media_id": media_id, "index": 0, "articles": article}
    assert await stage.code("draft/update", {**update, "index": 1}) == 40114
    assert await stage.code("draft/update", {**update, "articles": [article]}) == 44003
    assert await stage.code("draft/update", update) == 0
    assert (await stage.call("draft/count"))["total_count"] == 1
    page = await stage.call("draft/batchget", {"offset": 0, "count": 20, "no_content": 1})
    shown = page["item"][0]["content"]["news_item"][0]
    assert shown["title"] == "改过的"
    assert "content" not in shown
    assert await stage.code("draft/batchget", {"offset": 0, "count": 0}) == 40035
    assert await stage.code("draft/delete", {"media_id": media_id}) == 0
    assert await stage.code("draft/get", {"media_id": media_id}) == 40007


async def test_the_preview_of_a_draft_can_be_opened(stage: Any) -> None:
    media_id = await stage.draft(title="今晚 <早点> 睡")
    url = (await stage.call("draft/get", {"media_id": media_id}))["news_item"][0]["url"]
    page = await stage.fetch(url.removeprefix(stage.simulator.address))
    assert "今晚 &lt;早点&gt; 睡" in page.body.decode()
    assert (await stage.fetch("/s/nothing-here")).code == 404


async def test_pictures_alone_can_be_an_article(stage: Any) -> None:
    cover = await stage.cover()
    article = {"article_type": "newspic", "title": "图", "content": "字", "image_info": {"image_list": []}}
    assert await stage.code("draft/add", {"articles": [article]}) == 47001
    article["image_info"] = {"image_list": [{"image_media_id": cover}]}
    assert await stage.code("draft/add", {"articles": [article]}) == 0
    article["image_info"] = {"image_list": [{"image_media_id": cover}] * 21}
    assert await stage.code("draft/add", {"articles": [article]}) == 47001
