"""What coordinators decide about time: the dates of a cohort, and more time for one person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lti_tool.modules.models import Extension, StepDate
from lti_tool.programme.content import Step
from lti_tool.programme.models import Cohort

# The module and its step.
StepKey: TypeAlias = tuple[int, Step]


@dataclass(frozen=True, slots=True)
class Dated:
    """When a step is due, and how many hours later work begins to be late."""

    due_at: datetime
    grace_hours: int = 0


def dates_of(session: Session, cohort_id: int) -> dict[StepKey, Dated]:
    rows = session.scalars(select(StepDate).where(StepDate.cohort_id == cohort_id))
    return {(row.module_id, row.step): Dated(row.due_at, row.grace_hours) for row in rows}


def set_dates(
    session: Session, cohort_id: int, dates: Mapping[StepKey, Dated], days_to_evaluate: int, person_id: int | None
) -> None:
    """Make these the dates of the cohort; a step that is not named has none. The same again changes nothing.

    `person_id` is None for dates that nobody chose: the programme's usual ones.
    """
    session.execute(select(Cohort.id).where(Cohort.id == cohort_id).with_for_update())
    session.execute(update(Cohort).where(Cohort.id == cohort_id).values(days_to_evaluate=days_to_evaluate))
    before = dates_of(session, cohort_id)
    for module_id, step in before.keys() - dates.keys():
        row = session.get_one(StepDate, (cohort_id, module_id, step))
        session.delete(row)
    for (module_id, step), dated in dates.items():
        if before.get((module_id, step)) != dated:
            row = StepDate(cohort_id=cohort_id, module_id=module_id, step=step, set_by=person_id)
            row.due_at, row.grace_hours = dated.due_at, dated.grace_hours
            session.merge(row)
    session.flush()


def extend(
    session: Session, key: StepKey, *, cohort_id: int, person_id: int, until: datetime, reason: str, set_by: int
) -> None:
    """Give the person time until then; an extension that they have already is changed."""
    module_id, step = key
    names = {"cohort_id": cohort_id, "module_id": module_id, "person_id": person_id, "step": step}
    session.merge(Extension(**names, until=until, reason=reason, set_by=set_by))
    session.flush()


def withdraw_extensions(session: Session, cohort_id: int, person_id: int, keys: Iterable[StepKey]) -> None:
    """The date of the cohort holds for the person again. Twice is the same as once."""
    for module_id, step in keys:
        session.execute(
            delete(Extension).where(
                Extension.cohort_id == cohort_id,
                Extension.module_id == module_id,
                Extension.person_id == person_id,
                Extension.step == step,
            )
        )
