"""The one timetable: what is looked for at every tick, in which order, and what is done with it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from server.domain.booking.service import BookingService
from server.domain.post.service import Post
from server.domain.publishing.pipeline import Pipeline
from server.domain.publishing.service import Publishing

Find = Callable[[int], Awaitable[Sequence[str]]]
Run = Callable[[Sequence[str]], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Duty:
    """One kind of due thing: how its ids are found, and the job that looks at them. Running twice does no harm."""

    name: str
    find: Find
    run: Run


def timetable(publishing: Publishing, pipeline: Pipeline, booking: BookingService, post: Post) -> tuple[Duty, ...]:
    """Return the duties, in the order in which a tick looks for them."""
    return (
        # A series plans before the pipeline looks, so that an edition planned late is still prepared in time.
        Duty("series", publishing.due_series, publishing.run_series),
        Duty("editions", pipeline.due, pipeline.run),
        # Reminders write rows of the post: the post comes last, so that they leave within the same tick.
        Duty("bookings", booking.due, booking.look),
        Duty("post", post.due, post.send),
    )
