"""Loading programmes and enrolling people."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.programme.models import Enrolment


def enrol(session: Session, person_id: int, cohort_id: int) -> None:
    """Make the person a participant of the cohort; once is enough."""
    found = session.scalars(
        select(Enrolment.id).where(Enrolment.person_id == person_id, Enrolment.cohort_id == cohort_id)
    ).one_or_none()
    if found is None:
        session.add(Enrolment(person_id=person_id, cohort_id=cohort_id))
        session.flush()
