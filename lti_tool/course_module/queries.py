"""How far a course is with its module: each of its learning assistants, each meeting, and what both sides have written.

Every question is asked once for all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.attendance.marks import THERE
from lti_tool.attendance.models import Mark, TrainingSession
from lti_tool.course_module.agreement import agreement_of, holds
from lti_tool.course_module.hours import Share, Sum, Was, lost, share_of, sum_of
from lti_tool.course_module.models import Agreement, AgreementShare, FinalEvaluation, Side
from lti_tool.course_module.scope import Assistant, CourseModule
from lti_tool.errors import NotFound
from lti_tool.people.models import Membership, Person, Role
from lti_tool.programme.requirements import Meeting

# What is known of everybody, by date and person.
Marks = Mapping[int, Mapping[int, Was]]


@dataclass(frozen=True, slots=True)
class Date:
    """One date, and how many were there, were missed, and are not marked."""

    session: TrainingSession
    there: int
    missed: int
    unmarked: int


@dataclass(frozen=True, slots=True)
class Plan:
    """One meeting: what is planned of it, in order of time. `lost` are how many cannot reach its hours because of what
    they missed, and the minutes that are to be planned for them."""

    meeting: Meeting
    sum: Sum
    dates: tuple[Date, ...]
    lost: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """One learning assistant. `shares` by the key of the meeting; `confirmed` is whether they have confirmed what is
    agreed on now, `share` also what they did before."""

    assistant: Assistant
    shares: Mapping[str, Share]
    share: AgreementShare | None
    confirmed: bool
    own_begun: bool
    own_submitted_at: datetime | None
    theirs_submitted_at: datetime | None

    @property
    def person_id(self) -> int:
        return self.assistant.person_id

    @property
    def name(self) -> str | None:
        return self.assistant.name

    @property
    def lost(self) -> bool:
        return any(share.lost for share in self.shares.values())

    @property
    def released(self) -> bool:
        return self.own_submitted_at is not None and self.theirs_submitted_at is not None


@dataclass(frozen=True, slots=True)
class Overview:
    plans: tuple[Plan, ...]
    agreement: Agreement | None
    lines: tuple[Line, ...]

    @property
    def present(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.assistant.left)


def overview_of(session: Session, module: CourseModule) -> Overview:
    """Seven statements, however many people there are."""
    dates = dates_of(session, module)
    marks = _marks(session, [one.id for one in dates])
    agreement = agreement_of(session, module)
    shares = _agreement_shares(session, agreement)
    written = _evaluations(session, module)
    people = _assistants(session, module, {*shares, *written, *(one for was in marks.values() for one in was)})
    lines = tuple(
        Line(
            somebody,
            {meeting.key: _share(meeting, dates, marks, somebody.person_id) for meeting in module.meetings},
            share := shares.get(somebody.person_id),
            holds(agreement, share),
            *_states(written.get(somebody.person_id, {})),
        )
        for somebody in people
    )
    present = [line for line in lines if not line.assistant.left]
    return Overview(tuple(_plan(meeting, dates, marks, present) for meeting in module.meetings), agreement, lines)


def dates_of(session: Session, module: CourseModule, *, called_off: bool = False) -> list[TrainingSession]:
    """The dates of the course, in order of time, without those that were called off unless they are asked for."""
    query = select(TrainingSession).where(
        TrainingSession.course_id == module.course_id, TrainingSession.cohort_id == module.cohort_id
    )
    if not called_off:
        query = query.where(TrainingSession.cancelled_at.is_(None))
    return list(session.scalars(query.order_by(TrainingSession.starts_at, TrainingSession.id)))


def date_in(session: Session, module: CourseModule, session_id: int) -> TrainingSession:
    """Raises `NotFound` for a date of another course or term."""
    found = [one for one in dates_of(session, module, called_off=True) if one.id == session_id]
    if not found:
        raise NotFound("no such date in this course")
    return found[0]


def was_at(session: Session, dates: Iterable[TrainingSession], person_id: int) -> dict[int, Was]:
    """What is known of one person, by date."""
    return {date: was[person_id] for date, was in _marks(session, [d.id for d in dates], person_id).items()}


def share_in(meeting: Meeting, dates: Collection[TrainingSession], was: Mapping[int, Was]) -> Share:
    """A person's part in a meeting, of all the `dates` of the course that hold."""
    return share_of(meeting.hours, {one.id: one.minutes for one in dates if one.meeting_key == meeting.key}, was)


def _share(meeting: Meeting, dates: Collection[TrainingSession], marks: Marks, person_id: int) -> Share:
    return share_in(meeting, dates, {date: was[person_id] for date, was in marks.items() if person_id in was})


def _plan(meeting: Meeting, dates: Iterable[TrainingSession], marks: Marks, present: Collection[Line]) -> Plan:
    own = [one for one in dates if one.meeting_key == meeting.key]
    shares = [line.shares[meeting.key] for line in present]
    here = {line.person_id for line in present}
    return Plan(
        meeting,
        sum_of(meeting.hours, (one.minutes for one in own)),
        tuple(_date(one, marks.get(one.id, {}), here) for one in own),
        lost(shares),
    )


def _date(found: TrainingSession, was: Mapping[int, Was], expected: set[int]) -> Date:
    there, missed = (sum(1 for one in was.values() if one is which) for which in (Was.THERE, Was.MISSED))
    return Date(found, there, missed, len(expected - was.keys()))


def _marks(session: Session, session_ids: Collection[int], person_id: int | None = None) -> dict[int, dict[int, Was]]:
    query = select(Mark.session_id, Mark.person_id, Mark.presence).where(Mark.session_id.in_(session_ids))
    if person_id is not None:
        query = query.where(Mark.person_id == person_id)
    marks: defaultdict[int, dict[int, Was]] = defaultdict(dict)
    for row in session.execute(query):
        marks[row.session_id][row.person_id] = Was.THERE if row.presence in THERE else Was.MISSED
    return dict(marks)


def _agreement_shares(session: Session, agreement: Agreement | None) -> dict[int, AgreementShare]:
    if agreement is None:
        return {}
    rows = session.scalars(select(AgreementShare).where(AgreementShare.agreement_id == agreement.id))
    return {row.person_id: row for row in rows}


def _evaluations(session: Session, module: CourseModule) -> dict[int, dict[Side, datetime | None]]:
    """When each side has submitted, None for a draft; what they say is not read."""
    rows = session.execute(
        select(FinalEvaluation.person_id, FinalEvaluation.side, FinalEvaluation.submitted_at).where(
            FinalEvaluation.course_id == module.course_id, FinalEvaluation.cohort_id == module.cohort_id
        )
    )
    found: defaultdict[int, dict[Side, datetime | None]] = defaultdict(dict)
    for row in rows:
        found[row.person_id][row.side] = row.submitted_at
    return dict(found)


def _states(written: Mapping[Side, datetime | None]) -> tuple[bool, datetime | None, datetime | None]:
    return Side.DEPARTMENT in written, written.get(Side.DEPARTMENT), written.get(Side.ASSISTANT)


def _assistants(session: Session, module: CourseModule, recorded: Collection[int]) -> list[Assistant]:
    """Those who are in the course, and those who left it and of whom something is recorded, by name."""
    rows = session.execute(
        select(Person.id, Person.name, Membership.left_at)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.course_id == module.course_id, Membership.role == Role.LEARNER)
        .order_by(func.lower(Person.name).nulls_last(), Person.id)
    )
    people = [Assistant(row.id, row.name, row.left_at is not None) for row in rows]
    return [one for one in people if not one.left or one.person_id in recorded]
