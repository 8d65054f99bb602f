"""Mass sends: who may send how often, what became of each, and the articles that were sent (fact sheet §3.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from . import clock
from .account import Account
from .reading import Document
from .refusal import Refusal

CLIENT_ID_BYTES = 32
REPEAT_GAP, REPEAT_DAY = 60, 24 * 3600
MONTHLY_TO_ALL = 4
GUARD_PATIENCE = 1800
FAILED = "SEND_FAIL"
SPEEDS = (80, 60, 45, 30, 10)  # 万 a minute


@dataclass(slots=True)
class Job:
    """One mass send. `openids` None means everybody; `waits` is "" or what the administrator still has to say."""

    msg_id: int
    at: float
    kind: str
    openids: list[str] | None
    text: str = ""
    articles: list[Document] = field(default_factory=list)
    draft: str = ""
    client_id: str = ""
    asked_at: float = 0.0
    by_api: bool = True
    status: str = "SENDING"
    word: str = ""
    waits: str = ""
    pages: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    is_told: bool = False

    @property
    def msg_data_id(self) -> int:
        """The second number of a send of articles."""
        return 2_247_000_000 + self.msg_id % 1_000_000

    @property
    def is_over(self) -> bool:
        """Whether it has been sent or has failed."""
        return self.status != "SENDING"


@dataclass(slots=True)
class SentArticle:
    """An article as it was sent: what the page shows."""

    page: str
    article: Document
    at: float
    is_deleted: bool = False


class Book:
    """Every mass send of the account; their numbers begin after `last`."""

    def __init__(self, last: int = 1_000_000_000) -> None:
        self._jobs: dict[int, Job] = {}
        self._sent: dict[str, SentArticle] = {}
        self._last = last
        self.speed = 0
        self.outcomes: list[str] = []  # Status words that the next sends end with instead of success.

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs.values())

    def check_client_id(self, client_id: str, now: float) -> None:
        """Refuses an id that is too long (45067), came less than a minute ago (45066) or in the last day (45065)."""
        if len(client_id.encode()) > CLIENT_ID_BYTES:
            raise Refusal(45067)
        job = next((each for each in reversed(self._jobs.values()) if client_id and each.client_id == client_id), None)
        if job is None or now - job.at >= REPEAT_DAY:
            return
        since, job.asked_at = now - job.asked_at, now
        if since < REPEAT_GAP:
            raise Refusal(45066)
        raise Refusal(45065, msg_id=job.msg_id)

    def check_allowance(self, account: Account, to_all: bool, now: float) -> None:
        """Refuses with 45028 what the kind of account may not send (any more) in this day or month."""
        if not account.verified or (account.kind == "subscription" and not to_all):
            raise Refusal(48001)
        if not to_all:
            return
        counted = [job for job in self if job.status != FAILED and job.openids is None]
        today = [job for job in counted if clock.day(job.at) == clock.day(now)]
        this_month = [job for job in counted if clock.month(job.at) == clock.month(now)]
        if today or (account.kind == "service" and len(this_month) >= MONTHLY_TO_ALL):
            raise Refusal(45028)

    def open(self, now: float, kind: str, openids: list[str] | None, **more: Any) -> Job:  # noqa: ANN401  fields of Job
        """A new send under a number of its own."""
        self._last += 1
        job = Job(self._last, now, kind, openids, asked_at=now, **more)
        self._jobs[job.msg_id] = job
        return job

    def known(self, msg_id: int) -> Job:
        """The send of that number made by a call; 40059 when there is none."""
        job = self._jobs.get(msg_id)
        if job is None or not job.by_api:
            raise Refusal(40059)
        return job

    def publish(self, page: str, article: Document, now: float) -> None:
        """Gives a sent article its page."""
        self._sent[page] = SentArticle(page, article, now)

    def article(self, page: str) -> SentArticle | None:
        """The article on that page, or None."""
        return self._sent.get(page)

    def next_outcome(self) -> str:
        """The status word the next send ends with."""
        return self.outcomes.pop(0) if self.outcomes else "send success"

    def clear(self) -> None:
        """Forgets all sends; the numbers go on."""
        self._jobs.clear()
        self._sent.clear()
        self.outcomes.clear()
        self.speed = 0

    def plain(self) -> dict[str, Any]:
        """All sends and articles."""
        return {
            "jobs": [asdict(each) for each in self],
            "sent": [asdict(each) for each in self._sent.values()],
            "last": self._last,
            "speed": self.speed,
        }

    def revive(self, record: dict[str, Any]) -> None:
        """Takes the sends of an earlier life."""
        self._jobs = {each["msg_id"]: Job(**each) for each in record["jobs"]}
        self._sent = {each["page"]: SentArticle(**each) for each in record["sent"]}
        self._last, self.speed = record["last"], record["speed"]
