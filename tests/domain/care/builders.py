"""Builders of cries, concerns and people on duty that name only what a test is about."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from server.domain.care.duty import DutyMode, DutyPerson, DutySetting
from server.domain.care.model import Concern, Cry, opened
from server.domain.help.lines import Hours, Span
from server.domain.help.screening import Grade, Kind

NIGHT = datetime(2026, 11, 25, 18, 10, tzinfo=UTC)  # Thursday 02:10 in Shanghai
NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)  # Wednesday 12:00 in Shanghai
OFFICE_OPENS = datetime(2026, 11, 26, 0, 30, tzinfo=UTC)  # Thursday 08:30 in Shanghai
OFFICE = Hours(((Span(8 * 60 + 30, 17 * 60 + 30),),) * 5 + ((), ()))

NOBODY = DutySetting()
IN_OFFICE = DutySetting(DutyMode.OFFICE, OFFICE)
ALWAYS_THERE = DutySetting(DutyMode.ROUND)


def a_cry(cause: str = "cause-1", worker: str = "w-1", **changes: Any) -> Cry:
    """An urgent cry of one's own danger, in the night."""
    return replace(Cry(cause, worker, NIGHT, Grade.URGENT, Kind.OWN, "我撑不下去了"), **changes)


def a_concern(cry: Cry | None = None, **changes: Any) -> Concern:
    """The concern that a cry opens."""
    return replace(opened(cry or a_cry(), "cn-1", 1001), **changes)


def a_person(name: str = "dp-1", order: int = 1, **changes: Any) -> DutyPerson:
    """One of the roster who has a phone; the id is the name."""
    return replace(DutyPerson(name, name, order, administrator=False, phone="13800000001"), **changes)


def a_chief(name: str = "dp-9", order: int = 9, **changes: Any) -> DutyPerson:
    """An administrator, last in order."""
    return a_person(name, order, administrator=True, **changes)
