"""An edition's way from planned to sent: one step at a time, each stored before the next."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.domain.clock import Clock
from server.domain.post.faults import Barred, Busy, Fault, Repeated, Unclear
from server.domain.publishing.edition import (
    GIVE_UP_ASKING,
    REPEAT_UNTIL,
    Counts,
    Edition,
    EditionState,
    Prepared,
    Rules,
    Sending,
    Step,
    Way,
    move,
    next_call,
    next_look,
)
from server.domain.publishing.piece import Article, Piece
from server.domain.publishing.ports import Draft, Editions, Library, MassEvent, Outcome, Press, Studio

_S = EditionState
BY = "pipeline"
LOOKS = 2  # looks for what a broken call may have left behind, before it is called again
_MENDED = timedelta(minutes=5)  # between two tries while the account is barred, which only a person can change
_SETTLE = timedelta(seconds=5)  # between a broken call and the look for what it left


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Takes editions through their life. Every method does one thing and stores it."""

    editions: Editions
    library: Library
    press: Press
    studio: Studio
    clock: Clock
    rules: Rules
    public_url: str

    async def due(self, most: int) -> list[str]:
        """Return ids of editions with something to do now."""
        return await self.editions.due(self.clock.now(), most)

    async def run(self, ids: Sequence[str]) -> None:
        """Take each of these editions as far as it goes now; those another process holds are left to it."""
        for edition_id in ids:
            edition = await self.editions.claim(edition_id, self.clock.now())
            try:
                while edition is not None:
                    edition = await self._advance(edition)
            except Lost:
                continue  # whoever holds it goes on with it

    async def _advance(self, edition: Edition) -> Edition | None:
        """Make one step; return the edition while there is another one to make at once."""
        try:
            step = await self._step(edition, self.clock.now())
        except Broken as broken:
            step = self._after(broken.edition, broken.fault)
        more = step.due is not None and step.due <= self.clock.now()
        saved = await self.editions.save(step, release=not more)
        return saved if more else None

    def _after(self, edition: Edition, fault: Fault) -> Edition:
        """Return the edition after a call that failed: later again where nothing is lost, else failed."""
        now = self.clock.now()
        if edition.sending and edition.sending.message:
            return _asked(edition, now)  # a question that failed says nothing about what was accepted
        if isinstance(fault, Busy):
            return replace(edition, due=now + timedelta(seconds=fault.seconds))
        if isinstance(fault, Barred) and edition.state is _S.PREPARING:
            return replace(edition, due=now + _MENDED)  # an administrator may mend it before the hour is missed
        if isinstance(fault, Unclear):
            return replace(edition, due=next_call(edition.sending) if edition.sending else now + _SETTLE)
        return move(edition, Step(_S.FAILED, now, BY, str(fault)), None)

    async def _step(self, edition: Edition, now: datetime) -> Edition:
        if edition.state is not _S.SENDING and now > edition.at + self.rules.grace:
            return move(edition, Step(_S.MISSED, now, BY, "its hour had passed by more than the grace"), None)
        match edition.state:
            case _S.PLANNED:
                return await self._begin(edition, now)
            case _S.PREPARING:
                return await self._prepare(edition, now)
            case _S.READY:
                return await self._open(edition, now)
            case _:
                return await self._follow(edition, now)

    async def _begin(self, edition: Edition, now: datetime) -> Edition:
        ahead = self.rules.prepare_ahead if edition.way is Way.MASS else timedelta()
        if now < edition.at - ahead:
            return replace(edition, due=edition.at - ahead)
        piece = await self.library.find(edition.piece)
        if piece is None:
            return move(edition, Step(_S.FAILED, now, BY, "its piece was withdrawn"), None)
        kept = replace(edition, version=piece.version)
        if edition.way is Way.REPLY:
            return move(kept, Step(_S.SENT, now, BY), None)
        return move(kept, Step(_S.PREPARING, now, BY), now)

    async def _prepare(self, edition: Edition, now: datetime) -> Edition:
        piece = await self.library.find(edition.piece, edition.version)
        if piece is None or not isinstance(piece.body, Article):
            return move(edition, Step(_S.FAILED, now, BY, "its piece is no article of the library"), None)
        made = edition.prepared
        missing = [each.name for each in piece.body.pictures if each.name not in dict(made.pictures)]
        if not made.cover:
            return await self._make(edition, "cover", piece)
        if missing:
            with _breaking(edition):
                address = await self.press.upload_picture(missing[0], await self.studio.picture(missing[0]))
            return replace(edition, prepared=replace(made, pictures=(*made.pictures, (missing[0], address))))
        if not made.draft:
            return await self._make(edition, "draft", piece)
        return move(edition, Step(_S.READY, now, BY), max(now, edition.at))

    async def _make(self, edition: Edition, what: str, piece: Piece) -> Edition:
        """Make the cover or the draft; a call made before is looked for twice, then made again."""
        made = edition.prepared
        if made.tried == what and made.looks < LOOKS:
            with _breaking(edition):
                found = await self._look(edition, what)
            if found is None:
                later = self.clock.now() + _SETTLE
                return replace(edition, due=later, prepared=replace(made, looks=made.looks + 1))
            return replace(edition, prepared=_with(made, what, found))
        noted = await self._note(replace(edition, prepared=replace(made, tried=what, looks=0)))
        with _breaking(noted):
            media = await self._call(noted, what, piece)
        return replace(noted, prepared=_with(noted.prepared, what, media))

    async def _look(self, edition: Edition, what: str) -> str | None:
        if what == "cover":
            return await self.press.find_cover(cover_name(edition))
        return await self.press.find_draft(mark(edition))

    async def _call(self, edition: Edition, what: str, piece: Piece) -> str:
        if what == "cover":
            return await self.press.upload_cover(cover_name(edition), await self.studio.cover(piece))
        return await self.press.add_draft(self._draft(edition, piece))

    def _draft(self, edition: Edition, piece: Piece) -> Draft:
        article = piece.body
        if not isinstance(article, Article):
            raise TypeError(piece.id)
        return Draft(
            title=article.title,
            author=article.author,
            digest=article.digest,
            html=self.studio.html(article, dict(edition.prepared.pictures)),
            cover=edition.prepared.cover,
            source=f"{self.public_url}/read/{piece.id}{mark(edition)}",
        )

    async def _open(self, edition: Edition, now: datetime) -> Edition:
        """Begin the one mass send: its client id is stored before the first call."""
        if now < edition.at:
            return replace(edition, due=edition.at)
        sending = Sending(edition.id, first_called=now, last_called=now)
        opened = move(replace(edition, sending=sending), Step(_S.SENDING, now, BY), now)
        return await self._send(await self._note(opened))

    async def _follow(self, edition: Edition, now: datetime) -> Edition:
        """Go on with a mass send: ask what became of it, or repeat a call whose answer never came."""
        sending = edition.sending
        if sending is None:
            raise TypeError(edition.id)
        if sending.message:
            return await self._ask(edition, sending, now)
        if now > min(edition.at + self.rules.grace, sending.first_called + REPEAT_UNTIL):
            note = "its call was never answered: somebody has to look whether it went out"
            return move(edition, Step(_S.FAILED, now, BY, note), None)
        if now < next_call(sending):
            return replace(edition, due=next_call(sending))
        again = replace(sending, last_called=now, calls=sending.calls + 1)
        return await self._send(await self._note(replace(edition, sending=again)))

    async def _send(self, edition: Edition) -> Edition:
        sending = edition.sending
        if sending is None:
            raise TypeError(edition.id)
        confirmed = True
        with _breaking(edition):
            try:
                message = await self.press.send_to_all(edition.prepared.draft, sending.client_id)
            except Repeated as repeated:
                message, confirmed = repeated.message, False
        accepted = replace(edition, sending=replace(sending, message=message, confirmed=confirmed))
        event = await self.editions.kept_event(message)
        now = self.clock.now()
        return finish(accepted, event, now) if event else replace(accepted, due=next_look(accepted, now))

    async def _ask(self, edition: Edition, sending: Sending, now: datetime) -> Edition:
        event = await self.editions.kept_event(sending.message)
        if event is not None:
            return finish(edition, event, now)
        with _breaking(edition):
            outcome = await self.press.outcome(sending.message)
        known = sending.confirmed or outcome is not Outcome.UNKNOWN
        told = replace(edition, sending=replace(sending, confirmed=known))
        if outcome is Outcome.SENT:
            return move(told, Step(_S.SENT, now, BY, "by asking"), None)
        if outcome is Outcome.FAILED:
            return move(told, Step(_S.FAILED, now, BY, "WeChat says that it failed"), None)
        return _asked(told, now)

    async def _note(self, edition: Edition) -> Edition:
        """Store what is about to be called; raises `Lost` when another process holds the edition."""
        noted = await self.editions.save(edition, release=False)
        if noted is None:
            raise Lost(edition.id)
        return noted


class Lost(Exception):
    """The edition moved on in another process while this one was at work on it."""


class Broken(Exception):
    """A call failed; `edition` is as it was stored before the call."""

    def __init__(self, edition: Edition, fault: Fault) -> None:
        super().__init__(edition.id)
        self.edition = edition
        self.fault = fault


@contextmanager
def _breaking(edition: Edition) -> Iterator[None]:
    try:
        yield
    except Fault as fault:
        raise Broken(edition, fault) from fault


def _asked(edition: Edition, now: datetime) -> Edition:
    """Return the edition after a question that settled nothing: asked again later, and given up after two days."""
    sending = edition.sending
    if sending is None:
        raise TypeError(edition.id)
    if now > sending.first_called + GIVE_UP_ASKING:
        return move(edition, Step(_S.FAILED, now, BY, "WeChat never told what became of it"), None)
    asked = replace(edition, sending=replace(sending, asked=sending.asked + 1))
    return replace(asked, due=next_look(asked, now))


def _with(made: Prepared, what: str, media: str) -> Prepared:
    done = replace(made, tried="", looks=0)
    return replace(done, cover=media) if what == "cover" else replace(done, draft=media)


def mark(edition: Edition) -> str:
    """Return the end of a draft's source address by which the draft of this edition is found again."""
    return f"?e={edition.id}"


def cover_name(edition: Edition) -> str:
    """Return the file name by which the cover of this edition is found again."""
    return f"{edition.id}.jpg"


def finish(edition: Edition, event: MassEvent, now: datetime) -> Edition:
    """Return the edition as the platform's event ends it."""
    counts = Counts(event.total, event.filtered, event.sent, event.failed)
    state = _S.SENT if event.good else _S.FAILED
    return move(replace(edition, counts=counts), Step(state, now, "wechat", event.status), None)
