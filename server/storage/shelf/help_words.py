"""screening/replies.yaml, talk.yaml and rights.yaml: the words of help, read and checked together."""

from collections.abc import Iterator, Mapping

from server.domain.help.folding import fold
from server.domain.help.rights import Pair, Rights, RightsList, Topic
from server.domain.help.words import CHOICES, Card, HelpWords, PresenceKind, TalkKey, TalkWords, Unread
from server.storage.shelf.desk import Desk
from server.storage.shelf.help_texts import Rooms, Wordings, check_names, several, texts, wordings
from server.storage.shelf.sheet import Counts, Sheet
from server.storage.shelf.sources import origin

_CARDS: Mapping[str, Wordings] = {
    Card.OWN: wordings("lines choices presence", least=4),
    Card.THREAT: wordings("lines choices presence"),
    Card.VIOLENCE: wordings("lines choices presence"),
    Card.SOMEBODY: wordings("lines call_back presence"),
    Card.ASKING: wordings("lines choices presence"),
    Card.WATCH: wordings("lines danger", least=3),
}
_UNREAD: Mapping[str, Wordings] = dict.fromkeys(Unread, wordings("lines"))
_ANSWERS: Mapping[str, Wordings] = {
    TalkKey.SAFE: wordings("number"),
    TalkKey.UNSAFE: wordings("lines"),
    TalkKey.COMPANY: wordings("number"),
    TalkKey.ALONE: wordings("number"),
    TalkKey.UNANSWERED: wordings("lines"),
    TalkKey.EXHAUSTED: wordings("lines"),
    TalkKey.CALL_BACK: wordings("number"),
    TalkKey.CALL_BACK_TAKEN: wordings("presence"),
    TalkKey.CALL_BACK_UNCLEAR: wordings("number"),
    TalkKey.CALL_BACK_IMPOSSIBLE: wordings("lines"),
    TalkKey.MISTAKEN: wordings("number"),
    TalkKey.CLOSING: wordings("number"),
    TalkKey.LISTENING: wordings("choices number"),
    TalkKey.NO_SUCH_CHOICE: wordings("choices number"),
}
_RIGHTS_ANSWER = wordings("lines")
_NUMBER, _NUMBER_AND_WHEN = frozenset({"number"}), frozenset({"number", "time", "when"})
_LABEL, _SENTENCE, _PRESENCE = 16, 60, 120
_RIGHTS_LISTS = ("workplaces", "wronged", "claimed", "asked", "false_friends", "elsewhere", "nevertheless")
_SOME, _ANY = Counts(1, 300, 14), Counts(0, 300, 14)
_NO_TALK = TalkWords("", {}, "", {}, {})
_NOTHING = HelpWords({}, {}, {}, "", "", _NO_TALK, Rights(RightsList()), {})


def read(desk: Desk) -> HelpWords:
    """Return the words of help; every fault is noted with its file and line."""
    pages = [desk.sheet(f"screening/{name}.yaml") for name in ("replies", "talk", "rights")]
    replies, talk, rights = pages
    if replies is None or talk is None or rights is None:
        return _NOTHING
    said = _presence(replies.sheet("presence"))
    danger, none_open = (replies.words(key, longest=_SENTENCE) for key in ("danger", "none_open"))
    heading, labels, call_back = _choices(talk.sheet("choices"))
    listed = "\n".join((heading, *(f"1 {label}" for label in labels.values())))
    rooms = Rooms(listed, call_back, max(said.values(), key=len), danger)
    topics, answers = _rights(rights, rooms)
    words = HelpWords(
        cards=texts(replies.sheet("cards"), _CARDS, rooms),
        unread=texts(replies.sheet("unread"), _UNREAD, rooms),
        presence=said,
        none_open=none_open,
        danger=danger,
        talk=TalkWords(
            heading, labels, call_back, _meant(talk.sheet("meant")), texts(talk.sheet("answers"), _ANSWERS, rooms)
        ),
        rights=Rights(topics),
        rights_answers=answers,
    )
    for page in (replies, talk, rights):
        origin(page, {})
        page.close()
    return words


def _presence(sheet: Sheet) -> Mapping[str, str]:
    found = {}
    for kind in PresenceKind:
        text = found[kind.value] = sheet.words(kind, longest=_PRESENCE)
        if text:
            names = _NUMBER_AND_WHEN if kind is PresenceKind.NOBODY_NOW_UNTIL else _NUMBER
            check_names(sheet, kind, text, names)
        if text and not text.endswith("\n{number}"):
            sheet.note(f"{kind} 要以单独一行的 {{number}} 结尾，那是手机上最后看到的", kind)
    sheet.close()
    return found


def _choices(sheet: Sheet) -> tuple[str, Mapping[str, str], str]:
    """Return what stands above the choices, their labels, and how to ask for a call."""
    heading, call_back = sheet.words("heading", longest=_SENTENCE), sheet.words("call_back", longest=_SENTENCE)
    listed = sheet.sheet("labels")
    labels = {key: listed.words(key, longest=_LABEL) for key in CHOICES}
    listed.close()
    sheet.close()
    return heading, labels, call_back


def _meant(sheet: Sheet) -> Mapping[str, TalkKey]:
    """Return the answer that each folded word means; no word means two."""
    found: dict[str, TalkKey] = {}
    for key in sheet.names():
        if key not in set(TalkKey):
            sheet.note(f"{key} 不是 answers 里的一项", key)
            continue
        for word in sheet.several(key, _SOME):
            folded = fold(word)
            if word and not folded:
                sheet.note(f"“{word}”里没有可以比对的字", key)
            if found.setdefault(folded, TalkKey(key)) != key:
                sheet.note(f"“{word}”写在了两处", key)
    return found


def _rights(page: Sheet, rooms: Rooms) -> tuple[RightsList, Mapping[str, tuple[str, ...]]]:
    answers: dict[str, tuple[str, ...]] = {}
    topics = tuple(_topics(page, rooms, answers))
    lists = {key: page.several(key, _ANY) for key in _RIGHTS_LISTS}
    return RightsList(topics, **lists), answers


def _topics(page: Sheet, rooms: Rooms, answers: dict[str, tuple[str, ...]]) -> Iterator[Topic]:
    for sheet in page.sheets("topics"):
        id_ = sheet.words("id", longest=20)
        if id_ in answers:
            sheet.note(f"{id_} 写了两次", "id")
        words, matters, stakes = (_words(sheet, key, _ANY) for key in ("words", "matters", "stakes"))
        yield Topic(id_, words, matters, stakes, tuple(_pairs(sheet)) if "pairs" in sheet else ())
        answers[id_] = several(sheet, "answers", _RIGHTS_ANSWER, rooms)
        sheet.close()


def _pairs(sheet: Sheet) -> Iterator[Pair]:
    for each in sheet.sheets("pairs"):
        yield Pair(_words(each, "one", _SOME), each.several("other", _SOME))
        each.close()


def _words(sheet: Sheet, key: str, counts: Counts) -> tuple[str, ...]:
    """Return words that are looked for by their first two characters, and so have at least two."""
    found = sheet.several(key, counts)
    for word in filter(None, found):
        if len(fold(word)) < 2:
            sheet.note(f"“{word}”太短，会认错", key)
    return found
