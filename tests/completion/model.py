"""What completion means, said as slowly and plainly as possible, to hold the rules against.

A life is everything that happened to one person, flat: what became of every date. It is judged by trying out what
would be if they came to all that is left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from lti_tool.completion.records import Date, Records, Work
from lti_tool.completion.verdicts import Status
from lti_tool.modules.dates import deadline
from lti_tool.programme.content import ProgrammeContent, Step
from lti_tool.programme.requirements import Attendance, Completion, Meeting
from tests.completion.made import NOW, records

WORST_FIRST = (Status.MISSED, Status.AT_RISK, Status.ON_THE_WAY, Status.DONE)


@dataclass(frozen=True)
class Life:
    """Ids of dates; `completed` and `chosen` are keys of modules, `late` those with a step that is overdue."""

    dates: tuple[Date, ...] = ()
    there: frozenset[int] = frozenset()
    absent: frozenset[int] = frozenset()
    places: frozenset[int] = frozenset()
    waiting: frozenset[int] = frozenset()
    member: frozenset[int] = frozenset()
    term_ends_at: datetime = NOW + timedelta(days=90)
    completed: frozenset[str] = frozenset()
    chosen: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    offered: tuple[str, ...] = field(default=())

    @property
    def term_is_over(self) -> bool:
        return self.term_ends_at <= NOW

    def unmarked(self, one: Date) -> bool:
        return not one.called_off and one.id not in self.there | self.absent


def parts(programme: ProgrammeContent, life: Life) -> dict[str, Status]:
    """By requirement."""
    return {
        one.key: _modules(one, life) if isinstance(one, Completion) else _meetings(one, life)
        for one in programme.requirements
    }


def worst(found: Iterable[Status]) -> Status:
    return min(found, key=WORST_FIRST.index)


def _meetings(requirement: Attendance, life: Life) -> Status:
    if requirement.held_by == "programme":
        return worst(_held(meeting, life) for meeting in requirement.meetings)
    keys = [meeting.key for meeting in requirement.meetings]
    own = [one for one in life.dates if one.course_id is not None and one.meeting in keys]
    courses: set[int | None] = {one.course_id for one in own if not one.called_off and one.course_id in life.member}
    courses |= {one.course_id for one in life.dates if one.id in life.there and one.course_id is not None}
    found = [
        worst(
            _in_course(meeting, [one for one in own if one.course_id == course], life)
            for meeting in requirement.meetings
        )
        for course in courses or {None}
    ]
    return max(found, key=WORST_FIRST.index)


def _held(meeting: Meeting, life: Life) -> Status:
    own = [one for one in life.dates if one.meeting == meeting.key and one.course_id is None]
    planned = [one for one in own if not one.called_off]
    if any(one.id in life.there for one in own):
        return Status.DONE
    places = [one for one in planned if one.id in life.places and life.unmarked(one)]
    if places:
        return Status.AT_RISK if any(NOW - one.ends_at > timedelta(days=7) for one in places) else Status.ON_THE_WAY
    if not planned:
        return Status.MISSED if life.term_is_over else Status.ON_THE_WAY
    if not any(one.ends_at > NOW for one in planned):
        return Status.MISSED
    free = [one for one in planned if one.room and one.sign_up_until >= NOW and one.starts_at > NOW]
    calm = any(one.sign_up_until > NOW + timedelta(days=14) for one in free) and (len(free) > 1 or len(planned) == 1)
    return Status.ON_THE_WAY if calm and not life.absent & {one.id for one in own} else Status.AT_RISK


def _in_course(meeting: Meeting, dates: list[Date], life: Life) -> Status:
    own = [one for one in dates if one.meeting == meeting.key]
    if _enough(meeting, own, life):
        return Status.DONE
    if_all_goes_well = replace(life, there=life.there | {one.id for one in own if life.unmarked(one)})
    planned = [one for one in own if not one.called_off]
    if not _enough(meeting, own, if_all_goes_well):
        all_planned = _enough(meeting, own, replace(life, there=frozenset(one.id for one in planned)))
        if life.term_is_over or all_planned:
            return Status.MISSED
    forgotten = any(life.unmarked(one) and NOW - one.ends_at > timedelta(days=7) for one in own)
    missed_one = any(one.id in life.absent for one in planned)
    return Status.AT_RISK if forgotten or missed_one else Status.ON_THE_WAY


def _enough(meeting: Meeting, dates: list[Date], life: Life) -> bool:
    return sum(one.minutes for one in dates if one.id in life.there) >= round(meeting.hours * 60)


def _modules(requirement: Completion, life: Life) -> Status:
    there = [key for key in life.offered if not requirement.modules or key in requirement.modules]
    completed = [key for key in life.completed if not requirement.modules or key in requirement.modules]
    candidates = set(there) | set(completed)
    needed = requirement.choose or len(candidates) or 1
    if len(completed) >= needed:
        return Status.DONE
    if len(candidates) < needed:
        return Status.MISSED
    taken = candidates & (life.chosen | life.completed) if needed < len(candidates) else candidates
    if any(key in life.late and key not in completed for key in taken):
        return Status.AT_RISK
    rest = candidates - taken
    return Status.AT_RISK if len(taken) < needed and rest <= life.late else Status.ON_THE_WAY


def records_of(life: Life) -> Records:
    found = records(
        *life.dates,
        there=life.there,
        absent=life.absent,
        places=life.places,
        waiting=life.waiting,
        courses=life.member,
        term_ends_at=life.term_ends_at,
    )
    deadlines = {
        key: {Step.TEST: deadline(NOW + timedelta(days=-2 if key in life.late else 2), 0)} for key in life.offered
    }
    offered = replace(found.offer, modules=dict.fromkeys(life.offered, tuple(Step)), deadlines=deadlines)
    work = {key: Work(chosen=True) for key in life.chosen}
    work |= {key: Work(key in life.chosen, completed_at=NOW - timedelta(days=1)) for key in life.completed}
    return found._replace(offer=offered, work=work)
