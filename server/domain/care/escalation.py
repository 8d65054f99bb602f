"""Who is called next for a concern that nobody has taken: never nobody for good, as long as nobody has."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.domain.care.duty import DutyPerson, DutySetting, administrators, line
from server.domain.care.model import GROUP, Call, Concern, ConcernState
from server.domain.clock import QUIET_FROM, QUIET_UNTIL, at, outside_quiet_hours, wall

PATIENCE = timedelta(minutes=5)  # so long somebody who was called has to take the concern
GAPS = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 20, 40, 60))  # between rounds; the last one stays
GROUP_MINUTE = timedelta(minutes=1)
GROUP_MOST = 20  # texts a minute that a group robot takes


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is called now, whether the group is told, and the concern as it is once that was done."""

    whom: tuple[DutyPerson, ...]
    to_group: bool
    after: Concern

    @property
    def is_one_of_the_line(self) -> bool:
        """Tell whether the next in line is called alone, so that who cannot be reached is passed over at once."""
        return self.after.state is ConcernState.OPEN and not self.after.rounds and bool(self.whom)


def next_call(
    concern: Concern, people: Collection[DutyPerson], setting: DutySetting, now: datetime
) -> Escalation:
    """Return who is called now for a concern that is due.

    The first of the line and the group, after five minutes the next; at the line's end every administrator and the
    group, again after 5, 10, 20, 40 minutes, then every hour. Where nobody may be called now the group is told once,
    and the line begins when the duty does. What wakes nobody waits for the end of the quiet hours.
    """
    match concern.state:
        case ConcernState.CLOSED:
            return Escalation((), to_group=False, after=replace(concern, due=None, group_due=None))
        case ConcernState.TAKEN:
            return _tell_taker(concern, people, now)
    if not concern.wakes and _is_night(now) and not setting.is_staffed(now):
        return Escalation((), to_group=False, after=replace(concern, due=outside_quiet_hours(now)))
    called = {call.whom for call in concern.calls if call.at >= concern.sought_from}
    to_call = line(people, setting, now)
    waiting = [person for person in to_call if person.id not in called]
    if waiting and not concern.rounds:
        return _next_in_line(concern, waiting[0], now, tell_group=_group_waits(concern, called))
    if waiting:  # the duty has begun, or somebody joined it, after the line had come to its end
        return _next_in_line(replace(concern, rounds=0), waiting[0], now, tell_group=True)
    return _exhausted(concern, people, setting, now)


def _next_in_line(concern: Concern, person: DutyPerson, now: datetime, *, tell_group: bool) -> Escalation:
    after = replace(concern, rung=concern.rung + 1, due=now + PATIENCE)
    return Escalation((person,), tell_group, _with_group(after, now, tell_group))


def _exhausted(
    concern: Concern, people: Collection[DutyPerson], setting: DutySetting, now: datetime
) -> Escalation:
    everybody = administrators(people) or line(people, setting, now)
    first_time = concern.exhausted_at is None
    on_record = replace(concern, exhausted_at=concern.exhausted_at or now)
    if not everybody and not setting.is_staffed(now):
        tell_group = first_time and concern.group_due is None and not _told_group(concern, concern.sought_from)
        after = replace(on_record, due=setting.staffed_next(now) or _next_morning(now))
        return Escalation((), tell_group, _with_group(after, now, tell_group))
    again = now + gap(concern.rounds + 1)
    begins = None if setting.is_staffed(now) else setting.staffed_next(now)
    after = replace(on_record, rounds=concern.rounds + 1, due=min(again, begins or again))
    tell_group = not _told_group(concern, since=now - GROUP_MINUTE)
    return Escalation(everybody, tell_group, _with_group(after, now, tell_group))


def _tell_taker(concern: Concern, people: Collection[DutyPerson], now: datetime) -> Escalation:
    """Tell the taker; who cannot be reached is told again together with every administrator."""
    whom = {person.id: person for person in people if person.id == concern.taker}
    if concern.rounds or not whom:
        whom |= {person.id: person for person in administrators(people)}
    after = replace(concern, rounds=concern.rounds + 1, due=now + gap(concern.rounds + 1))
    return Escalation(tuple(whom.values()), to_group=False, after=after)


def called_for(fresh: Concern, claimed: Concern, escalation: Escalation, calls: Sequence[Call]) -> Concern:
    """Return the concern as it is stored after these calls; it may have moved on while they were made.

    Every call stays on record. One of the line whom no channel reached is passed over at once; a taker who was
    reached need not be told again; what fell due meanwhile stays due.
    """
    recorded = replace(fresh, calls=(*fresh.calls, *calls))
    if (fresh.state, fresh.taker, fresh.claims) != (claimed.state, claimed.taker, claimed.claims):
        return recorded
    after, heard = escalation.after, any(call.channels for call in calls)
    due = after.due
    if escalation.is_one_of_the_line and not heard:
        due = claimed.due
    rounds = after.rounds
    if fresh.state is ConcernState.TAKEN and heard:
        due, rounds = None, 0
    if fresh.due != claimed.due and fresh.due is not None:
        due = fresh.due if due is None else min(due, fresh.due)
    group_due = after.group_due if escalation.to_group else fresh.group_due
    return replace(
        recorded, due=due, rung=after.rung, rounds=rounds, exhausted_at=after.exhausted_at, group_due=group_due
    )


def gap(rounds: int) -> timedelta:
    """Return how long after so many rounds of calls the next one begins."""
    return GAPS[min(rounds, len(GAPS)) - 1]


def group_free_at(sent: Sequence[datetime], now: datetime) -> datetime:
    """Return when the group may be told next, given when it was told last: twenty texts in any minute."""
    recent = [instant for instant in sorted(sent) if instant > now - GROUP_MINUTE]
    return recent[-GROUP_MOST] + GROUP_MINUTE if len(recent) >= GROUP_MOST else now


def _with_group(after: Concern, now: datetime, tell_group: bool) -> Concern:
    return replace(after, group_due=now) if tell_group else after


def _told_group(concern: Concern, since: datetime) -> bool:
    return any(call.whom == GROUP and call.at >= since for call in concern.calls)


def _group_waits(concern: Concern, called: Collection[str]) -> bool:
    """Tell whether this is the first call, and the group has neither been told nor is about to be."""
    return not concern.rung and GROUP not in called and concern.group_due is None


def _is_night(now: datetime) -> bool:
    local = wall(now).time()
    return local >= QUIET_FROM or local < QUIET_UNTIL


def _next_morning(now: datetime) -> datetime:
    """Return the next end of the quiet hours."""
    local = wall(now)
    today = at(local.date(), QUIET_UNTIL)
    return today if today > now else at(local.date() + timedelta(days=1), QUIET_UNTIL)
