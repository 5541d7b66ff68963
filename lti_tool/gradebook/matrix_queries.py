"""Who is in the matrix, how far each has come, and what has reached the platform's gradebook.

The whole cohort is read at once, in a fixed number of statements: filters, counts and orders go by what is computed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import Mark, Presence, SignUp, SignUpState, TrainingSession
from lti_tool.collecting import without_collection
from lti_tool.completion.queries import verdicts_in, verdicts_of_all
from lti_tool.completion.statements import everybody
from lti_tool.database import table_of
from lti_tool.employment.models import Employment
from lti_tool.employment.queries import Job
from lti_tool.errors import NotFound
from lti_tool.gradebook.matrix_rows import Row
from lti_tool.lti.models import LineItem
from lti_tool.modules.programmes import programmes_of
from lti_tool.passback.models import Delivery, Score
from lti_tool.people.access import Launch
from lti_tool.people.models import Membership, Person, ResourceLink, Role
from lti_tool.programme.models import OnlineModule
from lti_tool.programme.queries import ProgrammeTerm, contents_of, programmes_in

_person, _job_columns = table_of(Person).c, table_of(Employment).c
# In the order of `Job`.
_ABOUT = tuple(_job_columns[name] for name in ("position", "course_code", "department", "town", "hours"))


@dataclass(frozen=True, slots=True)
class Scope:
    """A cohort as its coordinator sees it, or with `course_id` the learning assistants of one course as its instructor
    does."""

    programme: ProgrammeTerm
    course_id: int | None

    @property
    def cohort_id(self) -> int:
        return self.programme.cohort_id


@dataclass(frozen=True, slots=True)
class Sent:
    """Points for the whole programme on their way to one column."""

    given: float
    state: Delivery
    failure: str | None


@dataclass(frozen=True, slots=True)
class Attended:
    """A date and what is on record of one person there."""

    session_id: int
    meeting_key: str
    starts_at: datetime
    course_id: int | None
    called_off_at: datetime | None
    sign_up: SignUpState | None
    presence: Presence | None


def offered_to(session: Session, launch: Launch) -> list[ProgrammeTerm]:
    """The cohorts that they coordinate, and then for instructors the open ones, in which the learning assistants of
    their course may be; the newest first, and only those whose programme asks for something.

    Of several programmes only those are offered that are known to be theirs, if any are.
    """
    found = [one for one in programmes_in(session, launch.cohort_ids) if one.content.requirements]
    coordinated = [one for one in found if one.cohort_id in launch.cohort_ids]
    taught = [one for one in found if one not in coordinated] if launch.role is Role.INSTRUCTOR else []
    if len({one.id for one in (*coordinated, *taught)}) > 1:
        known = programmes_of(session, launch.person_id)
        taught = [one for one in taught if one.id in known] or ([] if coordinated else taught)
    return [*_newest_first(coordinated), *_newest_first(taught)]


def _newest_first(programmes: list[ProgrammeTerm]) -> list[ProgrammeTerm]:
    return sorted(programmes, key=lambda one: one.cohort_id, reverse=True)


def scope_in(offered: list[ProgrammeTerm], launch: Launch, cohort_id: int | None) -> Scope:
    """The cohort that is asked for, or the newest; raises `NotFound`."""
    found = [one for one in offered if cohort_id in (None, one.cohort_id)]
    if not found:
        raise NotFound("no cohort of theirs")
    coordinated = found[0].cohort_id in launch.cohort_ids
    return Scope(found[0], None if coordinated else launch.course_id)


def rows_of(session: Session, scope: Scope, moment: datetime) -> list[Row]:
    """Everybody in it, in no order. Nine statements at most."""
    with without_collection():
        people = _people(session, scope)
        if scope.course_id is None:
            verdicts = verdicts_of_all(session, scope.cohort_id, moment, people)
        else:
            verdicts = verdicts_in(session, scope.cohort_id, moment, people)
        present = [Row(one, *people[one], verdict) for one, verdict in verdicts.items()]
        return [*present, *(_absent(session, scope) if scope.course_id is None else ())]


def _people(session: Session, scope: Scope) -> dict[int, tuple[str | None, tuple[Job, ...]]]:
    """The name of each, and what they are employed as."""
    found: dict[int, tuple[str | None, tuple[Job, ...]]] = {}
    # Hundreds are employed as the same in the same course.
    known: dict[tuple[str | float | None, ...], tuple[Job, ...]] = {}
    for row in session.execute(_named(scope)).all():
        person_id, name, said = row[0], row[1], row[2:]
        if said not in known:
            known[said] = () if said[0] is None else (_job(*said),)
        before = found[person_id][1] if person_id in found else ()
        found[person_id] = name, (*before, *known[said]) if before else known[said]
    return found


def _absent(session: Session, scope: Scope) -> list[Row]:
    """Those on the list of employed people who have never come; several lines of one reference are one person."""
    columns = (_job_columns.reference, _job_columns.name, *_ABOUT)
    rows = session.execute(select(*columns).where(*_listed(scope), _job_columns.person_id.is_(None)))
    found: dict[str, Row] = {}
    for reference, name, *about in rows:
        before = found[reference].jobs if reference in found else ()
        found[reference] = Row(None, name, (*before, _job(*about)), None)
    return list(found.values())


def _job(position: Any, course_code: Any, department: Any, town: Any, hours: Any) -> Job:
    return Job(position, course_code, department, town, hours)


def sent_of(session: Session, scope: Scope, people: Collection[int]) -> dict[int, list[Sent]]:
    """By person: the points for the whole programme. Of a course, only those in its own columns."""
    query = (
        select(Score.person_id, Score.given, Score.state, Score.failure)
        .join(LineItem, LineItem.id == Score.line_item_id)
        .join(ResourceLink, ResourceLink.id == LineItem.link_id)
        .where(ResourceLink.programme_key == scope.programme.content.key, Score.person_id.in_(people))
        .order_by(Score.id)
    )
    found: dict[int, list[Sent]] = defaultdict(list)
    here = query if scope.course_id is None else query.where(ResourceLink.course_id == scope.course_id)
    for row in session.execute(here):
        found[row.person_id].append(Sent(row.given, row.state, row.failure))
    return found


def row_of(session: Session, scope: Scope, person_id: int, moment: datetime) -> Row:
    """One person of the scope; raises `NotFound` for anybody else."""
    inside = everybody(scope.cohort_id) if scope.course_id is None else _learners(scope.course_id)
    name = session.execute(select(Person.name).where(Person.id == person_id, Person.id.in_(inside))).one_or_none()
    if name is None:
        raise NotFound("nobody of this matrix")
    mine = select(*_ABOUT).where(*_listed(scope), _job_columns.person_id == person_id).order_by(_job_columns.id)
    jobs = tuple(_job(*about) for about in session.execute(mine))
    verdict = verdicts_in(session, scope.cohort_id, moment, [person_id])[person_id]
    return Row(person_id, name.name, jobs, verdict)


def module_titles(session: Session, scope: Scope, language: str) -> dict[str, str]:
    """Of the programme's modules, by key."""
    rows = session.execute(
        select(OnlineModule.key, OnlineModule.content_id).where(OnlineModule.programme_id == scope.programme.id)
    ).all()
    contents = contents_of(session, [row.content_id for row in rows if row.content_id])
    return {row.key: contents[row.content_id].title_in(language) for row in rows if row.content_id}


def meetings_of(session: Session, scope: Scope, person_id: int) -> list[Attended]:
    """The dates that the person has a place on, waits for or is marked on, and those of their courses. An instructor
    sees those of the course and of the whole programme, and no other course's."""
    member = select(Membership.course_id).where(
        Membership.person_id == person_id, Membership.role == Role.LEARNER, Membership.left_at.is_(None)
    )
    courses = member if scope.course_id is None else member.where(Membership.course_id == scope.course_id)
    rows = session.execute(
        select(
            TrainingSession.id,
            TrainingSession.meeting_key,
            TrainingSession.starts_at,
            TrainingSession.course_id,
            TrainingSession.cancelled_at,
            SignUp.state,
            Mark.presence,
        )
        .outerjoin(SignUp, and_(SignUp.session_id == TrainingSession.id, SignUp.person_id == person_id))
        .outerjoin(Mark, and_(Mark.session_id == TrainingSession.id, Mark.person_id == person_id))
        .where(TrainingSession.cohort_id == scope.cohort_id)
        .where(or_(TrainingSession.course_id.is_(None), TrainingSession.course_id.in_(courses)))
        .where(or_(SignUp.id.is_not(None), Mark.presence.is_not(None), TrainingSession.course_id.is_not(None)))
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )
    return [Attended(*row) for row in rows]


def _learners(course_id: int) -> Select[int]:
    return select(Membership.person_id).where(
        Membership.course_id == course_id, Membership.role == Role.LEARNER, Membership.left_at.is_(None)
    )


def _named(scope: Scope) -> Select[Any]:
    """Once for each position that somebody has, and once for whoever has none."""
    inside = everybody(scope.cohort_id) if scope.course_id is None else _learners(scope.course_id)
    joined = table_of(Person).outerjoin(
        table_of(Employment), and_(_job_columns.person_id == _person.id, *_listed(scope))
    )
    query = select(_person.id, _person.name, *_ABOUT).select_from(joined)
    return query.where(_person.id.in_(inside)).order_by(_job_columns.id)


def _listed(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return _job_columns.cohort_id == scope.cohort_id, _job_columns.ended_at.is_(None)
