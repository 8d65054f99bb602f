"""What each kind of message and event means: one table each (fact sheet 1.6 and 1.7)."""

import re
from collections.abc import Callable
from typing import Final

from server.domain.conversation.messages import (
    AccountNotice,
    Content,
    Desk,
    Followed,
    Link,
    Located,
    MassFinished,
    NoticeFinished,
    Picture,
    Position,
    PublishFinished,
    Scanned,
    Subscribed,
    Subscription,
    Tapped,
    Text,
    Unfollowed,
    Video,
    Viewed,
    Voice,
    Withdrawn,
)
from server.domain.refusals import Malformed
from server.wechat.markup import Tree, branch, rows, words

QR_PREFIX = "qrscene_"
SUBSCRIPTION_BRANCHES: Final = ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent")

_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,20})?")
_COUNT = re.compile(r"[0-9]{1,12}")


class Misshapen(Malformed):
    """A node of a message is not of the type it must be."""

    code = "misshapen"


def message_id(tree: Tree) -> str:
    """Return the platform's id of the message as it stands, under either spelling, or nothing."""
    return words(tree, "MsgId") or words(tree, "MsgID")


def answers(tree: Tree) -> tuple[Subscription, ...]:
    """Return every row of a subscribe_msg_* event; `ErrorCode` tells what became of a notice (0 is well)."""
    return tuple(
        Subscription(
            words(row, "TemplateId"),
            words(row, "SubscribeStatusString") or words(row, "ErrorCode"),
            message_id(row),
        )
        for name in SUBSCRIPTION_BRANCHES
        for row in rows(branch(tree, name), "List")
    )


def _text(tree: Tree) -> Content:
    return Text(words(tree, "Content"), words(tree, "bizmsgmenuid"))


def _picture(tree: Tree) -> Content:
    return Picture(words(tree, "PicUrl"), words(tree, "MediaId"))


def _voice(tree: Tree) -> Content:
    return Voice(words(tree, "MediaId"), words(tree, "Format"), words(tree, "Recognition"))


def _video(tree: Tree) -> Content:
    return Video(words(tree, "MediaId"), words(tree, "ThumbMediaId"))


def _position(tree: Tree) -> Content:
    latitude, longitude = _degrees(tree, "Location_X", 90), _degrees(tree, "Location_Y", 180)
    return Position(latitude, longitude, words(tree, "Label"))


def _link(tree: Tree) -> Content:
    return Link(words(tree, "Title"), words(tree, "Description"), words(tree, "Url"))


def _followed(tree: Tree) -> Content:
    # A scene may itself begin with the prefix: it is taken off once only.
    return Followed(words(tree, "EventKey").removeprefix(QR_PREFIX))


def _scanned(tree: Tree) -> Content:
    return Scanned(words(tree, "EventKey"))


def _viewed(tree: Tree) -> Content:
    return Viewed(words(tree, "EventKey"))


def _tapped(tree: Tree) -> Content:
    place = branch(tree, "SendLocationInfo")
    details = (
        words(branch(tree, "ScanCodeInfo"), "ScanResult")
        or words(branch(tree, "SendPicsInfo"), "Count")
        or words(place, "Poiname")
        or words(place, "Label")
    )
    return Tapped(words(tree, "EventKey"), event(tree), details)


def _mass_finished(tree: Tree) -> Content:
    counts = (_count(tree, name) for name in ("TotalCount", "FilterCount", "SentCount", "ErrorCount"))
    return MassFinished(message_id(tree), words(tree, "Status"), *counts)


def _publish_finished(tree: Tree) -> Content:
    info = branch(tree, "PublishEventInfo")
    status = words(info, "publish_status").strip()
    if not _COUNT.fullmatch(status):
        raise Misshapen("publish_status 不是数字")
    return PublishFinished(words(info, "publish_id"), int(status), words(info, "article_id"))


def _notice_finished(tree: Tree) -> Content:
    return NoticeFinished(message_id(tree), words(tree, "Status"))


def _subscribed(tree: Tree) -> Content:
    return Subscribed(event(tree), answers(tree))


def _withdrawn(tree: Tree) -> Content:
    openid = words(tree, "OpenID") or words(tree, "FromUserName")
    return Withdrawn(event(tree), openid, words(tree, "UnionID"), words(tree, "RevokeInfo"))


def _account_notice(tree: Tree) -> Content:
    reason = words(tree, "FailReason")
    when = words(tree, "ExpiredTime") or words(tree, "FailTime")
    return AccountNotice(event(tree), " ".join(filter(None, (when, reason))))


def _desk(tree: Tree) -> Content:
    return Desk(event(tree), words(tree, "KfAccount") or words(tree, "ToKfAccount"))


def event(tree: Tree) -> str:
    """Return the event's name in lower case: the platform is not of one mind about its case."""
    return words(tree, "Event").lower()


def _degrees(tree: Tree, name: str, most: int) -> float:
    written = words(tree, name).strip()
    if not _DEGREES.fullmatch(written) or abs(float(written)) > most:
        raise Misshapen(f"{name} 不是坐标")
    return float(written)


def _count(tree: Tree, name: str) -> int:
    # The platform's counts are off by its own word: a strange one is no reason to lose the event.
    written = words(tree, name).strip()
    return int(written) if _COUNT.fullmatch(written) else 0


MESSAGES: Final[dict[str, Callable[[Tree], Content]]] = {
    "text": _text,
    "image": _picture,
    "voice": _voice,
    "video": _video,
    "shortvideo": _video,
    "location": _position,
    "link": _link,
}

EVENTS: Final[dict[str, Callable[[Tree], Content]]] = {
    "subscribe": _followed,
    "unsubscribe": lambda _tree: Unfollowed(),
    "scan": _scanned,
    "location": lambda _tree: Located(),
    "click": _tapped,
    "scancode_push": _tapped,
    "scancode_waitmsg": _tapped,
    "pic_sysphoto": _tapped,
    "pic_photo_or_album": _tapped,
    "pic_weixin": _tapped,
    "location_select": _tapped,
    "view": _viewed,
    "view_miniprogram": _viewed,
    "masssendjobfinish": _mass_finished,
    "publishjobfinish": _publish_finished,
    "templatesendjobfinish": _notice_finished,
    "subscribe_msg_popup_event": _subscribed,
    "subscribe_msg_change_event": _subscribed,
    "subscribe_msg_sent_event": _subscribed,
    "user_info_modified": _withdrawn,
    "user_authorization_revoke": _withdrawn,
    "user_authorization_cancellation": _withdrawn,
    "qualification_verify_success": _account_notice,
    "qualification_verify_fail": _account_notice,
    "naming_verify_success": _account_notice,
    "naming_verify_fail": _account_notice,
    "annual_renew": _account_notice,
    "verify_expired": _account_notice,
    "kf_create_session": _desk,
    "kf_close_session": _desk,
    "kf_switch_session": _desk,
}
