"""What the account says, as plain values that any channel can carry."""

from dataclasses import dataclass

TEXT_BYTES = 2048  # of UTF-8; passive and customer-service texts alike (fact sheet 1.5 and 6)


@dataclass(frozen=True, slots=True)
class Words:
    """A text; line breaks and `<a href>` are kept by WeChat."""

    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """One article card: title, a line below it, picture and page."""

    title: str
    description: str
    picture: str
    url: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture already uploaded to WeChat."""

    media: str


Saying = Words | Card | Picture


def cut(text: str, limit: int = TEXT_BYTES) -> str:
    """Return the text if it fits into `limit` bytes of UTF-8, else its longest start that does, ending in …."""
    raw = text.encode()
    if len(raw) <= limit:
        return text
    ellipsis = "…"
    return raw[: limit - len(ellipsis.encode())].decode(errors="ignore") + ellipsis


def fold(first: Saying, rest: tuple[Saying, ...]) -> Words:
    """Say everything in one text, where no further message may follow: words as they are, a card as a link."""
    return Words(cut("\n\n".join(_plain(saying) for saying in (first, *rest) if _plain(saying))))


def _plain(saying: Saying) -> str:
    match saying:
        case Words(text):
            return text
        case Card(title, _, _, url):
            return f'<a href="{url}">{title}</a>'
        case Picture():
            return ""
