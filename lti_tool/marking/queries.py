"""Sessions to mark, whom to add to them, and what was done to their marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, aliased

from lti_tool.attendance.models import Mark, MarkEvent, Presence, Source, TrainingSession
from lti_tool.database import now
from lti_tool.marking.access import marks, may_attend
from lti_tool.people.access import Launch
from lti_tool.people.models import Membership, Person, Role
from lti_tool.people.names import Somebody, is_called
from lti_tool.programme.content import ProgrammeContent, in_language
from lti_tool.programme.queries import programme_in
from lti_tool.programme.requirements import Meeting

MOST_FOUND = 10
# People come early, and lists are begun while they do.
BEFORE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Held:
    """A session with what its pages say of it. `meeting` is None for one that the programme no longer has."""

    session: TrainingSession
    title: str
    meeting: Meeting | None

    @property
    def id(self) -> int:
        return self.session.id

    @property
    def with_preparation(self) -> bool:
        return self.meeting is not None and self.meeting.preparation is not None

    @property
    def opens_at(self) -> datetime:
        return self.session.starts_at - BEFORE

    @property
    def open(self) -> bool:
        """Whether people can be marked."""
        return self.session.cancelled_at is None and now() >= self.opens_at


@dataclass(frozen=True, slots=True)
class Listed:
    """A session on the list of sessions: `marked` of so many `expected` people."""

    held: Held
    expected: int
    marked: int

    @property
    def complete(self) -> bool:
        return self.marked >= self.expected


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a mark, for the log."""

    person: Somebody
    by: Somebody
    before: Presence | None
    after: Presence | None
    source: Source
    reason: str
    happened_at: datetime
    created_at: datetime


def held_in(session: Session, found: TrainingSession, language: str) -> Held:
    return _held(found, programme_in(session, found.cohort_id).content, language)


def _held(found: TrainingSession, programme: ProgrammeContent, language: str) -> Held:
    try:
        _requirement, meeting = programme.meeting_of(found.meeting_key)
    except KeyError:
        return Held(found, found.meeting_key, None)
    return Held(found, in_language(meeting.titles, language, programme.default_language), meeting)


def sessions_to_mark(session: Session, launch: Launch) -> list[Listed]:
    """All that took or take place, the latest first."""
    people = case((TrainingSession.course_id.is_(None), TrainingSession.taken), else_=_members())
    rows = session.execute(
        select(TrainingSession, people.label("expected"), _marked().label("marked"))
        .where(marks(launch), TrainingSession.cancelled_at.is_(None))
        .order_by(TrainingSession.starts_at.desc(), TrainingSession.id)
    ).all()
    cohorts = {found.cohort_id for found, _expected, _number in rows}
    programmes = {cohort_id: programme_in(session, cohort_id).content for cohort_id in cohorts}
    return [
        Listed(_held(found, programmes[found.cohort_id], launch.locale), expected, marked)
        for found, expected, marked in rows
    ]


def _members() -> ColumnElement[int]:
    return (
        select(func.count())
        .where(Membership.course_id == TrainingSession.course_id, Membership.role == Role.LEARNER)
        .where(Membership.left_at.is_(None))
        .scalar_subquery()
    )


def _marked() -> ColumnElement[int]:
    return select(func.count()).where(Mark.session_id == TrainingSession.id).scalar_subquery()


def people_called(
    session: Session, held: TrainingSession, part: str, listed: Sequence[int]
) -> tuple[list[Somebody], bool]:
    """Who may walk in and is called so, without those who are `listed`; and whether there are more."""
    called = is_called(session, part, may_attend(held) & Person.id.not_in(listed))
    query = select(Person.id, Person.name).where(called).order_by(func.lower(Person.name), Person.id)
    rows = session.execute(query.limit(MOST_FOUND + 1)).all()
    return [Somebody(row.id, row.name) for row in rows[:MOST_FOUND]], len(rows) > MOST_FOUND


def changes_of(session: Session, session_id: int, person_id: int | None = None) -> list[Change]:
    """The latest first; of one person, if one is named."""
    person, actor = aliased(Person), aliased(Person)
    query = (
        select(MarkEvent, person.name.label("name"), actor.name.label("actor_name"))
        .join(person, person.id == MarkEvent.person_id)
        .join(actor, actor.id == MarkEvent.by)
        .where(MarkEvent.session_id == session_id)
    )
    if person_id is not None:
        query = query.where(MarkEvent.person_id == person_id)
    return [
        Change(
            Somebody(event.person_id, name),
            Somebody(event.by, actor_name),
            event.before,
            event.after,
            event.source,
            event.reason,
            event.happened_at,
            event.created_at,
        )
        for event, name, actor_name in session.execute(query.order_by(MarkEvent.id.desc()))
    ]
