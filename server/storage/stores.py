"""What is remembered, one store a noun, and all of them together."""

from dataclasses import dataclass

from server.domain.calendar import Holidays
from server.storage.audit import AuditStore
from server.storage.booking import BookingStore
from server.storage.concerns import ConcernStore
from server.storage.dialogues import DialogueStore
from server.storage.duty import DutyStore
from server.storage.editions import EditionStore
from server.storage.experts import ExpertStore
from server.storage.library import LibraryStore
from server.storage.messages import MessageStore
from server.storage.mongo import Mongo
from server.storage.notices import NoticeStore
from server.storage.people import PeopleStore
from server.storage.post import PostStore
from server.storage.voices import VoiceStore
from server.vault.seals import Seals


@dataclass(frozen=True, slots=True)
class Stores:
    """What is remembered, one store a noun."""

    mongo: Mongo
    messages: MessageStore
    dialogues: DialogueStore
    people: PeopleStore
    post: PostStore
    notices: NoticeStore
    bookings: BookingStore
    experts: ExpertStore
    library: LibraryStore
    editions: EditionStore
    concerns: ConcernStore
    duty: DutyStore
    voices: VoiceStore
    audit: AuditStore

    async def ensure_indexes(self) -> None:
        """Make every index that rules rely on; raises when the server cannot be reached."""
        await self.mongo.ping()
        for store in (
            self.messages,
            self.people,
            self.post,
            self.bookings,
            self.editions,
            self.concerns,
            self.duty,
            self.voices,
            self.audit,
        ):
            await store.ensure_indexes()


def open_stores(mongo: Mongo, seals: Seals, holidays: Holidays) -> Stores:
    """Return every store over this connection."""
    post = PostStore(mongo.data, seals)
    return Stores(
        mongo=mongo,
        messages=MessageStore(mongo.data, seals),
        dialogues=DialogueStore(mongo.data),
        people=PeopleStore(mongo.data),
        post=post,
        notices=NoticeStore(mongo.data, post),
        bookings=BookingStore(mongo.data),
        experts=ExpertStore(mongo.data),
        library=LibraryStore(mongo.data),
        editions=EditionStore(mongo.data),
        concerns=ConcernStore(mongo.data, seals),
        duty=DutyStore(mongo.data, seals, holidays),
        voices=VoiceStore(mongo.data, seals),
        audit=AuditStore(mongo.data),
    )
