"""One message, one turn: read, work out, store everything at once, then answer."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from server.domain import ids
from server.domain.booking.model import Slot
from server.domain.booking.service import BookingService, Order
from server.domain.care import duty_talk
from server.domain.care.model import Cry
from server.domain.care.service import Care, Wish
from server.domain.care.talk import AskCallBack, Mistaken
from server.domain.care.voices import Voice, VoiceService
from server.domain.clock import Clock, day
from server.domain.conversation.composing import compose
from server.domain.conversation.helping import out_of_memory
from server.domain.conversation.messages import Heard, MassFinished, NoticeFinished, PublishFinished
from server.domain.conversation.model import (
    Ask,
    BookHour,
    CancelHour,
    Deed,
    Dialogue,
    Entry,
    KeepVoice,
    Meet,
    Move,
    RaiseConcern,
    Release,
    Reply,
    SettleMass,
    Turn,
    act_of,
    words_of,
)
from server.domain.conversation.patience import Patience
from server.domain.conversation.ports import (
    AlreadyTold,
    Bookshelf,
    Dialogues,
    Messages,
    MovedOn,
    People,
    Spool,
)
from server.domain.conversation.rules import work_out
from server.domain.conversation.scene import Scene, Shown, Want
from server.domain.conversation.wanting import article_of, wants
from server.domain.help.screening import Grade, Judgement
from server.domain.later import Later
from server.domain.people.model import Follower
from server.domain.post.model import Row
from server.domain.post.ports import Rows
from server.domain.post.saying import Saying, Words
from server.domain.post.window import ALLOWANCES, Act
from server.domain.publishing.service import Publishing
from server.domain.refusals import Refusal, Unavailable
from server.domain.together import Together

TRIES = 5
ANSWER_SECONDS = 3.5  # from arrival; then WeChat is asked to repeat
HELP_SECONDS = 3.0  # from arrival; then help leaves though nothing could be stored
_OF_THE_PLATFORM = (MassFinished, PublishFinished, NoticeFinished)


@dataclass(frozen=True, slots=True)
class Conversation:
    """Hears what is said to the account and answers it; a message heard twice has one effect."""

    messages: Messages
    dialogues: Dialogues
    people: People
    shelf: Bookshelf
    booking: BookingService
    publishing: Publishing
    care: Care
    voices: VoiceService
    spool: Spool
    rows: Rows
    together: Together
    later: Later
    clock: Clock
    mark: Callable[[str], str]
    randomness: Callable[[int], bytes]
    patience: Patience = field(default_factory=Patience)

    def cause(self, heard: Heard) -> str:
        """Return the name by which logs and rows speak of this message."""
        return self.mark(heard.key)

    async def hear(self, heard: Heard) -> Reply:
        """Return the reply to this message, stored with all its effects.

        Raises `Unavailable` when that could not be done in time. Words that speak of danger are answered all the
        same, out of memory, three seconds after they arrived; their turn waits in the spool.
        """
        await asyncio.sleep(0)  # what came together is judged one after the other, the tables warm: a sixth of the CPU
        judgement = self._judged(heard)
        is_help = judgement.grade is not Grade.NONE
        try:
            return await self.patience.within(HELP_SECONDS if is_help else ANSWER_SECONDS, self._turn(heard, judgement))
        except Exception as fault:  # whatever fails here, help leaves
            if is_help:
                return await self._out_of_memory(heard, judgement)
            if isinstance(fault, TimeoutError):
                raise Unavailable("现在有点忙，请稍后再试。") from fault
            raise

    async def _out_of_memory(self, heard: Heard, judgement: Judgement) -> Reply:
        reply = Reply(out_of_memory(self.shelf.house(), judgement, heard.arrived, heard.key), heard.arrived)
        await self.spool.keep(self.cause(heard), heard, reply)
        return reply

    def _judged(self, heard: Heard) -> Judgement:
        return self.shelf.house().screening.judge(words_of(heard.content))

    async def recall(self, heard: Heard, given: Reply) -> None:
        """Store the turn of a message that was answered out of memory, with the reply that was given; once.

        Raises `Unavailable` while that cannot be done.
        """
        try:
            await self.patience.within(ANSWER_SECONDS, self._turn(heard, self._judged(heard), given))
        except TimeoutError as fault:
            raise Unavailable("现在有点忙，请稍后再试。") from fault

    async def _turn(self, heard: Heard, judgement: Judgement, given: Reply | None = None) -> Reply:
        lost = refused = False
        for _ in range(TRIES):
            try:
                scene = await self._scene(heard, judgement, lost=lost, refused=refused)
                return await self._at_the_desk(scene, given) or await self._try(scene, given)
            except AlreadyTold:
                kept = await self.messages.reply_to(heard)
                if kept is not None:
                    return kept
            except MovedOn:
                lost = True
            except Unavailable:
                raise
            except Refusal:
                # The database decided otherwise than the turn was worked out: read and work out anew, so that
                # the reply tells what it decided.
                refused = True
        raise Unavailable("现在有点忙，请稍后再试。")

    async def _try(self, scene: Scene, given: Reply | None) -> Reply:
        turn = self._completed(scene, compose(work_out(scene), act_of(scene.heard.content)))
        reply = given or Reply(turn.reply, scene.heard.arrived)
        entry = self._entry(scene, reply)
        if turn.only_answers:
            await self.messages.keep(entry)
            return reply

        async def deed() -> list[str]:
            await self.messages.add(entry)
            return await self._effects(scene, turn, entry)

        await self.later.soon("post", await self.together(deed))
        return reply

    async def _at_the_desk(self, scene: Scene, given: Reply | None) -> Reply | None:
        """Do and answer what a person of the duty writes; None where it is nobody's command."""
        word = duty_talk.read(scene.words)
        if word is None:
            return None

        async def deed() -> tuple[Reply, list[str]] | None:
            said = await self.care.answering.answer(word, scene.follower.worker, self.cause(scene.heard))
            if said is None:
                return None
            turn = self._completed(scene, Turn(Words(said)))
            entry = self._entry(scene, given or Reply(turn.reply, scene.heard.arrived))
            await self.messages.add(entry)
            return entry.reply, await self._effects(scene, turn, entry)

        done = await self.together(deed)
        if done is None:
            return None
        reply, send = done
        await self.later.soon("post", send)
        return reply

    def _entry(self, scene: Scene, reply: Reply) -> Entry:
        heard = scene.heard
        return Entry(heard, scene.follower.worker, self.cause(heard), act_of(heard.content), reply)

    async def _scene(self, heard: Heard, judgement: Judgement, *, lost: bool, refused: bool) -> Scene:
        now = self.clock.now()
        known = await self.people.find(heard.openid)
        follower = known or self._stranger(heard, now)
        dialogue = await self.dialogues.find(follower.worker) if known else None
        scene = Scene(
            heard,
            now,
            follower,
            dialogue,
            self.shelf.house(),
            judgement,
            lost=lost,
            refused=refused,
            is_stranger=known is None,
        )
        wanted = wants(scene)
        return replace(scene, shown=await self._shown(scene, wanted)) if wanted else scene

    def _stranger(self, heard: Heard, now: datetime) -> Follower:
        """Return a person seen for the first time, with a worker id of ours."""
        worker = ids.make("w", now, self.randomness(10))
        return Follower(heard.openid, worker, follows=True, event_at=0, seen_first=now)

    async def _shown(self, scene: Scene, wanted: frozenset[Want]) -> Shown:
        shown = Shown()
        if Want.AGENDA in wanted:
            shown = replace(shown, agenda=await self.booking.scene(scene.follower.worker))
        if Want.POOL in wanted:
            shown = replace(shown, agenda=await self.booking.bare_scene(scene.follower.worker))
        if Want.TODAY in wanted:
            line = self.shelf.line_of_the_day(str(day(scene.now)))
            shown = replace(shown, today=await self.publishing.todays_card(), line=line)
        if Want.ARTICLES in wanted:
            shown = replace(shown, articles=await self.publishing.cards())
        if Want.CARD in wanted and (article := article_of(scene)) is not None:
            shown = replace(shown, card=await self.publishing.card(article))
        if Want.TAKER in wanted:
            shown = replace(shown, is_taken=await self.care.is_taken(scene.follower.worker))
        return shown

    def _completed(self, scene: Scene, turn: Turn) -> Turn:
        """Add what every first or awaited message does besides: meeting the person, letting go what waited."""
        deeds = turn.deeds
        if scene.is_stranger and not isinstance(scene.heard.content, _OF_THE_PLATFORM):
            deeds = (Meet(scene.follower), *deeds)
        if scene.follower.owed and act_of(scene.heard.content):
            deeds = (*deeds, Release())
        return replace(turn, deeds=deeds)

    async def _effects(self, scene: Scene, turn: Turn, entry: Entry) -> list[str]:
        """Write what the turn does beside the message's row, within its transaction; return rows to send soon."""
        if turn.dialogue is not None:
            await self._ask(scene, turn.dialogue)
        send = [await self._say(entry, number, saying) for number, saying in enumerate(turn.rest)]
        for deed in turn.deeds:
            send += await self._do(deed, scene, entry)
        return send

    async def _ask(self, scene: Scene, ask: Ask) -> None:
        read = scene.dialogue.version if scene.dialogue else 0
        asked = scene.heard.created
        await self.dialogues.save(Dialogue(scene.follower.worker, read + 1, ask.talk, asked, ask.support), read)

    async def _say(self, entry: Entry, number: int, saying: Saying) -> str:
        allowance = ALLOWANCES[entry.act or Act.MESSAGE]
        at = entry.reply.at
        row = Row(
            id=f"{entry.cause}:{number}",
            worker=entry.worker,
            saying=saying,
            why="rest",
            cause=entry.cause,
            due=at,
            expires=at + max(allowance.within, timedelta(minutes=1)),
        )
        await self.rows.add(row)
        return row.id

    async def _do(self, deed: Deed, scene: Scene, entry: Entry) -> list[str]:
        match deed:
            case Meet(follower):
                await self.people.add(follower)
            case Move(follower):
                await self.people.save(follower)
            case BookHour(expert, start):
                booking = ids.from_cause("bk", datetime.fromtimestamp(scene.heard.created, UTC), entry.cause)
                await self.booking.book(Order(booking, entry.worker, Slot(start, expert)))
            case CancelHour(booking):
                await self.booking.cancel(entry.worker, booking)
            case SettleMass(event):
                await self.publishing.finished(event)
            case RaiseConcern() | AskCallBack() | Mistaken() | KeepVoice():
                await self._care(deed, entry)
            case Release():
                await self.people.clear_owed(entry.worker)
                return await self.rows.release(entry.worker, scene.now)
        return []

    async def _care(self, deed: Deed, entry: Entry) -> None:
        at = entry.reply.at
        match deed:
            case RaiseConcern(grade, kind):
                words = words_of(entry.heard.content)
                await self.care.raise_concern(Cry(entry.cause, entry.worker, at, grade, kind, words))
            case AskCallBack(phone):
                await self.care.ask_call_back(Wish(entry.cause, entry.worker, at, phone))
            case Mistaken():
                await self.care.mistaken(entry.worker, at)
            case KeepVoice(media, format_):
                await self.voices.add(Voice(entry.cause, entry.worker, media, format_, at, due=at))
