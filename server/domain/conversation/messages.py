"""What a follower or the platform tells the account, as plain values (fact sheet 1.6 and 1.7)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Text:
    """Words that a person typed, or tapped in a message menu."""

    words: str
    menu_item: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture; only its address and media id reach us."""

    url: str
    media: str


@dataclass(frozen=True, slots=True)
class Voice:
    """A spoken message; `recognised` is empty unless the account still has speech recognition."""

    media: str
    format: str
    recognised: str = ""


@dataclass(frozen=True, slots=True)
class Video:
    """A video or short video."""

    media: str
    thumb: str


@dataclass(frozen=True, slots=True)
class Position:
    """A place that a person chose to send."""

    latitude: float
    longitude: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link that a person shared."""

    title: str
    description: str
    url: str


@dataclass(frozen=True, slots=True)
class Followed:
    """The person follows the account; `scene` is the scene of a scanned code, without its prefix."""

    scene: str = ""


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """The person left the account."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """A person who already follows scanned a code of ours."""

    scene: str


@dataclass(frozen=True, slots=True)
class Tapped:
    """A menu button that answers: click and the scancode and picture kinds (`kind` in lower case)."""

    key: str
    kind: str = "click"
    details: str = ""


@dataclass(frozen=True, slots=True)
class Viewed:
    """A menu button that only opens a page or a mini-program; it grants no allowance."""

    url: str


@dataclass(frozen=True, slots=True)
class Located:
    """The position event WeChat sends by itself; positions are counted, never stored."""


@dataclass(frozen=True, slots=True)
class MassFinished:
    """MASSSENDJOBFINISH: what became of a mass send; counts are slightly off by the platform's own word."""

    message: str
    status: str
    total: int = 0
    filtered: int = 0
    sent: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class PublishFinished:
    """PUBLISHJOBFINISH: what became of a publish; status 0 is done."""

    publish: str
    status: int
    article: str = ""


@dataclass(frozen=True, slots=True)
class NoticeFinished:
    """TEMPLATESENDJOBFINISH: what became of a template message."""

    message: str
    status: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """One answer of a person about one notice template, or what became of one notice."""

    template: str
    answer: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """subscribe_msg_popup / change / sent events: several answers at once; `kind` in lower case."""

    kind: str
    answers: tuple[Subscription, ...]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """user_info_modified, user_authorization_revoke or _cancellation: local data must be cleaned."""

    kind: str
    openid: str
    unionid: str = ""
    scopes: str = ""


@dataclass(frozen=True, slots=True)
class AccountNotice:
    """The life of the account's verification; a human has to look (`kind` in lower case)."""

    kind: str
    details: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """A customer-service session opened, closed or was handed over (`kind` in lower case)."""

    kind: str
    account: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A kind we do not know: kept, sealed, and answered `success`."""

    kind: str
    raw: str


Content = (
    Text | Picture | Voice | Video | Position | Link
    | Followed | Unfollowed | Scanned | Tapped | Viewed | Located
    | MassFinished | PublishFinished | NoticeFinished | Subscribed
    | Withdrawn | AccountNotice | Desk | Unknown
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heard:
    """One message as the account heard it.

    `key` is the platform's identity of it (fact sheet 1.4) and begins with the sender's openid; `created` is
    WeChat's own `CreateTime` (epoch seconds); `arrived` is our clock's instant.
    """

    key: str
    openid: str
    account: str
    created: int
    arrived: datetime
    content: Content
