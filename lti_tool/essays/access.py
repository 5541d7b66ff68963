"""Load an essay together with the right to read it. There is no other way to get at one here."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from lti_tool.errors import NotFound
from lti_tool.modules.models import Participation
from lti_tool.people.models import Membership, Role
from lti_tool.programme.queries import CurrentModule, own_cohort
from lti_tool.reflection.models import Essay, EssayMatch


def essay_in(session: Session, cohort_ids: Collection[int], public_id: str) -> Essay:
    """A submitted essay of a cohort that the person coordinates; raises `NotFound` for any other."""
    return _found(session, _submitted(public_id).where(Participation.cohort_id.in_(cohort_ids)))


def essay_in_course(session: Session, course_id: int, module: CurrentModule, public_id: str) -> Essay:
    """A submitted essay of somebody who is a learning assistant in the course, or was; raises `NotFound` otherwise."""
    mine = Participation.person_id.in_(learners_of(course_id))
    of_module = (
        Participation.module_id == module.id,
        Participation.cohort_id == own_cohort(Participation.person_id, module.programme_id),
    )
    return _found(session, _submitted(public_id).where(mine, *of_module))


def learners_of(course_id: int) -> Select[int]:
    """The ids of those who are learning assistants in the course and of those who have left it."""
    return select(Membership.person_id).where(Membership.course_id == course_id, Membership.role == Role.LEARNER)


def match_in(session: Session, cohort_ids: Collection[int], public_id: str, other_id: str) -> EssayMatch:
    """What an essay of these cohorts has in common with an earlier one of any cohort; raises `NotFound` otherwise."""
    essay = essay_in(session, cohort_ids, public_id)
    other = aliased(Essay)
    query = (
        select(EssayMatch)
        .join(other, other.id == EssayMatch.other_id)
        .where(EssayMatch.essay_id == essay.id, other.public_id == other_id)
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("these essays have nothing in common")
    return found


def _submitted(public_id: str) -> Select[Essay]:
    return (
        select(Essay)
        .join(Participation, Participation.id == Essay.participation_id)
        .where(Essay.public_id == public_id, Essay.submitted_at.is_not(None))
    )


def _found(session: Session, query: Select[Essay]) -> Essay:
    essay = session.scalars(query).one_or_none()
    if essay is None:
        raise NotFound("no such essay here")
    return essay
