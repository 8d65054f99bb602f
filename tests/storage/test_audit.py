"""What the audit log promises: lines stay as they were written, newest first, one worker's by themselves."""

from datetime import timedelta

import pytest

from server.domain.audit.model import Line
from server.storage.audit import AuditStore
from server.storage.mongo import Mongo
from tests.domain.care.builders import NIGHT


@pytest.fixture
async def trail(mongo: Mongo) -> AuditStore:
    store = AuditStore(mongo.data)
    await store.ensure_indexes()
    return store


def a_line(number: int, whom: str = "w-1") -> Line:
    return Line(f"au-{number}", NIGHT + timedelta(minutes=number), "dp-1", "concern.show", whom, "cn-1")


async def test_lines_come_back_newest_first(trail: AuditStore) -> None:
    for number in (2, 1, 3):
        await trail.add(a_line(number))
    assert await trail.recent(2) == [a_line(3), a_line(2)]


async def test_a_workers_own_lines_are_found(trail: AuditStore) -> None:
    await trail.add(a_line(1))
    await trail.add(a_line(2, "w-2"))
    assert await trail.recent(10, whom="w-2") == [a_line(2, "w-2")]


async def test_a_line_is_never_written_over(trail: AuditStore) -> None:
    await trail.add(a_line(1))
    await trail.add(a_line(1, "w-other"))
    assert await trail.recent(10) == [a_line(1)]
