"""XML that no platform would send: refused as malformed, never expanded, never an exception of another kind."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.conversation.messages import Heard, Text
from server.domain.refusals import Malformed
from server.wechat.markup import BadXml, branch, read, rows, words
from server.wechat.messages import parse

NOW = datetime(2026, 11, 23, tzinfo=UTC)
HEAD = "<ToUserName>gh</ToUserName><FromUserName>o1</FromUserName><CreateTime>1790000000</CreateTime>"


def a_text(content="你好", head=HEAD, before=""):
    return f"{before}<xml>{head}<MsgType>text</MsgType><Content>{content}</Content><MsgId>1</MsgId></xml>".encode()


LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{of};" * 10}">' for name, of in zip("bcdefgh", "abcdefg", strict=True)
) + "]>"  # fmt: skip


@pytest.mark.parametrize(
    ("before", "content"),
    [
        ("<!DOCTYPE xml>", "x"),
        ('<!DOCTYPE xml SYSTEM "http://127.0.0.1:1/evil.dtd">', "x"),
        ('<!DOCTYPE xml PUBLIC "a" "file:///etc/passwd">', "x"),
        ('<!DOCTYPE xml [<!ENTITY e "boo">]>', "&e;"),
        ('<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "&e;"),
        ('<!DOCTYPE xml [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>', "x"),
        ("<!DOCTYPE xml [<!ELEMENT xml ANY>]>", "x"),
        ('<!DOCTYPE xml [<!ATTLIST xml a CDATA "x">]>', "x"),
        (LAUGHS, "&h;"),
        ("", "&undeclared;"),
    ],
)
def test_no_doctype_and_no_entity_is_ever_taken(before, content):
    with pytest.raises(BadXml):
        parse(a_text(content, before=before), NOW)


def test_the_five_entities_of_xml_itself_and_character_references_are_words():
    assert parse(a_text("&lt;&amp;&gt;&quot;&apos;&#x4f60;&#22909;"), NOW).content == Text("<&>\"'你好")


@pytest.mark.parametrize("encoding", ["gbk", "gb2312", "UTF-16", "ISO-8859-1", "us-ascii", "utf-7", "nonsense"])
def test_another_declared_encoding_is_refused(encoding):
    with pytest.raises(BadXml):
        parse(a_text(before=f'<?xml version="1.0" encoding="{encoding}"?>'), NOW)


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", "Utf8"])
def test_utf8_may_be_declared(encoding):
    assert parse(a_text(before=f'<?xml version="1.0" encoding="{encoding}"?>'), NOW).content == Text("你好")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "gbk"])
def test_bytes_of_another_encoding_are_refused(encoding):
    with pytest.raises(Malformed):
        parse(a_text().decode().encode(encoding), NOW)


@pytest.mark.parametrize("raw", [b"\x00", b"\x01", b"\x08", b"\x0b", b"\x1f", b"\xff", b"\xc0\x80", b"\xed\xa0\x80",
                                 b"\xef\xbf\xbe", b"\xef\xbf\xbf", b"&#0;", b"&#1;", b"&#xD800;", b"&#xFFFE;",
                                 b"&#x110000;"])  # fmt: skip
def test_characters_that_xml_does_not_know_are_refused(raw):
    with pytest.raises(BadXml):
        parse(a_text("HERE").replace(b"HERE", raw), NOW)


def test_sixteen_levels_are_read_and_seventeen_are_not():
    def nested(levels):
        return ("<xml>" + "<a>" * (levels - 1) + "</a>" * (levels - 1) + "</xml>").encode()

    assert read(nested(16))
    with pytest.raises(BadXml):
        read(nested(17))


def test_a_thousand_nodes_are_read_and_one_more_is_not():
    assert len(rows(read(b"<xml>" + b"<a><b/></a>" * 499 + b"</xml>"), "a")) == 499
    with pytest.raises(BadXml):
        read(b"<xml>" + b"<a/>" * 1000 + b"</xml>")


def test_more_than_64_kb_is_refused():
    with pytest.raises(BadXml):
        read(b"<xml><a>" + b"x" * 65_536 + b"</a></xml>")


def test_a_text_of_60_kb_is_read_whole():
    long = "心" * 20_000
    assert parse(a_text(long), NOW).content == Text(long)


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"xml", b"<xml>", b"<xml></xml><xml></xml>", b"<a></a>", b"<XML></XML>", b"</xml>", b"<xml/>x",
     b'{"a":1}', b"[]", b"\x00" * 40, b"<xml", b"<xml a></xml>", b"<x:xml/>", b"<xml><a></xml></a>"],
)  # fmt: skip
def test_what_is_no_message_at_all_is_refused(body):
    with pytest.raises(Malformed):
        parse(body, NOW)


@pytest.mark.parametrize(
    "created", ["", "soon", "-1", "1.5", "1e9", "NaN", "17000000000", "0x10", "1_000", "１７００", "<a>1</a>"]
)
def test_a_create_time_that_is_no_integer_is_refused(created):
    with pytest.raises(Malformed):
        parse(a_text(head=HEAD.replace("1790000000", created)), NOW)


@pytest.mark.parametrize("created", ["0", "1", "1790000000", "9999999999", " 1790000000\n"])
def test_a_create_time_is_never_refused_for_its_age(created):
    assert parse(a_text(head=HEAD.replace("1790000000", created)), NOW).created == int(created)


@pytest.mark.parametrize("node", ["ToUserName", "FromUserName"])
@pytest.mark.parametrize("name", ["", "<a>x</a>", "x" * 65, "心" * 22])
def test_a_name_that_is_missing_nested_or_too_long_is_refused(node, name):
    old = {"ToUserName": "gh", "FromUserName": "o1"}[node]
    with pytest.raises(Malformed):
        parse(a_text(head=HEAD.replace(f">{old}<", f">{name}<")), NOW)


@pytest.mark.parametrize("name", ["x", "o" * 64, "心" * 21, "o1:2 3/[]", "gh_<![CDATA[<]]>"])
def test_the_shape_of_a_name_is_not_judged(name):
    assert parse(a_text(head=HEAD.replace(">o1<", f">{name}<")), NOW).openid


def test_a_name_that_stands_twice_is_refused():
    with pytest.raises(Malformed):
        parse(a_text(head=HEAD + "<FromUserName>o2</FromUserName>"), NOW)


@pytest.mark.parametrize(
    ("x", "y"), [("", "1"), ("1", ""), ("nan", "1"), ("1", "inf"), ("90.1", "1"), ("1", "-180.5"), ("1e1", "1"),
                 ("1_0", "1"), ("0x1", "1"), ("1", "1,5"), ("<a>1</a>", "1"), ("1", "9" * 400)],
)  # fmt: skip
def test_coordinates_that_are_none_are_refused(x, y):
    body = f"<xml>{HEAD}<MsgType>location</MsgType><Location_X>{x}</Location_X><Location_Y>{y}</Location_Y></xml>"
    with pytest.raises(Malformed):
        parse(body.encode(), NOW)


def test_comments_instructions_and_attributes_change_nothing():
    body = a_text("<!-- no -->你<?php evil ?>好", before='<?xml version="1.0"?><!-- x -->').replace(
        b"<Content>", b'<Content a="1" b="2">'
    )
    assert parse(body, NOW).content == Text("你好")


@settings(max_examples=400)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_message_or_malformed(body):
    with pytest.raises(Malformed):
        parse(body, NOW)


@settings(max_examples=600)
@given(st.data())
def test_a_damaged_message_is_a_message_or_malformed(data):
    whole = a_text("<![CDATA[你好]]>")
    at = data.draw(st.integers(0, len(whole)))
    until = data.draw(st.integers(at, len(whole)))
    try:
        heard = parse(whole[:at] + data.draw(st.binary(max_size=6)) + whole[until:], NOW)
    except Malformed:
        return
    assert isinstance(heard, Heard)


NODE = st.recursive(
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x4FFF), max_size=8),
    lambda inner: st.lists(st.tuples(st.sampled_from("abc"), inner), min_size=1, max_size=4),
    max_leaves=12,
)


def written(node):
    if isinstance(node, str):
        return node.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"<{name}>{written(inner)}</{name}>" for name, inner in node)


@given(st.lists(st.tuples(st.sampled_from("abc"), NODE), max_size=5))
def test_a_tree_reads_as_it_was_written(nodes):
    tree = read(f"<xml>{written(nodes)}</xml>".encode())
    for name in "abc":
        standing = [inner for own, inner in nodes if own == name]
        if len(standing) == 1 and isinstance(standing[0], str):
            assert words(tree, name) == standing[0]
        elif len(standing) == 1:
            assert branch(tree, name)
        elif standing:
            assert len(tree[name]) == len(standing)
            with pytest.raises(BadXml):
                words(tree, name)
        else:
            assert words(tree, name) == ""
            assert branch(tree, name) == {}
            assert rows(tree, name) == []
