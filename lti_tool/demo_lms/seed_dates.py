"""The dates of the demo's cohort, counted from the day it is made, so that the term is in full swing on any day."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.modules.date_actions import Dated, StepKey, extend, set_dates
from lti_tool.modules.dates import deadlines_of
from lti_tool.programme.content import Step
from lti_tool.programme.models import Cohort
from lti_tool.programme.queries import CurrentModule, current_modules, programme_in

DAYS = {Step.TEST: 9, Step.ESSAY: 12, Step.EVALUATIONS: 20}
EXTENDED_BY = 7
EXTENDED_REASON = "Var syk en uke."
_GRACE_HOURS = 24
_AT = time(23, 59)


def set_demo_dates(session: Session, cohort_id: int, coordinator_id: int) -> None:
    """The same dates for every module of the cohort."""
    zone = ZoneInfo(programme_in(session, cohort_id).content.timezone)
    due = {step: _days_from(now(), days, zone) for step, days in DAYS.items()}
    modules = [one for one in current_modules(session) if one.cohort_id == cohort_id]
    dates: dict[StepKey, Dated] = {
        (one.id, step): Dated(due[step], _GRACE_HOURS) for one in modules for step in one.content.steps
    }
    days_to_evaluate = session.get_one(Cohort, cohort_id).days_to_evaluate
    set_dates(session, cohort_id, dates, days_to_evaluate, coordinator_id)


def give_more_time(session: Session, module: CurrentModule, coordinator_id: int, person_id: int) -> None:
    """For the essay."""
    due_at = deadlines_of(session, person_id, module.cohort_id, module.id)[Step.ESSAY].due_at
    extend(
        session,
        (module.id, Step.ESSAY),
        cohort_id=module.cohort_id,
        person_id=person_id,
        until=due_at + timedelta(days=EXTENDED_BY),
        reason=EXTENDED_REASON,
        set_by=coordinator_id,
    )


def _days_from(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Late on that day."""
    day = moment.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, _AT, zone).astimezone(UTC)
