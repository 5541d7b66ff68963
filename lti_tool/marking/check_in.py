"""Check-in: whoever sees the code says that they are there, and the leader confirms it with a mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from lti_tool.attendance.marks import lock
from lti_tool.attendance.models import CheckIn, Mark, Presence, TrainingSession
from lti_tool.database import now
from lti_tool.marking.actions import refuse_early
from lti_tool.marking.code import is_shown
from lti_tool.people.models import Membership, Role
from lti_tool.programme.queries import current_programmes

OPEN_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class OpenCheckIn:
    """A session that people can check in to now. `presence` is what somebody is marked as, `checked_in` when they have
    said that they are there.
    """

    session: TrainingSession
    presence: Presence | None
    checked_in: datetime | None


def open_check_in(session: Session, held: TrainingSession) -> None:
    """For a quarter of an hour from now on."""
    refuse_early(held)
    lock(session, held)
    held.check_in_until = now() + OPEN_FOR
    session.flush()


def close_check_in(session: Session, held: TrainingSession) -> None:
    lock(session, held)
    held.check_in_until = None
    session.flush()


def check_in(session: Session, secret: str, person_id: int, typed: str) -> TrainingSession | None:
    """Note that the person is where this code is shown; None if it is shown nowhere that they could be.

    Repeating it changes nothing, but for somebody who was turned down and comes again.
    """
    moment = now()
    found = [one.session for one in open_for(session, person_id) if is_shown(secret, one.session.id, typed, moment)]
    if not found:
        return None
    lock(session, found[0])
    known = session.get(CheckIn, (found[0].id, person_id))
    if known is None:
        session.add(CheckIn(session_id=found[0].id, person_id=person_id))
    elif known.refused_at is not None:
        known.refused_at, known.created_at = None, moment
    session.flush()
    return found[0]


def open_for(session: Session, person_id: int) -> Sequence[OpenCheckIn]:
    """Where this person can check in: sessions of their own cohorts, and of the courses that they work in."""
    cohorts = [programme.cohort_id for programme in current_programmes(session, person_id)]
    works_there = exists().where(
        Membership.course_id == TrainingSession.course_id,
        Membership.person_id == person_id,
        Membership.role == Role.LEARNER,
        Membership.left_at.is_(None),
    )
    own = or_(and_(TrainingSession.course_id.is_(None), TrainingSession.cohort_id.in_(cohorts)), works_there)
    rows = session.execute(
        select(TrainingSession, Mark.presence, CheckIn.created_at)
        .outerjoin(Mark, and_(Mark.session_id == TrainingSession.id, Mark.person_id == person_id))
        .outerjoin(
            CheckIn,
            and_(
                CheckIn.session_id == TrainingSession.id,
                CheckIn.person_id == person_id,
                CheckIn.refused_at.is_(None),
            ),
        )
        .where(own, TrainingSession.check_in_until > now(), TrainingSession.cancelled_at.is_(None))
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )
    return [OpenCheckIn(found, presence, created_at) for found, presence, created_at in rows]


def checked_in(session: Session, session_id: int) -> int:
    """How many have said that they are there, whether or not it is confirmed."""
    query = select(func.count()).where(CheckIn.session_id == session_id, CheckIn.refused_at.is_(None))
    return session.scalars(query).one()
