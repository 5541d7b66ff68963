"""Which course's roster is read next, by whom, and how it ended.

Whoever reads a roster moves its time a few minutes ahead. That is the lease: nobody else takes the course meanwhile,
and if the reader dies, the course is due again by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from lti_tool.database import now, update_rows
from lti_tool.lti.arrivals import lone_link
from lti_tool.lti.models import Deployment, DeploymentStatus
from lti_tool.lti.rosters.reasons import Reason
from lti_tool.lti.services.registration import Client, client_of
from lti_tool.lti.services.roster import members_address
from lti_tool.people.models import Course

LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, repr=False)
class Errand:
    """The right to read one course's roster until `lease_until`, with all that asking for it takes."""

    course_id: int
    platform_id: int
    url: str
    client: Client | None
    # Attempts before this one that failed in a row.
    failures: int
    began_at: datetime
    lease_until: datetime


def claim(session: Session) -> Errand | None:
    """Take the course that is due longest; None when none is. Commit before asking the platform."""
    due = _readable().where(Course.roster_due_at <= now()).order_by(Course.roster_due_at, Course.id).limit(1)
    return _take(session, due.with_for_update(of=Course, skip_locked=True))


def claim_course(session: Session, course_id: int) -> Errand | None:
    """Take this course although it is not due yet; None while somebody else has it. Commit before asking."""
    moment = now()
    free = or_(Course.roster_due_at.is_(None), Course.roster_due_at <= moment, Course.roster_due_at > moment + LEASE)
    return _take(session, _readable().where(Course.id == course_id, free).with_for_update(of=Course))


def can_be_read(session: Session, course_id: int) -> bool:
    """Whether the platform has told where the roster is, and we may still ask it."""
    return session.execute(_readable().where(Course.id == course_id)).first() is not None


def note_success(session: Session, errand: Errand, delay: float) -> bool:
    """False, and nothing noted, if somebody else has taken the course meanwhile."""
    moment = now()
    values = {"roster_synced_at": moment, "roster_failures": 0, "roster_failure": None}
    return update_rows(session, Course, *_ours(errand), **values, roster_due_at=moment + timedelta(seconds=delay)) > 0


def note_failure(session: Session, errand: Errand, reason: Reason, delay: float) -> None:
    values = {"roster_failures": errand.failures + 1, "roster_failure": reason.value}
    update_rows(session, Course, *_ours(errand), **values, roster_due_at=now() + timedelta(seconds=delay))


def give_back(session: Session, errand: Errand) -> None:
    """Let somebody with more time read the roster."""
    update_rows(session, Course, *_ours(errand), roster_due_at=now())


def pause_platform(session: Session, errand: Errand, seconds: float) -> None:
    """Leave the platform's other courses that are due alone for a while."""
    moment = now()
    theirs = (
        select(Course.id)
        .join(Deployment, Deployment.id == Course.deployment_id)
        .where(Deployment.platform_id == errand.platform_id, Course.roster_due_at <= moment)
    )
    # Rows that another transaction holds are left out: two that waited for each other's rows would be a deadlock.
    free = theirs.with_for_update(of=Course, skip_locked=True)
    update_rows(session, Course, Course.id.in_(free), roster_due_at=moment + timedelta(seconds=seconds))


def _readable() -> Select[Course, int]:
    return (
        select(Course, Deployment.platform_id)
        .join(Deployment, Deployment.id == Course.deployment_id)
        .where(Course.roster_url.is_not(None), Deployment.status == DeploymentStatus.APPROVED)
    )


def _take(session: Session, query: Select[Course, int]) -> Errand | None:
    row = session.execute(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        return None
    course, platform_id = row
    moment = now()
    course.roster_due_at = moment + LEASE
    session.flush()
    return Errand(
        course_id=course.id,
        platform_id=platform_id,
        url=members_address(course.roster_url or "", lone_link(course.context_id)),
        client=client_of(session, course.deployment_id),
        failures=course.roster_failures,
        began_at=moment,
        lease_until=course.roster_due_at,
    )


def _ours(errand: Errand) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Course.id == errand.course_id, Course.roster_due_at == errand.lease_until
