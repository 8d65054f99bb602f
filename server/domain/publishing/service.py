"""What editors and the clock ask of publishing: plan, keep a series going, show the day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial

from server.domain import ids
from server.domain.clock import Clock
from server.domain.post.saying import Card
from server.domain.publishing.edition import Edition, EditionState, Step, Way, move, plan
from server.domain.publishing.piece import Article, Piece
from server.domain.publishing.pipeline import finish
from server.domain.publishing.ports import Editions, Library, MassEvent
from server.domain.publishing.series import WARN_DAYS, Series, SeriesState, in_order, next_hour, upcoming
from server.domain.refusals import Forbidden, NotFound, Taken, TooLate, WrongState
from server.domain.together import Together

BY_SERIES = "series"


@dataclass(frozen=True, slots=True)
class Outlook:
    """How far a series reaches: its pieces still to come, and whether it is time to say so."""

    series: Series
    left: int

    @property
    def runs_dry_soon(self) -> bool:
        """Return whether an editor should be told now."""
        return self.left < WARN_DAYS


@dataclass(frozen=True, slots=True)
class Publishing:
    """The editions and series of one account."""

    editions: Editions
    library: Library
    together: Together
    clock: Clock
    randomness: Callable[[int], bytes]
    public_url: str
    ways: frozenset[Way] = frozenset(Way)

    async def plan(self, piece: str, at: datetime, way: Way, by: str, series: str = "") -> Edition:
        """Plan one edition.

        Raises `Forbidden` for a way this account has not, `NotFound`, `TooLate`, or `Taken` when the day has
        its mass edition.
        """
        self._refuse_unless_allowed(way)
        now = self.clock.now()
        found = await self.library.find(piece)
        if found is None or not isinstance(found.body, Article):
            raise NotFound(f"没有可以推送的文章 {piece}。请用 xinyi library list 查看。")
        if at <= now:
            raise TooLate("推送时间已经过去，请选一个将来的时间。")
        edition_id = ids.make("ed", now, self.randomness(10))
        edition = replace(plan(edition_id, piece, way, at, Step(EditionState.PLANNED, now, by)), series=series)
        await self.editions.add(edition)
        return edition

    def _refuse_unless_allowed(self, way: Way) -> None:
        """A 服务号 reaches each follower four times a month (fact sheet 0.1): a daily mass send is not for it."""
        if way not in self.ways:
            raise Forbidden("服务号每月只能群发四次，不能每天群发。请用 --way reply，职工回复“今日”就能看到。")

    async def show(self, edition: str) -> Edition:
        """Return an edition; raises `NotFound`."""
        found = await self.editions.find(edition)
        if found is None:
            raise NotFound(f"没有编号为 {edition} 的推送。")
        return found

    async def cancel(self, edition: str, by: str) -> Edition:
        """Cancel an edition that is not being sent yet; raises `NotFound`, `WrongState`."""
        found = await self.show(edition)
        cancelled = move(found, Step(EditionState.CANCELLED, self.clock.now(), by), None)
        saved = await self.editions.save(cancelled, release=True)
        if saved is None:
            raise WrongState("这次推送刚刚有了变化，请再看一次。")
        return saved

    async def finished(self, event: MassEvent) -> None:
        """Join the platform's event to its edition; kept for later when that is not known yet."""

        async def deed() -> None:
            edition = await self.editions.by_message(event.message)
            if edition is None:
                await self.editions.keep_event(event)
            elif edition.state is EditionState.SENDING:
                await self.editions.save(finish(edition, event, self.clock.now()), release=True)

        await self.together(deed)

    async def today(self) -> tuple[Edition, Piece] | None:
        """Return the newest edition whose hour has come and its piece, however it went out."""
        for edition in await self.editions.latest(self.clock.now(), most=7):
            piece = await self.library.find(edition.piece, edition.version)
            if piece is not None:
                return edition, piece
        return None

    async def todays_card(self) -> Card | None:
        """Return the newest article whose hour has come, as a card."""
        today = await self.today()
        return self._card(today[1]) if today else None

    async def card(self, piece: str) -> Card | None:
        """Return an article as a card; None if it is not shown."""
        found = await self.library.find(piece)
        return self._card(found) if found else None

    async def cards(self, most: int = 12) -> Sequence[Card]:
        """Return cards of the articles to read: those of past editions, newest first, then others, themes in turn."""
        editions = await self.editions.latest(self.clock.now(), most)
        others = in_order(await self.library.articles())
        pieces = list(dict.fromkeys([*(edition.piece for edition in editions), *others]))[:most]
        found = [await self.card(piece) for piece in pieces]
        return [card for card in found if card is not None]

    def _card(self, piece: Piece) -> Card | None:
        if not isinstance(piece.body, Article):
            return None
        page = f"{self.public_url}/read/{piece.id}"
        return Card(piece.body.title, piece.body.digest, f"{page}/cover.jpg", page)

    async def start_series(self, series: str, hour: time, way: Way) -> None:
        """Send the next article every day at this hour from now on; started again, it takes the new hour."""
        self._refuse_unless_allowed(way)
        wanted = Series(series, hour, way, SeriesState.RUNNING, self.clock.now())
        await self.editions.add_series(wanted)
        await self._change_series(series, lambda kept: replace(wanted, revision=kept.revision))

    async def stop_series(self, series: str) -> None:
        """Plan nothing more by this series; what is planned already stays planned. Raises `NotFound`."""
        await self._change_series(series, lambda kept: replace(kept, state=SeriesState.STOPPED))

    async def _change_series(self, series: str, change: Callable[[Series], Series]) -> None:
        kept = next((each for each in await self.editions.series() if each.id == series), None)
        if kept is None:
            raise NotFound(f"没有名叫 {series} 的推送计划。")
        if not await self.editions.save_series(change(kept)):
            raise WrongState("这个计划刚刚有了变化，请再试一次。")

    async def outlooks(self) -> Sequence[Outlook]:
        """Return how far every series reaches."""
        candidates = await self.library.articles()
        return [
            Outlook(series, len(upcoming(candidates, await self.editions.used_by(series.id))))
            for series in await self.editions.series()
            if series.state is not SeriesState.STOPPED
        ]

    async def due_series(self, most: int) -> list[str]:
        """Return ids of series whose next edition has to be planned now."""
        return await self.editions.due_series(self.clock.now(), most)

    async def run_series(self, ids_due: Sequence[str]) -> None:
        """Plan the next edition of each of these series, once."""
        for series in await self.editions.series():
            if series.id in ids_due and series.due <= self.clock.now():
                try:
                    await self.together(partial(self._go_on, series))
                except Taken:
                    continue  # somebody planned that day by hand just now: the next tick takes another
                except Forbidden:
                    await self.stop_series(series.id)  # the account has become one that cannot send so

    async def _go_on(self, series: Series) -> None:
        now = self.clock.now()
        waiting = upcoming(await self.library.articles(), await self.editions.used_by(series.id))
        if not waiting:
            look_again = replace(series, state=SeriesState.DRY, due=now + timedelta(hours=1))
            await self.editions.save_series(look_again)
            return
        at = next_hour(series.hour, now, await self.editions.taken_days(now, series.id))
        moved = await self.editions.save_series(replace(series, state=SeriesState.RUNNING, due=at))
        if moved:
            await self.plan(waiting[0], at, series.way, BY_SERIES, series.id)
