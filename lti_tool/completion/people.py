"""Finding somebody of a cohort by name."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from lti_tool.completion.statements import everybody
from lti_tool.errors import NotFound
from lti_tool.people.models import Membership, Person, Role, StaffGrant
from lti_tool.people.names import Somebody, is_called

# More are to be told apart by more of the name.
MOST_FOUND = 25


def people_called(session: Session, cohort_id: int, part: str) -> list[Somebody]:
    """People of the cohort with this in name or pseudonym: `MOST_FOUND`, and one more if there is one."""
    query = select(Person.id, Person.name).where(is_called(session, part, _belongs(cohort_id)))
    rows = session.execute(query.order_by(func.lower(Person.name), Person.id).limit(MOST_FOUND + 1))
    return [Somebody(row.id, row.name) for row in rows]


def person_in(session: Session, cohort_id: int, person_id: int) -> Somebody:
    """Raises `NotFound` for somebody who has nothing to do with the cohort."""
    query = select(Person.id, Person.name).where(Person.id == person_id, _belongs(cohort_id))
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound("nobody of this cohort")
    return Somebody(row.id, row.name)


def _belongs(cohort_id: int) -> ColumnElement[bool]:
    """Everybody of whom anything is on record, and the learning assistants of the courses whose instructors
    coordinate."""
    member = exists().where(
        StaffGrant.cohort_id == cohort_id,
        Membership.course_id == StaffGrant.course_id,
        Membership.person_id == Person.id,
        Membership.role == Role.LEARNER,
    )
    return or_(Person.id.in_(everybody(cohort_id)), member)
