"""The one ordered page of what the account says. The first rule that answers wins; help comes first."""

from collections.abc import Callable
from dataclasses import replace

from server.domain.care.talk import Support
from server.domain.conversation import booking_talk as talking
from server.domain.conversation import helping
from server.domain.conversation.booking_questions import question
from server.domain.conversation.messages import (
    Followed,
    MassFinished,
    Scanned,
    Tapped,
    Text,
    Unfollowed,
    Video,
)
from server.domain.conversation.model import (
    Ask,
    BookHour,
    CancelHour,
    Deed,
    Move,
    SettleMass,
    Turn,
)
from server.domain.conversation.numbers import number
from server.domain.conversation.scene import Scene
from server.domain.conversation.talk import Book, Cancel, Step, TalkTurn, is_open
from server.domain.conversation.wanting import word_of
from server.domain.conversation.wordings import ArticleRef
from server.domain.help.lines import listing
from server.domain.people.model import followed, unfollowed
from server.domain.post.saying import TEXT_BYTES, Saying, Words
from server.domain.publishing.ports import MassEvent

Rule = Callable[[Scene], Turn | None]

_NOTHING_OPEN = "刚才已经离开预约了，没有约下任何时间。想约的时候，再回复“预约”。"


def work_out(scene: Scene) -> Turn:
    """Return what this message does."""
    for rule in RULES:
        turn = rule(scene)
        if turn is not None:
            return turn
    return Turn(None)


# What the platform tells: coming, leaving, and what became of a mass send.


def coming_and_leaving(scene: Scene) -> Turn | None:
    """Greet who comes, note who leaves; an event older than the newest known changes nothing."""
    match scene.heard.content:
        case Followed():
            moved = followed(scene.follower, scene.heard.created)
            text = scene.house.welcome.again if scene.follower.event_at else scene.house.welcome.first
            rest = (scene.shown.today,) if scene.shown.today and scene.support is None else ()
            return Turn(Words(text), rest=rest, deeds=_moves(scene, moved == scene.follower, Move(moved)))
        case Unfollowed():
            moved = unfollowed(scene.follower, scene.heard.created)
            return Turn(None, deeds=_moves(scene, moved == scene.follower, Move(moved)))
        case Scanned():
            return Turn(Words(scene.house.welcome.help))
        case _:
            return None


def _moves(scene: Scene, is_same: bool, deed: Move) -> tuple[Deed, ...]:
    return () if is_same or scene.heard.created < scene.follower.event_at else (deed,)


def mass_finished(scene: Scene) -> Turn | None:
    """Join what became of a mass send to its edition."""
    match scene.heard.content:
        case MassFinished(message, status, total, filtered, sent, failed):
            good = status.strip().lower() == "send success"
            return Turn(None, deeds=(SettleMass(MassEvent(message, good, status, total, filtered, sent, failed)),))
        case _:
            return None


# 2. The open question.


def open_question(scene: Scene) -> Turn | None:
    """Take the message as the answer to the open question, if it is one."""
    words, agenda = scene.words, scene.shown.agenda
    if not words or agenda is None or scene.talk is None:
        return _lost_to_leaving(scene, words)
    if scene.refused and scene.talk.step is Step.CONFIRM:
        return _talked(talking.lost(scene.talk, agenda, scene.now), scene.support)
    turn = talking.step(scene.talk, words, agenda, scene.now)
    if turn is None:
        return None
    if scene.came_too_late and is_open(scene.talk, scene.now):
        return Turn(Words(question(scene.talk, agenda, scene.now)))
    return _talked(turn, scene.support)


def _lost_to_leaving(scene: Scene, words: str) -> Turn | None:
    """Tell somebody whose answer crossed with their own leaving that nothing was booked."""
    if scene.lost and scene.talk is None and number(words) is not None:
        return Turn(Words(_NOTHING_OPEN))
    return None


def _talked(turn: TalkTurn, support: Support | None) -> Turn:
    deeds: tuple[Deed, ...] = ()
    match turn.wish:
        case Book(slot):
            deeds = (BookHour(slot.expert, slot.start),)
        case Cancel(booking):
            deeds = (CancelHour(booking),)
    return Turn(Words(turn.text), dialogue=Ask(turn.talk, support), deeds=deeds)


# 3. Menu keys and words.


def word_or_key(scene: Scene) -> Turn | None:
    """Answer the account's own words, typed or tapped; an open question stays open."""
    match word_of(scene):
        case "今日":
            return _today(scene)
        case "文章":
            return _articles(scene)
        case "热线":
            return Turn(Words(listing(scene.house.lines, scene.now)))
        case "帮助":
            return Turn(Words(scene.house.welcome.help))
        case "预约" | "我的" | "取消" as word:
            return _booking(scene, word)
        case _:
            return None


def _today(scene: Scene) -> Turn:
    line = (Words(f"每日一语：{scene.shown.line}"),) if scene.shown.line else ()
    if scene.shown.today is not None:
        return Turn(scene.shown.today, rest=line)
    return Turn(Words("\n\n".join(("今天的文章还没有到，每天早上来看看。", *(each.text for each in line)))))


def _articles(scene: Scene) -> Turn:
    if not scene.shown.articles:
        return Turn(Words("这里还没有可以看的文章，过几天再来看看。"))
    text = "点开就能看："
    for card in scene.shown.articles:
        longer = f'{text}\n· <a href="{card.url}">{card.title}</a>'
        if len(longer.encode()) > TEXT_BYTES:  # a link that is cut in two shows its code
            break
        text = longer
    return Turn(Words(text))


def _booking(scene: Scene, word: str) -> Turn:
    agenda = scene.shown.agenda
    if agenda is None:
        raise LookupError(word)
    if word == "我的":
        return Turn(Words(talking.mine(agenda, scene.now)))
    opened = talking.open_booking if word == "预约" else talking.open_cancelling
    return _talked(opened(agenda, scene.now), scene.support)


# 4. Replies of the library.


def rights_first(scene: Scene) -> Turn | None:
    """Answer what is a matter of rights by numbers that help; an open question is repeated below."""
    turn = helping.rights(scene)
    return _with_question(scene, turn.reply) if turn and turn.reply else None


def reply_rules(scene: Scene) -> Turn | None:
    """Answer what the library knows an answer to; an open question is repeated below."""
    if isinstance(scene.answer, ArticleRef):
        return _with_question(scene, scene.shown.card) if scene.shown.card else None
    return _with_question(scene, Words(scene.answer)) if scene.answer else None


# 5. What cannot be read, and the honest fallback.


def unreadable(scene: Scene) -> Turn | None:
    """Say honestly what cannot be read here."""
    turn = helping.unreadable(scene)
    if turn is not None and turn.reply is not None:
        return replace(_with_question(scene, turn.reply), deeds=turn.deeds)
    match scene.heard.content:
        case Video() | Tapped():
            return _with_question(scene, Words(scene.house.welcome.other))
        case _:
            return None


def fallback(scene: Scene) -> Turn | None:
    """Offer a person and the hotline to words that nothing else answers."""
    if scene.words or isinstance(scene.heard.content, Text):
        return _with_question(scene, Words(scene.house.welcome.fallback_for(scene.heard.key)))
    return None


RULES: tuple[Rule, ...] = (
    helping.help_first,
    coming_and_leaving,
    mass_finished,
    helping.guided_talk,
    open_question,
    word_or_key,
    rights_first,
    helping.tender,
    reply_rules,
    unreadable,
    fallback,
)


def _with_question(scene: Scene, saying: Saying) -> Turn:
    """Say it, and put the open question again below."""
    agenda = scene.shown.agenda
    if scene.talk is None or agenda is None or not is_open(scene.talk, scene.now):
        return Turn(saying)
    again = question(scene.talk, agenda, scene.now)
    if isinstance(saying, Words):
        return Turn(Words(f"{saying.text}\n\n——\n{again}"))
    return Turn(saying, rest=(Words(again),))
