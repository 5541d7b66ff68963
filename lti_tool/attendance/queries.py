"""Who is expected at a session, for those who hold it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import (
    Preparation,
    SignUp,
    SignUpChange,
    SignUpEvent,
    SignUpState,
    TrainingSession,
)
from lti_tool.people.models import Membership, Person, Role


@dataclass(frozen=True, slots=True)
class Expected:
    """`name` is None where the platform keeps names back; `prepared` is False, too, where there is nothing to do."""

    person_id: int
    name: str | None
    prepared: bool


def people_of(session: Session, training_session: TrainingSession) -> list[Expected]:
    """Whoever has a place, or had one when it began; of a course's session all its learning assistants. By name."""
    prepared = exists().where(
        Preparation.person_id == Person.id,
        Preparation.cohort_id == training_session.cohort_id,
        Preparation.meeting_key == training_session.meeting_key,
        Preparation.done_at.is_not(None),
    )
    rows = session.execute(
        select(Person.id, Person.name, prepared.label("prepared"))
        .where(is_expected(training_session))
        .order_by(Person.name, Person.id)
    )
    return [Expected(row.id, row.name, row.prepared) for row in rows]


def is_expected(training_session: TrainingSession) -> ColumnElement[bool]:
    """Whether a `Person` is among those people."""
    if training_session.course_id is not None:
        return exists().where(
            Membership.person_id == Person.id,
            Membership.course_id == training_session.course_id,
            Membership.role == Role.LEARNER,
            Membership.left_at.is_(None),
        )
    place = exists().where(
        SignUp.session_id == training_session.id, SignUp.person_id == Person.id, SignUp.state == SignUpState.PLACE
    )
    # Whoever has missed it signs up for another date, often before somebody has said who was there.
    gone_on = exists().where(
        SignUpEvent.session_id == training_session.id,
        SignUpEvent.person_id == Person.id,
        SignUpEvent.change == SignUpChange.CANCELLED,
        SignUpEvent.created_at >= training_session.starts_at,
    )
    return place | gone_on
