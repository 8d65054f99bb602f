"""The pool of experts: one document an expert, kept also when no longer offered."""

from collections.abc import Mapping, Sequence

from pymongo import UpdateOne

from server.domain.booking.model import Expert, ExpertKind, Leave, Level, Pattern, Span, Week
from server.domain.help import lines
from server.storage.documents import from_document, to_document
from server.storage.gather import Gather
from server.storage.mongo import QUERY_MS, Database, Document, reaching, session
from server.storage.shelf.experts import ExpertEntry


@reaching
class ExpertStore:
    """Fulfils `booking.ports.Pool`."""

    def __init__(self, database: Database) -> None:
        self._experts = database["experts"]
        self._gathered = Gather(self._everybody, at_once=1)
        self._last: tuple[Sequence[Document], Sequence[Expert]] = ((), ())

    async def experts(self) -> Sequence[Expert]:
        """Return every expert by id, those no longer offered too; read once for all who ask at this moment."""
        return list(await self._gathered(None))

    async def find(self, expert: str) -> Expert | None:
        """Return an expert, also one no longer offered."""
        return next((each for each in await self._gathered(None) if each.id == expert), None)

    async def _everybody(self, askers: Sequence[None]) -> Sequence[Sequence[Expert]]:
        documents = await self._experts.find({}).sort("_id").max_time_ms(QUERY_MS).to_list(None)
        documents_before, experts = self._last
        if documents != documents_before:  # what has not changed need not be made into values again
            experts = tuple(from_document(Expert, document) for document in documents)
            self._last = (documents, experts)
        return [experts] * len(askers)

    async def keep(self, experts: Sequence[Expert]) -> None:
        """Make these the experts that are offered; all others stay known and are offered no longer.

        Joins a running transaction; run again, it changes nothing more.
        """
        ids = [expert.id for expert in experts]
        if experts:
            await self._experts.bulk_write([_put(expert) for expert in experts], session=session())
        await self._experts.update_many({"_id": {"$nin": ids}}, {"$set": {"offered": False}}, session=session())


def from_entry(entry: ExpertEntry) -> Expert:
    """Return the expert that an entry of the shelf tells of; raises `Malformed` where its hours make no sense."""
    return Expert(
        id=entry.id,
        name=entry.name,
        kind=ExpertKind(entry.kind),
        level=Level(entry.level),
        unit=entry.unit,
        themes=entry.themes,
        place=entry.place,
        way=entry.way,
        intro=entry.intro,
        pattern=Pattern(
            weekly=_week(entry.weekly),
            breaks=_week(entry.breaks),
            leave=tuple(Leave(first, last) for first, last in entry.leave),
            works_on_holidays=entry.works_on_holidays,
        ),
        minutes=entry.minutes,
        buffer=entry.buffer,
    )


def _put(expert: Expert) -> UpdateOne:
    document = to_document(expert)
    return UpdateOne({"_id": document.pop("_id")}, {"$set": document}, upsert=True)


def _week(spans: Mapping[int, Sequence[lines.Span]]) -> Week:
    return tuple(tuple(Span(span.start, span.end) for span in sorted(spans.get(day, ()))) for day in range(7))
