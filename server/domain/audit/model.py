"""A line of the audit log: who did what to whose thing, and when."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One look or deed of staff; ids only, never a word of what was read.

    `by` is the person who acted, `what` the deed (`concern.show`), `whom` the worker it concerns ("" for nobody),
    `why` the id of the thing that gave the reason.
    """

    id: str
    at: datetime
    by: str
    what: str
    whom: str
    why: str = ""
