"""Notices of bookings as rows of the post."""

from collections.abc import Collection

from server.domain.booking.ports import Notice
from server.domain.post.model import Row, RowState
from server.domain.post.saying import Words
from server.storage.mongo import Database, reaching, session
from server.storage.post import PostStore


@reaching
class NoticeStore:
    """Fulfils `booking.ports.Notices`."""

    def __init__(self, database: Database, post: PostStore) -> None:
        self._rows = database["post"]
        self._post = post

    async def leave(self, notice: Notice) -> None:
        """Keep a notice to be sent, unless its key is taken; joins a running transaction."""
        row = Row(
            id=notice.key,
            worker=notice.worker,
            saying=Words(notice.text),
            why="reminder",
            cause=notice.key,
            due=notice.due,
            expires=notice.expires,
        )
        await self._post.add(row)

    async def withdraw(self, keys: Collection[str]) -> None:
        """Take back those of these notices that have not been sent; joins a running transaction."""
        waiting = {"_id": {"$in": list(keys)}, "state": str(RowState.WAITING)}
        change = {"$set": {"state": str(RowState.EXPIRED)}}
        await self._rows.update_many(waiting, change, session=session())

    async def sent(self, keys: Collection[str]) -> Collection[str]:
        """Return those of these keys whose notice reached WeChat."""
        wanted = {"_id": {"$in": list(keys)}, "state": str(RowState.SENT)}
        return {row["_id"] async for row in self._rows.find(wanted, {"_id": 1}, session=session())}
