"""The dates that somebody is expected at, for their page and their calendar."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from lti_tool.attendance.models import (
    CalendarFeed,
    Mark,
    Preparation,
    Presence,
    SignUp,
    SignUpChange,
    SignUpEvent,
    SignUpState,
    TrainingSession,
)
from lti_tool.people.models import Course, Membership, Person, Role
from lti_tool.programme.content import ProgrammeContent, in_language
from lti_tool.programme.queries import programme_in

# Older ones are of no use in a calendar.
KEPT = timedelta(days=200)


@dataclass(frozen=True, slots=True)
class Appointment:
    """One date of a person. `course` is the course whose date it is, `presence` None where nobody has marked them."""

    date: TrainingSession
    programme: ProgrammeContent
    course: str | None
    presence: Presence | None

    def title(self, language: str) -> str:
        """The meeting's, or its key where the programme has dropped it."""
        try:
            _requirement, meeting = self.programme.meeting_of(self.date.meeting_key)
        except KeyError:
            return self.date.meeting_key
        return in_language(meeting.titles, language, self.programme.default_language)

    @property
    def is_prepared_for(self) -> bool:
        """Whether there is anything to prepare."""
        try:
            return self.programme.meeting_of(self.date.meeting_key)[1].preparation is not None
        except KeyError:
            return False


def appointments_of(session: Session, person_id: int, moment: datetime) -> list[Appointment]:
    """Dates with a place of theirs, of courses that they work in, and those of both that were called off."""
    place = exists().where(
        SignUp.session_id == TrainingSession.id, SignUp.person_id == person_id, SignUp.state == SignUpState.PLACE
    )
    member = exists().where(
        Membership.course_id == TrainingSession.course_id,
        Membership.person_id == person_id,
        Membership.role == Role.LEARNER,
        Membership.left_at.is_(None),
    )
    rows = session.execute(
        select(TrainingSession, Course.title, Mark.presence)
        .outerjoin(Course, Course.id == TrainingSession.course_id)
        .outerjoin(Mark, (Mark.session_id == TrainingSession.id) & (Mark.person_id == person_id))
        .where(or_(place, member, _was_called_off(person_id)), TrainingSession.starts_at >= moment - KEPT)
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    ).all()
    programmes = {
        cohort_id: programme_in(session, cohort_id).content for cohort_id in {date.cohort_id for date, *_rest in rows}
    }
    return [Appointment(date, programmes[date.cohort_id], course, presence) for date, course, presence in rows]


def prepared_by(session: Session, person_id: int) -> set[tuple[int, str]]:
    """The cohorts and keys of the meetings that somebody is prepared for."""
    rows = session.execute(
        select(Preparation.cohort_id, Preparation.meeting_key).where(
            Preparation.person_id == person_id, Preparation.done_at.is_not(None)
        )
    )
    return {(row.cohort_id, row.meeting_key) for row in rows}


def owner_of(session: Session, secret: str) -> Person | None:
    """Whose calendar this is the secret of."""
    query = select(Person).join(CalendarFeed, CalendarFeed.person_id == Person.id)
    return session.scalars(query.where(CalendarFeed.secret_hash == secret_hash(secret))).one_or_none()


def secret_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _was_called_off(person_id: int) -> ColumnElement[bool]:
    """Dates on which they had a place until then; who has only waited was never to come."""
    before = aliased(SignUpEvent)
    had_place = exists().where(
        before.session_id == SignUpEvent.session_id,
        before.person_id == person_id,
        before.change.in_([SignUpChange.SIGNED_UP, SignUpChange.PROMOTED]),
    )
    return exists().where(
        SignUpEvent.session_id == TrainingSession.id,
        SignUpEvent.person_id == person_id,
        SignUpEvent.change == SignUpChange.CALLED_OFF,
        had_place,
    )
