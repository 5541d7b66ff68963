"""When the steps of a module are due: a date for the cohort, more time for one person, and what counts as late.

No date ever closes a step: late work is accepted, and said to be late.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import Row, Select, and_, bindparam, select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.modules.models import Extension, StepDate
from lti_tool.programme.content import Step
from lti_tool.programme.models import Cohort


@dataclass(frozen=True, slots=True)
class Deadline:
    """`due_at` is what people are told; until `closes_at`, the grace later, nothing counts as late."""

    due_at: datetime
    closes_at: datetime
    extended: bool = False


Deadlines: TypeAlias = dict[Step, Deadline]
# The cohort and the module that dates belong to.
Place: TypeAlias = tuple[int, int]


def deadline(due_at: datetime, grace_hours: int, until: datetime | None = None) -> Deadline:
    """`until` is the end of a person's extension; one that ends before the date changes nothing."""
    extended = until is not None and until > due_at
    due = until if until is not None and extended else due_at
    return Deadline(due, due + timedelta(hours=grace_hours), extended)


def is_late(found: Deadline | None, at: datetime) -> bool:
    """Whether something done, or still missing, at that moment is late; never without a date."""
    return found is not None and at > found.closes_at


def for_evaluation(found: Deadline, handed_out_at: datetime, days: int) -> Deadline:
    """The time for one evaluation: whoever gets an essay late has at least so many days for it."""
    earliest = handed_out_at + timedelta(days=days)
    return Deadline(max(found.due_at, earliest), max(found.closes_at, earliest), found.extended)


def is_over(found: Deadline, moment: datetime) -> bool:
    """Whether an evaluation that is not submitted goes back to the pool."""
    return moment > found.closes_at


def deadlines_of(session: Session, person_id: int, cohort_id: int, module_id: int) -> Deadlines:
    """The dates of one person in one module; a step without a date is not in it. One statement."""
    names = {"people": [person_id], "cohort_id": cohort_id, "module_id": module_id}
    return {row.step: _deadline(row) for row in session.execute(_OF_MODULE, names)}


def deadlines_for(session: Session, handed_out: Mapping[int, datetime | None], place: Place) -> dict[int, Deadlines]:
    """The dates of each of these people in one module. One statement, whatever their number.

    `handed_out` names the people, each with when they got the last essay to evaluate, if they did.
    """
    cohort_id, module_id = place
    names = {"people": list(handed_out), "cohort_id": cohort_id, "module_id": module_id}
    rows = session.execute(_OF_MODULE, names).all()
    everybodys = {row.step: deadline(row.due_at, row.grace_hours) for row in rows}
    found = {person_id: dict(everybodys) for person_id in handed_out}
    for row in rows:
        if row.person_id is not None:
            found[row.person_id][row.step] = _deadline(row)
    days = rows[0].days_to_evaluate if rows else 0
    for person_id, at in handed_out.items():
        if at is not None and Step.EVALUATIONS in found[person_id]:
            found[person_id][Step.EVALUATIONS] = for_evaluation(found[person_id][Step.EVALUATIONS], at, days)
    return found


def every_deadline_of(session: Session, person_id: int, cohort_ids: Collection[int]) -> dict[Place, Deadlines]:
    """The dates of one person in every module of these cohorts. One statement."""
    rows = session.execute(_OF_COHORTS, {"people": [person_id], "cohorts": list(cohort_ids)})
    return _by_place((row, _deadline(row)) for row in rows)


def _by_place(rows: Iterable[tuple[Row[Any], Deadline]]) -> dict[Place, Deadlines]:
    found: dict[Place, Deadlines] = {}
    for row, its_deadline in rows:
        found.setdefault((row.cohort_id, row.module_id), {})[row.step] = its_deadline
    return found


def _deadline(row: Row[Any]) -> Deadline:
    return deadline(row.due_at, row.grace_hours, row.until)


_date, _extension, _cohort = table_of(StepDate).c, table_of(Extension).c, table_of(Cohort).c


def _dates_query() -> Select[*tuple[Any, ...]]:
    """Each date, with the extension of one of `people` where there is one."""
    more = and_(
        _extension.cohort_id == _date.cohort_id,
        _extension.module_id == _date.module_id,
        _extension.step == _date.step,
        _extension.person_id.in_(bindparam("people", expanding=True)),
    )
    return select(
        _date.cohort_id,
        _date.module_id,
        _date.step,
        _date.due_at,
        _date.grace_hours,
        _extension.person_id,
        _extension.until,
        _cohort.days_to_evaluate,
    ).select_from(
        table_of(StepDate).join(table_of(Cohort), _cohort.id == _date.cohort_id).outerjoin(table_of(Extension), more)
    )


_DATES = _dates_query()
_OF_MODULE = _DATES.where(_date.cohort_id == bindparam("cohort_id"), _date.module_id == bindparam("module_id"))
_OF_COHORTS = _DATES.where(_date.cohort_id.in_(bindparam("cohorts", expanding=True)))
