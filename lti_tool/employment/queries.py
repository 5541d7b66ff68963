"""What people are employed as, for whoever needs to know. Only those of a list whom somebody has been found for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.employment.models import Employment

_employment = table_of(Employment).c


@dataclass(frozen=True, slots=True)
class Job:
    """`position` is a key of the programme's positions; `course_code`, `department` and `town` may be empty. `hours`
    are those of the employment."""

    position: str
    course_code: str
    department: str
    town: str
    hours: float | None


def positions_of(session: Session, cohort_id: int, people: Collection[int] | None = None) -> dict[int, tuple[Job, ...]]:
    """By person; nobody who is not on the cohort's list, or no longer. None of `people` stands for all. One statement.

    A key may be of a position that the programme no longer has.
    """
    found = (
        select(
            _employment.person_id,
            _employment.position,
            _employment.course_code,
            _employment.department,
            _employment.town,
            _employment.hours,
        )
        .where(_employment.cohort_id == cohort_id, _employment.person_id.is_not(None), _employment.ended_at.is_(None))
        .order_by(_employment.id)
    )
    jobs: defaultdict[int, list[Job]] = defaultdict(list)
    for person_id, *job in session.execute(found if people is None else found.where(_employment.person_id.in_(people))):
        jobs[person_id].append(Job(*job))
    return {person_id: tuple(theirs) for person_id, theirs in jobs.items()}


def has_list(session: Session, cohort_id: int) -> bool:
    """Whether anybody is on a list of the cohort: without one, nothing follows from not being on it."""
    listed = exists().where(_employment.cohort_id == cohort_id, _employment.ended_at.is_(None))
    return bool(session.scalar(select(listed)))
