"""Preparing the cohort of the next term, and opening it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import Conflict
from lti_tool.modules.date_actions import Dated, StepKey, set_dates
from lti_tool.peer_review.models import CourseConflict
from lti_tool.people.actions import grant_coordinator
from lti_tool.people.models import StaffGrant
from lti_tool.programme.actions import open_cohort, prepare_cohort, take_turn
from lti_tool.programme.models import Cohort


@dataclass(frozen=True, slots=True)
class NextTerm:
    """What the next term begins with. `grants` are those of the earlier cohort's coordinators who are taken along,
    `teams` whether its course teams are kept apart again.
    """

    term: str
    dates: Mapping[StepKey, Dated]
    days_to_evaluate: int
    grants: Collection[int]
    teams: bool


def prepare_term(session: Session, cohort_id: int, wanted: NextTerm, person_id: int) -> tuple[int, bool]:
    """The id of the next term's cohort, and whether it was made just now, from this cohort; one that is there already
    is left as it is. The acting person coordinates the new one in any case. Nobody's work or extension is taken along.
    """
    programme_id = session.get_one(Cohort, cohort_id).programme_id
    cohort, is_new = prepare_cohort(session, programme_id, wanted.term)
    if is_new:
        # These replace the programme's usual dates.
        set_dates(session, cohort.id, wanted.dates, wanted.days_to_evaluate, person_id)
        _take_coordinators_along(session, cohort_id, cohort.id, wanted.grants, person_id)
        if wanted.teams:
            _keep_teams_apart(session, cohort_id, cohort.id, person_id)
    return cohort.id, is_new


def _take_coordinators_along(
    session: Session, from_id: int, to_id: int, grants: Collection[int], person_id: int
) -> None:
    kept = session.scalars(select(StaffGrant).where(StaffGrant.cohort_id == from_id, StaffGrant.id.in_(grants)))
    receivers = [(grant.person_id, grant.course_id) for grant in kept]
    for receiver, course_id in [(person_id, None), *receivers]:
        grant_coordinator(session, to_id, person_id=receiver, course_id=course_id, granted_by=str(person_id))


def _keep_teams_apart(session: Session, from_id: int, to_id: int, person_id: int) -> None:
    courses = session.scalars(select(CourseConflict.course_id).where(CourseConflict.cohort_id == from_id))
    session.add_all(
        CourseConflict(cohort_id=to_id, course_id=course_id, set_by=person_id) for course_id in courses.all()
    )
    session.flush()


class OpenedMeanwhile(Conflict):
    """Another cohort is open than the one that the person was told would be closed."""

    def __init__(self) -> None:
        super().__init__("another cohort is open")


def open_term(session: Session, cohort_id: int, instead_of: int | None) -> None:
    """Have this cohort take new participants, and the one that did so no more; `instead_of` is its id, None where there
    is none. Raises `OpenedMeanwhile` where that is not so. Twice is the same as once.
    """
    take_turn(session)
    cohort = session.get_one(Cohort, cohort_id, populate_existing=True)
    open_ = select(Cohort.id).where(Cohort.programme_id == cohort.programme_id, Cohort.is_open)
    if session.scalar(open_) not in (cohort_id, instead_of):
        raise OpenedMeanwhile
    open_cohort(session, cohort)
