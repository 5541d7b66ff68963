"""Giving people standing, and knowing people and courses before their first launch."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.database import rows_changed
from lti_tool.people.models import Course, GrantKind, Person, StaffGrant


def ensure_person(session: Session, platform_id: int, subject: str) -> int:
    """The id of that platform's user, who may never have launched the tool yet."""
    found = session.scalars(
        select(Person.id).where(Person.platform_id == platform_id, Person.subject == subject)
    ).one_or_none()
    return found or _added(session, Person(platform_id=platform_id, subject=subject))


def ensure_course(session: Session, deployment_id: int, context_id: str) -> int:
    """The id of the course; `deployment_id` is the row's id, `context_id` the platform's."""
    found = session.scalars(
        select(Course.id).where(Course.deployment_id == deployment_id, Course.context_id == context_id)
    ).one_or_none()
    return found or _added(session, Course(deployment_id=deployment_id, context_id=context_id))


def grant_coordinator(
    session: Session, cohort_id: int, *, person_id: int | None = None, course_id: int | None = None, granted_by: str
) -> bool:
    """Make the person, or every instructor of the course, coordinator of the cohort; False if they were already.

    Exactly one of `person_id` and `course_id`.
    """
    grant = StaffGrant(
        kind=GrantKind.COORDINATOR,
        cohort_id=cohort_id,
        person_id=person_id,
        course_id=course_id,
        granted_by=granted_by,
    )
    return _grant(session, grant)


def grant_administrator(session: Session, person_id: int, *, granted_by: str) -> bool:
    """False if they were already."""
    return _grant(session, StaffGrant(kind=GrantKind.ADMINISTRATOR, person_id=person_id, granted_by=granted_by))


def revoke_coordinator(
    session: Session, cohort_id: int, *, person_id: int | None = None, course_id: int | None = None
) -> bool:
    """False if there was nothing to take back."""
    return _revoke(
        session,
        StaffGrant(kind=GrantKind.COORDINATOR, cohort_id=cohort_id, person_id=person_id, course_id=course_id),
    )


def revoke_administrator(session: Session, person_id: int) -> bool:
    return _revoke(session, StaffGrant(kind=GrantKind.ADMINISTRATOR, person_id=person_id))


def _grant(session: Session, grant: StaffGrant) -> bool:
    try:
        _added(session, grant)
    except IntegrityError:
        if session.scalars(select(StaffGrant.id).where(_same(grant))).one_or_none() is None:
            raise
        return False
    return True


def _added(session: Session, row: Person | Course | StaffGrant) -> int:
    with session.begin_nested():
        session.add(row)
        session.flush()
    return row.id


def _revoke(session: Session, grant: StaffGrant) -> bool:
    return rows_changed(session.execute(delete(StaffGrant).where(_same(grant)))) > 0


def _same(grant: StaffGrant) -> ColumnElement[bool]:
    columns = (StaffGrant.kind, StaffGrant.cohort_id, StaffGrant.person_id, StaffGrant.course_id)
    return and_(*(column.is_not_distinct_from(getattr(grant, column.key)) for column in columns))
