"""The kinds of messages and events a phone can send, and what their fields are when nothing else is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import ids

Fields = dict[str, Any]
LOWER_CASE_NODES = frozenset(
    {"bizmsgmenuid", "debug_str", "appid", "trace_id", "version", "errcode", "errmsg", "result", "detail", "openid"}
)
# After these the follower looks at the chat, and sees the line of failure when no proper answer came.
SHOWN = frozenset({"subscribe", "scan", "click", "scancode_push", "scancode_waitmsg", "location_select"})
# After these nobody looks.
GLANCES = frozenset({"view", "view_miniprogram", "location"})
SHOWN_PHOTOS = frozenset({"pic_sysphoto", "pic_photo_or_album", "pic_weixin"})

# Media and their numbers are made where they are sent (`sent`).
MESSAGES: dict[str, Callable[[str], Fields]] = {
    "text": lambda _: {"Content": "你好"},
    "image": lambda base: {"PicUrl": f"{base}/mmbiz/sample"},
    "voice": lambda _: {"Format": "amr"},
    "video": lambda _: {},
    "shortvideo": lambda _: {},
    "location": lambda _: {"Location_X": 31.230416, "Location_Y": 121.473701, "Scale": 16, "Label": "人民大道"},
    "link": lambda base: {"Title": "一个链接", "Description": "", "Url": f"{base}/"},
    "miniprogrampage": lambda base: {
        "Title": "预约",
        "AppId": "wx0000000000000000",
        "PagePath": "pages/index",
        "ThumbUrl": f"{base}/mmbiz/sample",
        "ThumbMediaId": ids.media_id(),
    },
}

_PLACE: Fields = {"Location_X": "31.230416", "Location_Y": "121.473701", "Scale": "16", "Label": "", "Poiname": ""}
_PICTURES: Fields = {"Count": 1, "PicList": {"item": [{"PicMd5Sum": "5a75aaca956d97be686719218f275c6b"}]}}
_SCANNED: Fields = {"ScanType": "qrcode", "ScanResult": "xinyi"}
_NOTICE: Fields = {"TemplateId": "template", "MsgID": "1", "ErrorCode": "0", "ErrorStatus": "success"}
_POPUP: Fields = {"TemplateId": "template", "SubscribeStatusString": "accept", "PopupScene": "1"}
_CHANGE: Fields = {"TemplateId": "template", "SubscribeStatusString": "reject"}

EVENTS: dict[str, Fields] = {
    "subscribe": {},
    "unsubscribe": {},
    "scan": {"EventKey": "1", "Ticket": "ticket"},
    "location": {"Latitude": 31.230416, "Longitude": 121.473701, "Precision": 119.385},
    "click": {"EventKey": ""},
    "view": {"EventKey": "https://example.com/", "MenuId": 1},
    "view_miniprogram": {"EventKey": "pages/index", "MenuId": 1},
    "scancode_push": {"EventKey": "scan", "ScanCodeInfo": _SCANNED},
    "scancode_waitmsg": {"EventKey": "scan", "ScanCodeInfo": _SCANNED},
    "pic_sysphoto": {"EventKey": "picture", "SendPicsInfo": _PICTURES},
    "pic_photo_or_album": {"EventKey": "picture", "SendPicsInfo": _PICTURES},
    "pic_weixin": {"EventKey": "picture", "SendPicsInfo": _PICTURES},
    "location_select": {"EventKey": "place", "SendLocationInfo": _PLACE},
    "templatesendjobfinish": {"MsgID": 1, "Status": "success"},
    "publishjobfinish": {"PublishEventInfo": {"publish_id": "1", "publish_status": 0, "article_id": "a"}},
    "subscribe_msg_popup_event": {"SubscribeMsgPopupEvent": {"List": [_POPUP]}},
    "subscribe_msg_change_event": {"SubscribeMsgChangeEvent": {"List": [_CHANGE]}},
    "subscribe_msg_sent_event": {"SubscribeMsgSentEvent": {"List": [_NOTICE]}},
    "user_info_modified": {"OpenID": "", "AppID": "", "RevokeInfo": "1"},
    "user_authorization_revoke": {"OpenID": "", "AppID": "", "RevokeInfo": "1"},
    "user_authorization_cancellation": {"OpenID": "", "AppID": "", "RevokeInfo": "1"},
    "qualification_verify_success": {"ExpiredTime": 1_900_000_000},
    "qualification_verify_fail": {"FailTime": 1_700_000_000, "FailReason": "by time"},
    "naming_verify_success": {"ExpiredTime": 1_900_000_000},
    "naming_verify_fail": {"FailTime": 1_700_000_000, "FailReason": "by time"},
    "annual_renew": {"ExpiredTime": 1_900_000_000},
    "verify_expired": {"ExpiredTime": 1_900_000_000},
    "kf_create_session": {"KfAccount": "one@xinyi"},
    "kf_close_session": {"KfAccount": "one@xinyi"},
    "kf_switch_session": {"FromKfAccount": "one@xinyi", "ToKfAccount": "two@xinyi"},
    "user_enter_tempsession": {"SessionFrom": ""},
    "wxa_media_check": {"appid": "", "trace_id": "trace", "version": 2, "errcode": 0, "errmsg": "ok"},
    "debug_demo": {"debug_str": "hello"},
}


def needs_following(event: str) -> bool:
    """Whether only somebody who follows can do it: taps, scans and photos."""
    return event in (SHOWN | SHOWN_PHOTOS | GLANCES) - {"subscribe"}


def shows_failure(event: str) -> bool:
    """Whether the follower would see that no proper answer came: always for messages, for few events."""
    return not event or event in SHOWN or event in SHOWN_PHOTOS


def nodes_of(wishes: Fields) -> Fields:
    """The XML nodes among the wishes: names that begin with a capital, and the few that are written small."""
    return {name: value for name, value in wishes.items() if name[:1].isupper() or name in LOWER_CASE_NODES}
