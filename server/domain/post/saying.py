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
    """Return the text if it fits into `limit` bytes of UTF-8, else its longest start that does, ending in ….

    Where there is no room for that sign either, nothing is left.
    """
    raw = text.encode()
    if len(raw) <= limit:
        return text
    ellipsis = "…"
    room = limit - len(ellipsis.encode())
    return raw[:room].decode(errors="ignore") + ellipsis if room >= 0 else ""


def fold(first: Saying, rest: tuple[Saying, ...]) -> Words:
    """Say everything in one text, where no further message may follow: words as they are, a card as a link.

    What does not fit is left out: words at their end, a link as a whole.
    """
    text = ""
    for saying in (first, *rest):
        before = f"{text}\n\n" if text else ""
        part = _fitting(saying, TEXT_BYTES - len(before.encode()))
        text = before + part if part else text
    return Words(text)


def _fitting(saying: Saying, room: int) -> str:
    match saying:
        case Words(text):
            return cut(text, room)
        case Card(title, _, _, url):
            link = f'<a href="{url}">{title}</a>'
            return link if len(link.encode()) <= room else ""
        case Picture():
            return ""
