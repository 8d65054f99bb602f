"""What was heard and answered: one row a message, its words and the reply sealed inside."""

import msgspec
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from server import metrics
from server.domain.conversation.messages import Heard
from server.domain.conversation.model import Entry, Reply
from server.domain.conversation.ports import AlreadyTold
from server.storage.gather import inserter
from server.storage.mongo import QUERY_MS, Database, Document, reaching, session
from server.storage.words import pack, unpack
from server.vault.keys import chat_key
from server.vault.seals import Seals


@reaching
class MessageStore:
    """Fulfils `conversation.ports.Messages`.

    A row's `_id` is the message's key, which begins with the sender's openid and sorts by time within it. `act`
    is what opens the reply window, `at` when the message arrived and was answered.
    """

    def __init__(self, database: Database, seals: Seals) -> None:
        self._messages = database["messages"]
        self._gathered = inserter(database, "messages")
        self._seals = seals

    async def ensure_indexes(self) -> None:
        """Make the index by which rows are found when they have lived long enough."""
        await self._messages.create_index("at")

    async def keep(self, entry: Entry) -> None:
        """Keep a message whose turn only answers, with everybody else's of this moment."""
        document = await self._document(entry)
        try:
            await self._gathered(document)
        except DuplicateKeyError as fault:
            raise AlreadyTold(entry.heard.key) from fault

    async def add(self, entry: Entry) -> None:
        """Keep a message as the first write of its turn; joins the running transaction."""
        document = await self._document(entry)
        try:
            await self._messages.insert_one(document, session=session())
        except DuplicateKeyError as fault:
            raise AlreadyTold(entry.heard.key) from fault

    async def reply_to(self, heard: Heard) -> Reply | None:
        """Return the reply kept for this message; None if it is not known."""
        document = await self._confirmed(heard.key)
        if document is None:
            return None
        metrics.REPEATS.inc()
        opened = msgspec.json.decode(await self._seals.open(bytes(document["sealed"]), heard.key))
        return Reply(unpack(opened["reply"]) if opened["reply"] else None, document["at"])

    async def _confirmed(self, key: str) -> Document | None:
        """Return a row once the majority has it: what is answered again is acknowledged again.

        The row that a repeat collided with may be a moment old; the second look, made after the first in one
        causal session, waits until the majority has got as far.
        """
        async with await self._messages.database.client.start_session() as looking:
            if await self._messages.find_one({"_id": key}, {"_id": 1}, session=looking, max_time_ms=QUERY_MS) is None:
                return None
            majority = self._messages.with_options(read_concern=ReadConcern("majority"))
            return await majority.find_one({"_id": key}, session=looking, max_time_ms=QUERY_MS)

    async def _document(self, entry: Entry) -> Document:
        heard, saying = entry.heard, entry.reply.saying
        told = {"heard": heard.content, "reply": pack(saying) if saying else None}
        sealed = await self._seals.seal(chat_key(heard.arrived), msgspec.json.encode(told), heard.key)
        return {
            "_id": heard.key,
            "v": 1,
            "worker": entry.worker,
            "at": entry.reply.at,
            "kind": type(heard.content).__name__.lower(),
            "act": str(entry.act) if entry.act else None,
            "cause": entry.cause,
            "sealed": sealed,
        }
