"""Every kind of message and event of the fact sheet, heard as a domain value; and the identity of each."""
# ruff: noqa: E501  the platform's XML is easier to compare with the fact sheet when it is not broken up

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.conversation import messages as said
from server.domain.conversation.messages import Subscribed, Subscription, Tapped
from server.domain.refusals import Malformed
from server.wechat.messages import parse

NOW = datetime(2026, 11, 23, tzinfo=UTC)
OPENID = "oABCdef_0123456789-abcdefgh"


def xml(kind, inner="", openid=OPENID, created=1790000000):
    return (
        f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{created}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{inner}</xml>"
    ).encode()


def event(name, inner="", **head):
    return xml("event", f"<Event><![CDATA[{name}]]></Event>{inner}", **head)


def content(body):
    return parse(body, NOW).content


def key(body):
    return parse(body, NOW).key


LIST = "<List><TemplateId>{}</TemplateId><SubscribeStatusString>{}</SubscribeStatusString><PopupScene>2</PopupScene></List>"
RESULTS = (
    "<ArticleUrlResult><Count>1</Count><ResultList><item><ArticleIdx>1</ArticleIdx><ArticleUrl>http://x</ArticleUrl>"
    "</item></ResultList></ArticleUrlResult>"
)

KINDS = [
    (xml("text", "<Content><![CDATA[你好]]></Content><MsgId>1</MsgId>"), said.Text("你好")),
    (xml("text", "<Content></Content><MsgId>1</MsgId>"), said.Text("")),
    (xml("text", "<Content>二</Content><bizmsgmenuid>102</bizmsgmenuid>"), said.Text("二", "102")),
    (xml("image", "<PicUrl>http://p</PicUrl><MediaId>m</MediaId>"), said.Picture("http://p", "m")),
    (xml("voice", "<MediaId>m</MediaId><Format>amr</Format><MediaId16K>n</MediaId16K>"), said.Voice("m", "amr")),
    (xml("voice", "<MediaId>m</MediaId><Format>amr</Format><Recognition>嗯</Recognition>"), said.Voice("m", "amr", "嗯")),
    (xml("video", "<MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId>"), said.Video("m", "t")),
    (xml("shortvideo", "<MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId>"), said.Video("m", "t")),
    (
        xml("location", "<Location_X>23.13</Location_X><Location_Y>-113.35</Location_Y><Scale>20</Scale><Label>厂</Label>"),
        said.Position(23.13, -113.35, "厂"),
    ),
    (xml("link", "<Title>t</Title><Description>d</Description><Url>u</Url>"), said.Link("t", "d", "u")),
    (event("subscribe"), said.Followed()),
    (event("subscribe", "<EventKey></EventKey>"), said.Followed()),
    (event("subscribe", "<EventKey>qrscene_qrscene_1</EventKey><Ticket>T</Ticket>"), said.Followed("qrscene_1")),
    (event("unsubscribe", "<EventKey/>"), said.Unfollowed()),
    (event("SCAN", "<EventKey>qrscene_7</EventKey><Ticket>T</Ticket>"), said.Scanned("qrscene_7")),
    (event("LOCATION", "<Latitude>1</Latitude><Longitude>2</Longitude><Precision>3</Precision>"), said.Located()),
    (event("CLICK", "<EventKey>book</EventKey>"), Tapped("book")),
    (event("VIEW", "<EventKey>http://a?b=1&amp;c=2</EventKey><MenuId>1</MenuId>"), said.Viewed("http://a?b=1&c=2")),
    (event("view_miniprogram", "<EventKey>pages/a</EventKey>"), said.Viewed("pages/a")),
    (
        event("scancode_push", "<EventKey>k</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>1</ScanResult></ScanCodeInfo>"),
        Tapped("k", "scancode_push", "1"),
    ),
    (
        event("scancode_waitmsg", "<EventKey>k</EventKey><ScanCodeInfo><ScanType>q</ScanType><ScanResult>2</ScanResult></ScanCodeInfo>"),
        Tapped("k", "scancode_waitmsg", "2"),
    ),
    *(
        (
            event(kind, "<EventKey>k</EventKey><SendPicsInfo><Count>2</Count><PicList><item><PicMd5Sum>a</PicMd5Sum></item>"
                        "<item><PicMd5Sum>b</PicMd5Sum></item></PicList></SendPicsInfo>"),
            Tapped("k", kind, "2"),
        )
        for kind in ("pic_sysphoto", "pic_photo_or_album", "pic_weixin")
    ),
    (
        event("location_select", "<EventKey>k</EventKey><SendLocationInfo><Location_X>1</Location_X><Location_Y>2"
                                 "</Location_Y><Scale>1</Scale><Label>厂里</Label><Poiname></Poiname></SendLocationInfo>"),
        Tapped("k", "location_select", "厂里"),
    ),
    (
        event("MASSSENDJOBFINISH", "<MsgID>7</MsgID><Status>send success</Status><TotalCount>100</TotalCount><FilterCount>80"
                                   f"</FilterCount><SentCount>75</SentCount><ErrorCount>5</ErrorCount>{RESULTS}"),
        said.MassFinished("7", "send success", 100, 80, 75, 5),
    ),
    (
        event("MASSSENDJOBFINISH", "<MsgID>7</MsgID><Status>err(20431)</Status><TotalCount></TotalCount><SentCount>?</SentCount>"
                                   "<CopyrightCheckResult><Count>0</Count><ResultList></ResultList></CopyrightCheckResult>"),
        said.MassFinished("7", "err(20431)"),
    ),
    (
        event("PUBLISHJOBFINISH", "<PublishEventInfo><publish_id>9</publish_id><publish_status>0</publish_status>"
                                  "<article_id>a</article_id></PublishEventInfo>"),
        said.PublishFinished("9", 0, "a"),
    ),
    (
        event("PUBLISHJOBFINISH", "<PublishEventInfo><publish_id>9</publish_id><publish_status>3</publish_status>"
                                  "<fail_idx>1</fail_idx><fail_idx>2</fail_idx></PublishEventInfo>"),
        said.PublishFinished("9", 3),
    ),
    (
        event("TEMPLATESENDJOBFINISH", "<MsgID>5</MsgID><Status>failed:user block</Status>"),
        said.NoticeFinished("5", "failed:user block"),
    ),
    (
        event("subscribe_msg_popup_event", f"<SubscribeMsgPopupEvent>{LIST.format('T1', 'accept')}{LIST.format('T2', 'reject')}"
                                           "</SubscribeMsgPopupEvent>"),
        Subscribed("subscribe_msg_popup_event", (Subscription("T1", "accept"), Subscription("T2", "reject"))),
    ),
    (
        event("subscribe_msg_change_event", f"<SubscribeMsgChangeEvent>{LIST.format('T1', 'reject')}</SubscribeMsgChangeEvent>"),
        Subscribed("subscribe_msg_change_event", (Subscription("T1", "reject"),)),
    ),
    (
        event("subscribe_msg_sent_event", "<SubscribeMsgSentEvent><List><TemplateId>T</TemplateId><MsgID>8</MsgID><ErrorCode>0"
                                          "</ErrorCode><ErrorStatus>success</ErrorStatus></List></SubscribeMsgSentEvent>"),
        Subscribed("subscribe_msg_sent_event", (Subscription("T", "0", "8"),)),
    ),
    (event("subscribe_msg_popup_event", "<SubscribeMsgPopupEvent/>"), Subscribed("subscribe_msg_popup_event", ())),
    *(
        (
            event(kind, "<OpenID>oX</OpenID><AppID>wx1</AppID><UnionID>u</UnionID><RevokeInfo>1,8</RevokeInfo>"),
            said.Withdrawn(kind, "oX", "u", "1,8"),
        )
        for kind in ("user_info_modified", "user_authorization_revoke", "user_authorization_cancellation")
    ),
    (event("naming_verify_fail", "<FailTime>1</FailTime><FailReason>材料</FailReason>"), said.AccountNotice("naming_verify_fail", "1 材料")),
    *(
        (event(kind, "<ExpiredTime>1800000000</ExpiredTime>"), said.AccountNotice(kind, "1800000000"))
        for kind in ("qualification_verify_success", "naming_verify_success", "annual_renew", "verify_expired")
    ),
    (event("qualification_verify_fail"), said.AccountNotice("qualification_verify_fail")),
    (event("kf_create_session", "<KfAccount>a@b</KfAccount>"), said.Desk("kf_create_session", "a@b")),
    (event("kf_close_session", "<KfAccount>a@b</KfAccount>"), said.Desk("kf_close_session", "a@b")),
    (
        event("kf_switch_session", "<FromKfAccount>a@b</FromKfAccount><ToKfAccount>c@b</ToKfAccount>"),
        said.Desk("kf_switch_session", "c@b"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("body", "meant"), KINDS)
def test_every_kind_is_heard_as_what_it_means(body, meant):
    assert content(body) == meant


@pytest.mark.parametrize("name", ["Click", "click", "CLICK", "cLiCk"])
def test_the_case_of_an_events_name_does_not_matter(name):
    assert content(event(name, "<EventKey>k</EventKey>")) == Tapped("k")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (xml("file", "<Title>报告.pdf</Title>"), "file"),
        (xml("miniprogrampage", "<AppId>wx</AppId>"), "miniprogrampage"),
        (event("debug_demo", "<debug_str>x</debug_str>"), "debug_demo"),
        (event("user_enter_tempsession", "<SessionFrom>x</SessionFrom>"), "user_enter_tempsession"),
        (event("wxa_media_check", "<trace_id>t</trace_id>"), "wxa_media_check"),
        (event(""), ""),
    ],
)
def test_an_unknown_kind_is_kept_whole(body, kind):
    assert content(body) == said.Unknown(kind, body.decode())


def test_a_message_without_a_type_is_refused():
    with pytest.raises(Malformed):
        content(xml(""))


def test_who_said_it_to_whom_and_when_is_kept():
    heard = parse(xml("text", "<Content>x</Content><MsgId>1</MsgId>"), NOW)
    assert (heard.openid, heard.account, heard.created, heard.arrived) == (OPENID, "gh_1", 1790000000, NOW)


def test_the_key_begins_with_the_sender_and_sorts_by_time():
    early = key(xml("text", "<MsgId>9</MsgId>", created=999_999_999))
    late = key(event("CLICK", "<EventKey>a</EventKey>", created=1_000_000_000))
    assert early < late
    assert early.startswith(f"{OPENID}:0999999999:")
    assert len(early.rpartition(":")[2]) == 20


def test_a_repeat_has_the_same_key_though_its_words_are_written_otherwise():
    assert key(xml("text", "<Content>a</Content><MsgId>1</MsgId>")) == key(
        xml("text", "<MsgID><![CDATA[1]]></MsgID><Content><![CDATA[a]]></Content>")
    )


def test_two_messages_with_neighbouring_long_ids_differ():
    assert key(xml("text", "<MsgId>24000000000000001</MsgId>")) != key(xml("text", "<MsgId>24000000000000002</MsgId>"))


def test_one_id_at_two_people_or_two_times_is_two_messages():
    one = xml("voice", "<MsgId>1</MsgId>")
    assert len({key(one), key(xml("voice", "<MsgId>1</MsgId>", openid="o2")),
                key(xml("voice", "<MsgId>1</MsgId>", created=1790000001))}) == 3  # fmt: skip


def test_messages_without_an_id_are_told_apart_by_what_they_hold():
    assert key(xml("text", "<Content>a</Content>")) != key(xml("text", "<Content>b</Content>"))


def test_two_events_of_one_person_in_one_second_are_two():
    bodies = [
        event("CLICK", "<EventKey>a</EventKey>"),
        event("CLICK", "<EventKey>b</EventKey>"),
        event("VIEW", "<EventKey>a</EventKey>"),
        event("subscribe"),
        event("unsubscribe"),
        event("wxa_media_check", "<trace_id>1</trace_id>"),
        event("wxa_media_check", "<trace_id>2</trace_id>"),
        event("subscribe_msg_sent_event", "<SubscribeMsgSentEvent><List><TemplateId>T</TemplateId><MsgID>1</MsgID></List>"
                                          "</SubscribeMsgSentEvent>"),
        event("subscribe_msg_sent_event", "<SubscribeMsgSentEvent><List><TemplateId>T</TemplateId><MsgID>2</MsgID></List>"
                                          "</SubscribeMsgSentEvent>"),
    ]  # fmt: skip
    assert len({key(body) for body in bodies}) == len(bodies)


def test_several_copies_of_one_unfollow_in_one_second_are_one():
    assert key(event("unsubscribe", "<EventKey></EventKey>")) == key(event("unsubscribe"))


@pytest.mark.parametrize(
    ("name", "inner", "other"),
    [
        ("MASSSENDJOBFINISH", "<MsgID>7</MsgID>", "<MsgID>8</MsgID>"),
        ("TEMPLATESENDJOBFINISH", "<MsgID>7</MsgID>", "<MsgID>8</MsgID>"),
        (
            "PUBLISHJOBFINISH",
            "<PublishEventInfo><publish_id>7</publish_id><publish_status>0</publish_status></PublishEventInfo>",
            "<PublishEventInfo><publish_id>7</publish_id><publish_status>5</publish_status></PublishEventInfo>",
        ),
    ],
)
def test_copies_of_a_finished_job_meet_though_their_times_differ(name, inner, other):
    first = key(event(name, inner))
    assert first.startswith(f"event:{name.lower()}:")
    assert key(event(name, inner, created=1790000099, openid="oOther")) == first
    assert key(event(name, other)) != first


def test_a_finished_job_without_an_id_keeps_an_ordinary_key():
    assert key(event("MASSSENDJOBFINISH", "<Status>send success</Status>")).startswith(OPENID)


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFFFD, exclude_categories=("Cs",)), max_size=200))
def test_any_words_arrive_as_they_were_written(words):
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert content(xml("text", f"<Content>{escaped}</Content>")) == said.Text(words)
