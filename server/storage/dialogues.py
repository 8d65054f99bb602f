"""The open question to a worker: one row a worker, guarded by its version."""

from pymongo.errors import DuplicateKeyError

from server.domain.conversation.model import Dialogue
from server.domain.conversation.ports import MovedOn
from server.storage.documents import from_document, to_document
from server.storage.gather import finder
from server.storage.mongo import Database, reaching, session


@reaching
class DialogueStore:
    """Fulfils `conversation.ports.Dialogues`. A dialogue holds ids and instants only, never words."""

    def __init__(self, database: Database) -> None:
        self._dialogues = database["dialogues"]
        self._gathered = finder(database, "dialogues")

    async def find(self, worker: str) -> Dialogue | None:
        """Return the worker's dialogue, asked for together with everybody else's of this moment."""
        document = await self._gathered(worker)
        return from_document(Dialogue, document, key="worker") if document else None

    async def save(self, dialogue: Dialogue, read: int) -> None:
        """Store the dialogue if its version is still the one that was read (0: there was none).

        Joins the running transaction; raises `MovedOn` when another message changed it meanwhile.
        """
        document = to_document(dialogue, key="worker")
        if read == 0:
            await self._add(document)
            return
        key = document.pop("_id")
        result = await self._dialogues.update_one({"_id": key, "version": read}, {"$set": document}, session=session())
        if not result.matched_count:
            raise MovedOn(dialogue.worker)

    async def _add(self, document: dict[str, object]) -> None:
        try:
            await self._dialogues.insert_one(document, session=session())
        except DuplicateKeyError as fault:
            raise MovedOn(str(document["_id"])) from fault
