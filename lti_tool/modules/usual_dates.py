"""The dates that a programme's steps usually have, counted from the first day of a cohort's term."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.modules.date_actions import Dated, StepKey, set_dates
from lti_tool.programme.content import ProgrammeContent, Step
from lti_tool.programme.models import Cohort, OnlineModule
from lti_tool.programme.queries import content_of

# Late in the day, so that whoever reads "due on Friday" has Friday.
_AT = time(23, 59)


def usual_dates(programme: ProgrammeContent, module_key: str, term: str) -> dict[Step, Dated]:
    """Of one module in a term; where two entries name the same step, the later one holds. Nothing in a term that the
    programme no longer has.
    """
    days = programme.days_of(term)
    if days is None:
        return {}
    usual = [entry for entry in programme.dates if not entry.modules or module_key in entry.modules]
    zone = ZoneInfo(programme.timezone)
    return {entry.step: Dated(_moment(days[0] + timedelta(entry.days), zone), entry.grace_hours) for entry in usual}


def _moment(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, _AT, zone).astimezone(UTC)


def set_usual_dates(session: Session, cohort: Cohort, programme: ProgrammeContent) -> None:
    """Give a cohort that was made just now the dates of its programme, where that has any."""
    rows = session.execute(
        select(OnlineModule.id, OnlineModule.key, OnlineModule.content_id).where(
            OnlineModule.programme_id == cohort.programme_id, OnlineModule.content_id.is_not(None)
        )
    )
    dates: dict[StepKey, Dated] = {}
    for row in rows:
        steps = content_of(session, row.content_id).steps
        usual = usual_dates(programme, row.key, cohort.term)
        dates |= {(row.id, step): dated for step, dated in usual.items() if step in steps}
    if dates:
        set_dates(session, cohort.id, dates, cohort.days_to_evaluate, None)
