"""Which programmes a course has to do with: an installation may have several."""

from __future__ import annotations

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from lti_tool.attendance.models import TrainingSession
from lti_tool.modules.programmes import programmes_of
from lti_tool.people.models import Membership, ResourceLink, Role, StaffGrant
from lti_tool.programme.models import Cohort, Enrolment, OnlineModule


def programmes_for(session: Session, course_id: int | None, person_id: int | None) -> frozenset[int]:
    """Those that are coordinated from the course, have a module placed or a date held in it, or in which its learning
    assistants have worked; else those of the person who places. None where nothing tells. Two statements at most."""
    known = _of_course(session, course_id) if course_id is not None else frozenset()
    return known or (programmes_of(session, person_id) if person_id is not None else frozenset())


def _of_course(session: Session, course_id: int) -> frozenset[int]:
    placed = (
        select(OnlineModule.programme_id)
        .join(ResourceLink, ResourceLink.module_key == OnlineModule.key)
        .where(ResourceLink.course_id == course_id)
    )
    coordinated = select(Cohort.programme_id).join(StaffGrant).where(StaffGrant.course_id == course_id)
    held = select(Cohort.programme_id).join(TrainingSession).where(TrainingSession.course_id == course_id)
    worked = (
        select(Cohort.programme_id)
        .join(Enrolment)
        .join(Membership, Membership.person_id == Enrolment.person_id)
        .where(Membership.course_id == course_id, Membership.role == Role.LEARNER)
    )
    return frozenset(session.scalars(union(placed, coordinated, held, worked)))
