"""The passive reply: one message, within the platform's limit, out of which no words can break."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.domain.conversation.messages import Heard, Text
from server.domain.post.saying import Card, Picture, Words
from server.wechat.markup import read
from server.wechat.messages import parse, render

NOW = datetime(2026, 11, 23, 7, 30, 0, 999_000, tzinfo=UTC)
HEARD = Heard("o1:1790000000:x", "o1", "gh_1", 1790000000, NOW, Text("你好"))
ENDS = ("", "心", "😀", "]]>", "\x01")
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=900)


def test_the_two_names_are_swapped_and_the_time_is_ours():
    assert read(render(Words("你好"), HEARD, NOW)) == {
        "ToUserName": "o1",
        "FromUserName": "gh_1",
        "CreateTime": "1795419000",
        "MsgType": "text",
        "Content": "你好",
    }


def test_a_card_is_one_article():
    tree = read(render(Card("睡不着", "三件小事", "http://p", "http://r/read/sleep?a=1&b=2"), HEARD, NOW))
    assert (tree["MsgType"], tree["ArticleCount"]) == ("news", "1")
    assert tree["Articles"] == {
        "item": {
            "Title": "睡不着",
            "Description": "三件小事",
            "PicUrl": "http://p",
            "Url": "http://r/read/sleep?a=1&b=2",
        }
    }


def test_a_picture_is_named_by_its_media_id():
    tree = read(render(Picture("media-1"), HEARD, NOW))
    assert (tree["MsgType"], tree["Image"]) == ("image", {"MediaId": "media-1"})


def legal(text):
    return "".join(
        c for c in text if c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )


@given(ANY_TEXT)
@example("a]]></Content><Evil>x</Evil>")
@example("]]]]>>]]>")
@example("\ud83d broken \x00\x0b\ufffe")
def test_any_words_come_out_whole_and_alone(text):
    tree = read(render(Words(text), HEARD, NOW))
    assert set(tree) == {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"}
    expected = legal(text)
    if len(expected.encode()) <= 2048:
        # XML itself reads a carriage return as the end of a line.
        assert tree["Content"] == expected.replace("\r\n", "\n").replace("\r", "\n")


@given(st.text(st.characters(exclude_categories=()), max_size=30), st.integers(1, 900), st.sampled_from(ENDS))
@example("a", 2047, "")
@example("a", 2048, "")
@example("a", 2049, "")
@example("心", 683, "")
@example("", 513, "😀")
@example("", 900, "]]>")
@example("a", 2048, "\x01")
def test_a_long_text_is_cut_at_2048_bytes_on_a_character(text, times, end):
    sent = read(render(Words((text + end) * times), HEARD, NOW))["Content"]
    whole = legal((text + end) * times).replace("\r\n", "\n").replace("\r", "\n")
    assert len(sent.encode()) <= 2048
    if len(legal((text + end) * times).encode()) <= 2048:
        assert sent == whole
    else:
        assert sent.endswith("…")
        assert whole.startswith(sent[:-1])
        assert len(sent.encode()) > 2048 - 8 - whole.count("\n")


@given(ANY_TEXT, ANY_TEXT)
def test_a_card_of_any_words_is_still_one_card(title, url):
    tree = read(render(Card(title, title, url, url), HEARD, NOW))
    assert set(tree["Articles"]["item"]) == {"Title", "Description", "PicUrl", "Url"}


@pytest.mark.parametrize("name", ["gh_]]><Evil/>", "o&<>"])
def test_a_strange_name_cannot_break_out(name):
    heard = Heard("k", name, name, 1790000000, NOW, Text(""))
    tree = read(render(Words("x"), heard, NOW))
    assert (tree["ToUserName"], tree["FromUserName"]) == (name, name)


def test_our_own_reply_reads_as_a_message():
    heard = parse(render(Words("你好"), HEARD, NOW).replace(b"</xml>", b"<MsgId>1</MsgId></xml>"), NOW)
    assert (heard.openid, heard.account, heard.content) == ("gh_1", "o1", Text("你好"))
