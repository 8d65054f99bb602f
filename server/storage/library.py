"""The library: every version of every piece, and which of them is shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from pymongo import UpdateOne

from server.domain.publishing.piece import (
    Article,
    Body,
    ImportPlan,
    Kind,
    Line,
    Piece,
    PieceState,
    ReplyRule,
    Standing,
)
from server.domain.publishing.series import Candidate
from server.storage.documents import from_document, to_document
from server.storage.mongo import QUERY_MS, Database, Document, reaching, session

_BODIES: dict[str, type[Body]] = {Kind.ARTICLE: Article, Kind.LINE: Line, Kind.REPLY: ReplyRule}


@reaching
class LibraryStore:
    """Fulfils `publishing.ports.Library`, and what the import needs.

    `pieces` has one row a piece: how it stands and which version is shown (0: none). `versions` keeps the
    text of every version for ever, under `piece@version`.
    """

    def __init__(self, database: Database) -> None:
        self._pieces = database["pieces"]
        self._versions = database["versions"]
        self._marks = database["library"]

    async def find(self, piece: str, version: int = 0) -> Piece | None:
        """Return a piece as shown, or the version asked for; None if there is none or it was withdrawn."""
        row = await self._pieces.find_one({"_id": piece}, max_time_ms=QUERY_MS)
        if row is None or row["state"] == PieceState.WITHDRAWN or not row["shown"]:
            return None
        wanted = f"{piece}@{version or row['shown']}"
        document = await self._versions.find_one({"_id": wanted}, max_time_ms=QUERY_MS)
        return _piece(document) if document else None

    async def articles(self) -> Sequence[Candidate]:
        """Return every article that may be shown."""
        wanted = {"kind": str(Kind.ARTICLE), "state": {"$ne": str(PieceState.WITHDRAWN)}, "shown": {"$gt": 0}}
        cursor = self._pieces.find(wanted, session=session()).max_time_ms(QUERY_MS)
        return [Candidate(row["_id"], row["theme"]) async for row in cursor]

    async def shown(self, kind: Kind) -> Sequence[Piece]:
        """Return every piece of this kind as it is shown, by id."""
        wanted = {"kind": str(kind), "state": {"$ne": str(PieceState.WITHDRAWN)}, "shown": {"$gt": 0}}
        rows = self._pieces.find(wanted, {"shown": 1}).max_time_ms(QUERY_MS)
        keys = [f"{row['_id']}@{row['shown']}" async for row in rows]
        cursor = self._versions.find({"_id": {"$in": keys}}).sort("_id").max_time_ms(QUERY_MS)
        return [_piece(document) async for document in cursor]

    async def standings(self) -> Mapping[str, Standing]:
        """Return how the library stands on every piece; joins a running transaction."""
        cursor = self._pieces.find({}, session=session()).max_time_ms(QUERY_MS)
        return {row["_id"]: Standing(row["version"], row["digest"], PieceState(row["state"])) async for row in cursor}

    async def listing(self) -> Sequence[Document]:
        """Return a row of `id, kind, title, state, version` for every piece, by kind and id."""
        cursor = self._pieces.find({}).sort([("kind", 1), ("_id", 1)]).max_time_ms(QUERY_MS)
        return [
            {"id": row["_id"], **{name: row[name] for name in ("kind", "title", "state", "version")}}
            async for row in cursor
        ]

    async def write(self, plan: ImportPlan, now: datetime) -> None:
        """Do what an import worked out; joins a running transaction."""
        changes = [_row_of(piece, plan.state_of(piece)) for piece in plan.written]
        changes += [
            # What comes back waits for nothing that was shown before it went.
            UpdateOne({"_id": piece}, {"$set": {"state": str(PieceState.WITHDRAWN), "shown": 0}})
            for piece in plan.withdrawn
        ]
        if not changes:
            return
        await self._pieces.bulk_write(changes, session=session())
        if plan.written:
            await self._versions.bulk_write([_version_of(piece) for piece in plan.written], session=session())
        await self._touch(now)

    async def accept(self, pieces: Sequence[str], by: str, now: datetime) -> int:
        """Show the newest version of these waiting pieces, checked by this name; return how many."""
        waiting = {"_id": {"$in": list(pieces)}, "state": str(PieceState.WAITING)}
        rows = [row async for row in self._pieces.find(waiting, session=session())]
        for row in rows:
            change = {"state": str(PieceState.ACCEPTED), "shown": row["version"]}
            await self._pieces.update_one({"_id": row["_id"]}, {"$set": change}, session=session())
            key = f"{row['_id']}@{row['version']}"
            await self._versions.update_one({"_id": key}, {"$set": {"checked_by": by}}, session=session())
        if rows:
            await self._touch(now)
        return len(rows)

    async def changed_at(self) -> datetime | None:
        """Return when the library last changed, so that a process knows when to read it again."""
        mark = await self._marks.find_one({"_id": "library"}, max_time_ms=QUERY_MS)
        return mark["changed_at"] if mark else None

    async def count(self, state: PieceState) -> int:
        """Return how many pieces are in this state."""
        return await self._pieces.count_documents({"state": str(state)}, maxTimeMS=QUERY_MS)

    async def _touch(self, now: datetime) -> None:
        change = {"$set": {"changed_at": now}, "$inc": {"revision": 1}}
        await self._marks.update_one({"_id": "library"}, change, upsert=True, session=session())


def _row_of(piece: Piece, state: PieceState) -> UpdateOne:
    change: Document = {
        "kind": str(piece.kind),
        "title": piece.title,
        "theme": piece.body.theme if isinstance(piece.body, Article) else "",
        "version": piece.version,
        "digest": piece.digest,
        "state": str(state),
        "v": 1,
    }
    if state is PieceState.ACCEPTED:
        change["shown"] = piece.version
        return UpdateOne({"_id": piece.id}, {"$set": change}, upsert=True)
    return UpdateOne({"_id": piece.id}, {"$set": change, "$setOnInsert": {"shown": 0}}, upsert=True)


def _version_of(piece: Piece) -> UpdateOne:
    document = to_document(piece, without=["body"])
    document |= {"_id": f"{piece.id}@{piece.version}", "piece": piece.id, "body": msgspec.to_builtins(piece.body)}
    return UpdateOne({"_id": document.pop("_id")}, {"$set": document}, upsert=True)


def _piece(document: Document) -> Piece:
    body = msgspec.convert(document["body"], _BODIES[document["kind"]])
    return from_document(Piece, {**document, "_id": document["piece"]}, beside=["piece"], given={"body": body})
