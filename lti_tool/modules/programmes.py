"""Which programmes are a person's: one installation may have several."""

from __future__ import annotations

from sqlalchemy import or_, select, union
from sqlalchemy.orm import Session, aliased

from lti_tool.people.models import Membership, ResourceLink, Role, StaffGrant
from lti_tool.programme.models import Cohort, Enrolment, OnlineModule
from lti_tool.programme.queries import CurrentModule, current_modules


def programmes_of(session: Session, person_id: int) -> frozenset[int]:
    """The programmes that they, or learning assistants whom they instruct, have worked in in any term; those whose
    modules are placed in a course of theirs; and those that are coordinated from such a course or by them. None where
    nothing of this tells. One statement.
    """
    own = select(Membership.course_id).where(Membership.person_id == person_id, Membership.left_at.is_(None))
    taught = own.where(Membership.role == Role.INSTRUCTOR)
    theirs = aliased(Membership)
    instructed = select(theirs.person_id).where(theirs.course_id.in_(taught), theirs.role == Role.LEARNER)
    enrolled = (
        select(Cohort.programme_id)
        .join(Enrolment)
        .where(or_(Enrolment.person_id == person_id, Enrolment.person_id.in_(instructed)))
    )
    placed = (
        select(OnlineModule.programme_id)
        .join(ResourceLink, ResourceLink.module_key == OnlineModule.key)
        .where(ResourceLink.course_id.in_(own))
    )
    coordinated = (
        select(Cohort.programme_id)
        .join(StaffGrant, StaffGrant.cohort_id == Cohort.id)
        .where(or_(StaffGrant.course_id.in_(own), StaffGrant.person_id == person_id))
    )
    return frozenset(session.scalars(union(enrolled, placed, coordinated)))


def modules_for(session: Session, person_id: int) -> list[CurrentModule]:
    """The modules of their programmes that can be started today, in teaching order.

    All that there are for somebody of whom no programme is known: it is better to offer too much than nothing.
    """
    modules = current_modules(session, person_id)
    if len({module.programme_id for module in modules}) < 2:
        return modules
    known = programmes_of(session, person_id)
    return [module for module in modules if module.programme_id in known] or modules
