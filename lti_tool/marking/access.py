"""Which sessions somebody may mark, and whom in them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import Mark, SignUp, TrainingSession
from lti_tool.attendance.queries import is_expected
from lti_tool.employment.models import Employment
from lti_tool.errors import NotFound
from lti_tool.people.access import Launch
from lti_tool.people.models import Membership, Person, Role, StaffGrant
from lti_tool.people.names import Somebody
from lti_tool.programme.models import Enrolment


def marks(launch: Launch) -> ColumnElement[bool]:
    """Whether this visit may mark a `TrainingSession`: coordinators those of the programme, instructors those of the
    course they have come from.
    """
    of_course = TrainingSession.course_id == launch.course_id if launch.role is Role.INSTRUCTOR else false()
    of_cohort = and_(TrainingSession.course_id.is_(None), TrainingSession.cohort_id.in_(launch.cohort_ids))
    return or_(of_course, of_cohort)


def session_to_mark(session: Session, launch: Launch, session_id: int) -> TrainingSession:
    """Raises `NotFound` for a session that this visit may not mark."""
    found = session.scalars(
        select(TrainingSession).where(TrainingSession.id == session_id, marks(launch))
    ).one_or_none()
    if found is None:
        raise NotFound("no session to mark")
    return found


def person_to_mark(session: Session, held: TrainingSession, person_id: int) -> Somebody:
    """Raises `NotFound` for somebody who has nothing to do with the session."""
    row = session.execute(select(Person.id, Person.name).where(Person.id == person_id, may_attend(held))).one_or_none()
    if row is None:
        raise NotFound("nobody of this session")
    return Somebody(row.id, row.name)


def may_attend(held: TrainingSession) -> ColumnElement[bool]:
    """Whether a `Person` can be marked: whoever is expected or marked, and who may walk in. To the session of a course
    come its learning assistants, also those who have left it; to one of the programme everybody of its cohort.
    """
    marked = exists().where(Mark.session_id == held.id, Mark.person_id == Person.id)
    own = _of_course(held.course_id) if held.course_id is not None else _of_cohort(held.cohort_id)
    return or_(is_expected(held), marked, own)


def _of_course(course_id: int) -> ColumnElement[bool]:
    return exists().where(
        Membership.person_id == Person.id, Membership.course_id == course_id, Membership.role == Role.LEARNER
    )


def _of_cohort(cohort_id: int) -> ColumnElement[bool]:
    enrolled = exists().where(Enrolment.cohort_id == cohort_id, Enrolment.person_id == Person.id)
    signed_up = exists().where(SignUp.cohort_id == cohort_id, SignUp.person_id == Person.id)
    employed = exists().where(Employment.cohort_id == cohort_id, Employment.person_id == Person.id)
    member = exists().where(
        StaffGrant.cohort_id == cohort_id,
        Membership.course_id == StaffGrant.course_id,
        Membership.person_id == Person.id,
        Membership.role == Role.LEARNER,
    )
    return or_(enrolled, signed_up, employed, member)
