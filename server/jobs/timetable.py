"""The one timetable: what is looked for at every tick, in which order, and what is done with it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from server.domain.booking.service import BookingService
from server.domain.care.service import Care
from server.domain.care.voices import VoiceService
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


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms in which something falls due."""

    care: Care
    voices: VoiceService
    publishing: Publishing
    pipeline: Pipeline
    booking: BookingService
    post: Post


def timetable(rooms: Rooms) -> tuple[Duty, ...]:
    """Return the duties, in the order in which a tick looks for them."""
    return (
        # Somebody may be in danger: who keeps the duty is called before anything else is looked at.
        Duty("care", rooms.care.due, rooms.care.call),
        Duty("group", rooms.care.due_in_group, rooms.care.tell_group),
        # A series plans before the pipeline looks, so that an edition planned late is still prepared in time.
        Duty("series", rooms.publishing.due_series, rooms.publishing.run_series),
        Duty("editions", rooms.pipeline.due, rooms.pipeline.run),
        # Reminders write rows of the post: the post comes last, so that they leave within the same tick.
        Duty("bookings", rooms.booking.due, rooms.booking.look),
        Duty("post", rooms.post.due, rooms.post.send),
        Duty("voices", rooms.voices.due, rooms.voices.look),
    )
