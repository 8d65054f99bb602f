"""The rules of help: what somebody in danger, or who speaks of danger, is answered before anything else."""

from dataclasses import replace
from datetime import datetime

from server.domain.care import talk as supporting
from server.domain.care.duty import There
from server.domain.care.talk import Support, SupportTurn
from server.domain.conversation.messages import Link, Picture, Position, Voice
from server.domain.conversation.model import Ask, Deed, KeepVoice, RaiseConcern, Turn
from server.domain.conversation.numbers import number, plain
from server.domain.conversation.scene import House, Scene
from server.domain.conversation.talk import is_open
from server.domain.conversation.wanting import word_of
from server.domain.help import replies
from server.domain.help.replies import Situation, turn_of
from server.domain.help.screening import Grade, Judgement, Kind
from server.domain.help.words import Card, PresenceKind, TalkKey, Unread
from server.domain.post.saying import Words

_PRESENCES = {
    There.NOBODY_HERE: PresenceKind.NOBODY_HERE,
    There.NOBODY_NOW: PresenceKind.NOBODY_NOW_UNTIL,
    There.SOMEBODY_ON_DUTY: PresenceKind.SOMEBODY_ON_DUTY,
    There.TAKEN: PresenceKind.TAKEN,
}
_CARDS = {
    Kind.THREAT: Card.THREAT,
    Kind.VIOLENCE: Card.VIOLENCE,
    Kind.SOMEBODY: Card.SOMEBODY,
    Kind.ASKING: Card.ASKING,
}
_FOR_DUTY = frozenset({Kind.THREAT, Kind.VIOLENCE})
_ONLY_SUSPECTED = frozenset({"model", "disguised"})  # reasons that are no phrase of the lexicon
_UNREAD = {Voice: Unread.VOICE, Picture: Unread.PICTURE, Link: Unread.LINK, Position: Unread.POSITION}


def is_for_duty(judgement: Judgement) -> bool:
    """Tell whether duty staff must hear of it: the writer's life is in danger, another's, or somebody hurts them.

    A threat or violence that the model alone suspects wakes nobody: being scolded in front of others reads much alike.
    """
    if judgement.grade is Grade.OTHER:
        return judgement.kind in _FOR_DUTY and not _is_only_suspected(judgement)
    return judgement.grade is Grade.URGENT


def out_of_memory(house: House, judgement: Judgement, now: datetime, key: str) -> Words:
    """Return the help reply that needs nothing read: given where the store does not answer in time."""
    situation = _situation(house, now, is_taken=False)
    return Words(replies.card(house.help_words, _card(judgement), situation, turn_of(key)))


def help_first(scene: Scene) -> Turn | None:
    """Answer words of danger with a card of its kind, the lines that are open, and what can be chosen.

    A person who is only in a bad way gets a gentle answer, and no talk is begun.
    """
    judgement, words = scene.judgement, scene.house.help_words
    if judgement.grade is Grade.NONE:
        return None
    card = _card(judgement)
    if card is Card.WATCH:
        return Turn(Words(replies.card(words, card, _here(scene), turn_of(scene.heard.key))))
    support = supporting.offered(scene.support, scene.now, card)
    text = replies.card(words, card, _here(scene), support.shown - 1)
    deeds: tuple[Deed, ...] = ()
    if is_for_duty(judgement):
        deeds = (RaiseConcern(judgement.grade, judgement.kind or Kind.OWN),)
    return Turn(Words(text), dialogue=Ask(scene.talk, support), deeds=deeds)


def guided_talk(scene: Scene) -> Turn | None:
    """Take the message as an answer in the guided talk; the account's own words go their way as always."""
    support = scene.support
    if support is None or not scene.words or word_of(scene) is not None or _is_asked_elsewhere(scene, support):
        return None
    meant = replies.meant(scene.house.help_words.talk, scene.words)
    said = supporting.Said(number(scene.words), plain(scene.words), meant)
    turn = supporting.answer(support, said, scene.house.duty.setting, scene.now)
    return _told(scene, turn) if turn else None


def _told(scene: Scene, turn: SupportTurn) -> Turn:
    words, situation = scene.house.help_words, replace(_here(scene), kind=turn.support.card)
    support, deeds = turn.support, (turn.wish,) if turn.wish else ()
    if turn.key is TalkKey.UNANSWERED:
        following = replies.unanswered(words, situation, support.tried, support.shown)
        return Turn(Words(following.text), dialogue=Ask(scene.talk, replace(support, tried=following.tried)))
    text = replies.talk(words, turn.key, situation, support.shown)
    return Turn(Words(text), dialogue=Ask(scene.talk, support), deeds=deeds)


def tender(scene: Scene) -> Turn | None:
    """Answer whoever was in danger within the day by this talk alone: no feed, no invitation, no joke."""
    if scene.support is None or not scene.words:
        return None
    heard = replace(scene.support, shown=scene.support.shown + 1)  # so that it never says the same twice running
    situation = replace(_here(scene), kind=heard.card)
    text = replies.talk(scene.house.help_words, TalkKey.LISTENING, situation, heard.shown)
    return Turn(Words(text), dialogue=Ask(scene.talk, heard))


def rights(scene: Scene) -> Turn | None:
    """Answer unpaid wages, injury, dismissal with numbers that help: advice to relax is no answer to them."""
    words = scene.house.help_words
    topic = words.rights.topic(scene.words) if scene.words else None
    return Turn(Words(replies.rights(words, topic, _here(scene), turn_of(scene.heard.key)))) if topic else None


def unreadable(scene: Scene) -> Turn | None:
    """Say honestly what cannot be read here, with a line to call; a voice is kept for duty staff."""
    content = scene.heard.content
    kind = _UNREAD.get(type(content))
    if kind is None or scene.words:
        return None
    text = replies.unread(scene.house.help_words, kind, _here(scene), turn_of(scene.heard.key))
    deeds = (KeepVoice(content.media, content.format),) if isinstance(content, Voice) else ()
    return Turn(Words(text), deeds=deeds)


def _is_gentle(judgement: Judgement) -> bool:
    if judgement.grade is Grade.OTHER:
        return _is_only_suspected(judgement)
    return judgement.grade is Grade.WATCH and judgement.kind is not Kind.ASKING


def _is_only_suspected(judgement: Judgement) -> bool:
    """Tell whether no phrase says it: a quarrel at home reads much like worse, and begins no talk about it."""
    return _ONLY_SUSPECTED.issuperset(judgement.reasons)


def _card(judgement: Judgement) -> Card:
    if _is_gentle(judgement):
        return Card.WATCH
    return _CARDS.get(judgement.kind, Card.OWN) if judgement.kind else Card.OWN


def _here(scene: Scene) -> Situation:
    return _situation(scene.house, scene.now, is_taken=scene.shown.is_taken)


def _situation(house: House, now: datetime, *, is_taken: bool) -> Situation:
    there = house.duty.presence(now, taken=is_taken)
    choices = supporting.choices(house.duty.setting)
    return Situation(house.lines, now, _PRESENCES[there.there], there.until, choices)


def _is_asked_elsewhere(scene: Scene, support: Support) -> bool:
    """Tell whether another question was put after the talk's last answer: a number belongs to that one."""
    return scene.talk is not None and is_open(scene.talk, scene.now) and scene.talk.asked_at > support.asked_at
