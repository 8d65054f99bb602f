"""What publishing and the post ask of WeChat, as the platform sees it asked."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.domain.post.faults import Busy, Declined, Hasty, Repeated, Unclear
from server.domain.post.ports import Carrier
from server.domain.post.saying import Card, Picture, Words
from server.domain.publishing.ports import Draft, Outcome, Press
from server.wechat.menu import Menu
from server.wechat.sending import WeChatCarrier, WeChatPress

SOURCE = "https://union.example/read/sleep?e=E1"
DRAFT = Draft("睡不着的夜里", "心驿", "三件小事", "<p>正文\x0b12356</p>", "cover-1", SOURCE)


@pytest.fixture
def press(client) -> Press:
    return WeChatPress(client)


@pytest.fixture
def carrier(client) -> Carrier:
    return WeChatCarrier(client)


async def test_a_cover_is_kept_as_permanent_picture_under_its_name(press, platform):
    platform.answers["/cgi-bin/material/add_material"] = {"media_id": "m1", "url": "http://mmbiz/1"}
    assert await press.upload_cover("E1-cover.jpg", b"\xff\xd8") == "m1"
    [asked] = platform.asked("/cgi-bin/material/add_material")
    assert asked.query["type"] == "image"
    assert b'filename="E1-cover.jpg"' in asked.raw
    assert b"Content-Type: image/jpeg" in asked.raw


def materials(*names):
    return {"total_count": 300, "item_count": len(names),
            "item": [{"media_id": f"m-{at}-{name}", "name": name, "update_time": str(100 + at), "url": "u"}
                     for at, name in enumerate(names)]}  # fmt: skip


async def test_a_cover_is_found_by_its_name_and_the_newest_counts(press, platform):
    names = [f"{number}.jpg" for number in range(18)]
    platform.answers["/cgi-bin/material/batchget_material"] = [
        materials(*names, "x", "y"),
        materials(*names, "E1.jpg", "E1.jpg"),
    ]
    assert await press.find_cover("E1.jpg") == "m-19-E1.jpg"
    assert [seen.json for seen in platform.asked("/cgi-bin/material/batchget_material")] == [
        {"type": "image", "offset": 0, "count": 20},
        {"type": "image", "offset": 20, "count": 20},
    ]


async def test_a_cover_is_looked_for_among_the_latest_hundred_only(press, platform):
    platform.answers["/cgi-bin/material/batchget_material"] = materials(*"abcdefghijklmnopqrst")
    assert await press.find_cover("E1.jpg") is None
    assert len(platform.asked("/cgi-bin/material/batchget_material")) == 5


@pytest.mark.parametrize("page", [{}, {"item": []}, {"item": None}, {"item": [None, 5]}, materials("a", "b")])
async def test_a_short_page_is_the_last_one(press, platform, page):
    platform.answers["/cgi-bin/material/batchget_material"] = page
    assert await press.find_cover("E1.jpg") is None
    assert len(platform.asked("/cgi-bin/material/batchget_material")) == 1


@pytest.mark.parametrize(("raw", "kind"), [(b"\xff\xd8\xff", b"image/jpeg"), (b"\x89PNG\r\n", b"image/png")])
async def test_a_body_picture_goes_up_as_what_it_is(press, platform, raw, kind):
    platform.answers["/cgi-bin/media/uploadimg"] = {"url": "http://mmbiz/2"}
    assert await press.upload_picture("a.png", raw) == "http://mmbiz/2"
    assert b"Content-Type: " + kind in platform.asked("/cgi-bin/media/uploadimg")[0].raw


async def test_a_draft_is_one_article_in_a_list_without_characters_that_json_would_escape(press, platform):
    platform.answers["/cgi-bin/draft/add"] = {"media_id": "d1", "item": []}
    assert await press.add_draft(DRAFT) == "d1"
    [asked] = platform.asked("/cgi-bin/draft/add")
    assert asked.json == {
        "articles": [
            {
                "title": "睡不着的夜里",
                "author": "心驿",
                "digest": "三件小事",
                "content": "<p>正文12356</p>",
                "content_source_url": SOURCE,
                "thumb_media_id": "cover-1",
            }
        ]
    }
    assert b"\\u" not in asked.raw


def drafts(*sources):
    return {
        "item": [
            {"media_id": f"d{at}", "update_time": at, "content": {"news_item": [{"content_source_url": source}]}}
            for at, source in enumerate(sources)
        ]
    }


async def test_a_draft_is_found_by_the_mark_at_the_end_of_its_source(press, platform):
    platform.answers["/cgi-bin/draft/batchget"] = drafts("", SOURCE + "2", SOURCE, "https://x/?e=E1&more=1")
    assert await press.find_draft("?e=E1") == "d2"
    assert platform.asked("/cgi-bin/draft/batchget")[0].json == {"offset": 0, "count": 20, "no_content": 0}


@pytest.mark.parametrize("content", [None, {}, {"news_item": None}, {"news_item": [1]}, {"news_item": [{}]}])
async def test_a_draft_without_a_source_is_not_ours(press, platform, content):
    platform.answers["/cgi-bin/draft/batchget"] = {"item": [{"media_id": "d", "content": content}]}
    assert await press.find_draft("?e=E1") is None


async def test_a_mass_send_goes_to_all_under_our_own_id(press, platform):
    platform.answers["/cgi-bin/message/mass/sendall"] = {"errcode": 0, "msg_id": 3147483647, "msg_data_id": 2}
    assert await press.send_to_all("d1", "E1") == "3147483647"
    assert platform.asked("/cgi-bin/message/mass/sendall")[0].json == {
        "filter": {"is_to_all": True},
        "mpnews": {"media_id": "d1"},
        "msgtype": "mpnews",
        "send_ignore_reprint": 0,
        "clientmsgid": "E1",
    }


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"errcode": 45065, "msg_id": "7"}, Repeated),
        ({"errcode": 45066}, Hasty),
        ({"errcode": -1}, Busy),
        (502, Unclear),
        ({"errcode": 0}, Unclear),
    ],
)
async def test_a_mass_send_is_called_once_whatever_comes_back(press, platform, answer, fault):
    platform.answers["/cgi-bin/message/mass/sendall"] = answer
    with pytest.raises(fault):
        await press.send_to_all("d1", "E1")
    assert len(platform.asked("/cgi-bin/message/mass/sendall")) == 1


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"msg_id": 7, "msg_status": "SEND_SUCCESS"}, Outcome.SENT),
        ({"msg_id": 7, "msg_status": "SENDING"}, Outcome.SENDING),
        ({"msg_id": 7, "msg_status": "SEND_FAIL"}, Outcome.FAILED),
        ({"msg_id": 7, "msg_status": "DELETE"}, Outcome.SENT),
        ({"msg_id": 7, "msg_status": "send_success"}, Outcome.SENT),
        ({"msg_id": 7, "msg_status": "NEWLY_INVENTED"}, Outcome.UNKNOWN),
        ({}, Outcome.UNKNOWN),
        ({"errcode": 40059, "errmsg": "invalid msg id"}, Outcome.UNKNOWN),
    ],
)
async def test_what_became_of_a_mass_send_is_asked(press, platform, answer, outcome):
    platform.answers["/cgi-bin/message/mass/get"] = answer
    assert await press.outcome("7") is outcome
    assert platform.asked("/cgi-bin/message/mass/get")[0].json == {"msg_id": "7"}


async def test_another_refusal_of_the_question_is_not_taken_for_an_answer(press, platform):
    platform.answers["/cgi-bin/message/mass/get"] = {"errcode": 47001}
    with pytest.raises(Declined):
        await press.outcome("7")


SEND = "/cgi-bin/message/custom/send"


async def test_words_a_card_and_a_picture_are_carried(carrier, platform):
    await carrier.carry("o1", Words("明天 10:00\n<a href=\"http://x\">改期</a>"))
    await carrier.carry("o1", Card("题", "述", "http://p", "http://u"))
    await carrier.carry("o1", Picture("m1"))
    assert [seen.json for seen in platform.asked(SEND)] == [
        {"touser": "o1", "msgtype": "text", "text": {"content": "明天 10:00\n<a href=\"http://x\">改期</a>"}},
        {
            "touser": "o1",
            "msgtype": "news",
            "news": {"articles": [{"title": "题", "description": "述", "url": "http://u", "picurl": "http://p"}]},
        },
        {"touser": "o1", "msgtype": "image", "image": {"media_id": "m1"}},
    ]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(st.characters(exclude_categories=()), max_size=1200))
async def test_any_words_are_carried_within_the_limit_and_without_escapes(carrier, platform, text):
    await carrier.carry("o1", Words(text))
    asked = platform.asked(SEND)[-1]
    assert len(asked.json["text"]["content"].encode()) <= 2048
    assert b"\\u" not in asked.raw.replace(b"\\\\", b"")


async def test_a_message_to_a_person_is_never_sent_twice(carrier, platform):
    platform.answers[SEND] = 502
    with pytest.raises(Unclear):
        await carrier.carry("o1", Words("x"))
    assert len(platform.asked(SEND)) == 1


async def test_the_menu_is_pushed_and_read(client, platform):
    menu, buttons = Menu(client), [{"type": "click", "name": "今日", "key": "today"}]
    await menu.push(buttons)
    assert platform.asked("/cgi-bin/menu/create")[0].json == {"button": buttons}
    platform.answers["/cgi-bin/menu/get"] = {"menu": {"button": buttons, "menuid": 1}}
    assert await menu.read() == buttons


async def test_no_menu_is_an_empty_one(client, platform):
    platform.answers["/cgi-bin/menu/get"] = {"errcode": 46003, "errmsg": "menu no exist"}
    assert await Menu(client).read() == []
