"""What a cohort offers, as it stands in the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import Mark, TrainingSession
from lti_tool.completion.records import Date, Offer
from lti_tool.database import table_of
from lti_tool.modules.dates import Deadlines, deadline
from lti_tool.modules.models import StepDate
from lti_tool.people.models import Membership, Role
from lti_tool.programme.content import ProgrammeContent, Step
from lti_tool.programme.models import Cohort, ModuleContent, OnlineModule, Programme


@dataclass(frozen=True, slots=True)
class Setting:
    """A cohort with its programme. `module_keys` are by id, those that are no longer offered among them."""

    cohort_id: int
    programme_id: int
    programme: ProgrammeContent
    module_keys: dict[int, str]
    offer: Offer


def setting_of(session: Session, cohort_id: int, people: Collection[int] | None) -> Setting:
    """Three statements. Of sessions held in courses only those that matter to the people named."""
    cohort = session.execute(_COHORT, {"cohort_id": cohort_id}).one()
    programme = ProgrammeContent.model_validate(cohort.body)
    names = {"cohort_id": cohort_id, "programme_id": cohort.programme_id}
    modules = session.execute(_MODULES, names).all()
    dates = (
        session.execute(_DATES, names) if people is None else session.execute(_OWN_DATES, names | {"people": people})
    )
    offer = Offer(
        dates=tuple(Date(*row) for row in dates),
        modules={row.key: tuple(map(Step, row.steps)) for row in modules if row.steps is not None},
        deadlines=_deadlines(modules),
        days_to_evaluate=cohort.days_to_evaluate,
        term_ends_at=term_end(programme, cohort.term),
        over=cohort.is_over,
    )
    keys = {row.id: row.key for row in modules}
    return Setting(cohort_id, cohort.programme_id, programme, keys, offer)


def term_end(programme: ProgrammeContent, term: str) -> datetime | None:
    """Midnight after its last day, in the programme's zone; None for a term that the programme no longer has."""
    days = programme.days_of(term)
    if days is None:
        return None
    return datetime.combine(days[1] + timedelta(days=1), time(), ZoneInfo(programme.timezone)).astimezone(UTC)


def _deadlines(modules: Iterable[Row[Any]]) -> dict[str, Deadlines]:
    found: dict[str, Deadlines] = {}
    for row in modules:
        if row.step is not None:
            found.setdefault(row.key, {})[row.step] = deadline(row.due_at, row.grace_hours)
    return found


def _cohort_query() -> Select[Any]:
    """`is_over` is the opposite of what `programme.queries.own_cohort` lets people stay in."""
    programme, cohort = table_of(Programme).c, table_of(Cohort)
    open_, before = cohort.alias(), cohort.alias()
    open_id = (
        select(open_.c.id)
        .where(open_.c.programme_id == cohort.c.programme_id, open_.c.is_open)
        .correlate(cohort)
        .scalar_subquery()
    )
    before_id = (
        select(func.max(before.c.id))
        .where(before.c.programme_id == cohort.c.programme_id, before.c.id < open_id)
        .correlate(cohort)
        .scalar_subquery()
    )
    return (
        select(
            cohort.c.programme_id,
            programme.body,
            cohort.c.term,
            cohort.c.days_to_evaluate,
            func.coalesce(cohort.c.id < before_id, False).label("is_over"),
        )
        .join_from(cohort, table_of(Programme), programme.id == cohort.c.programme_id)
        .where(cohort.c.id == bindparam("cohort_id"))
    )


def _modules_query() -> Select[Any]:
    """A row for each date of each module, one without a date for a module that has none."""
    module, content, date = table_of(OnlineModule).c, table_of(ModuleContent).c, table_of(StepDate).c
    dated = and_(date.module_id == module.id, date.cohort_id == bindparam("cohort_id"))
    return (
        select(module.id, module.key, content.body["steps"].label("steps"), date.step, date.due_at, date.grace_hours)
        .select_from(
            table_of(OnlineModule)
            .outerjoin(table_of(ModuleContent), content.id == module.content_id)
            .outerjoin(table_of(StepDate), dated)
        )
        .where(module.programme_id == bindparam("programme_id"))
        .order_by(module.position, module.id)
    )


def _dates_query() -> Select[Any]:
    return select(
        _date.id,
        _date.meeting_key,
        _date.course_id,
        _date.starts_at,
        _date.ends_at,
        _date.sign_up_until,
        _date.minutes,
        or_(_date.capacity.is_(None), _date.taken < _date.capacity).label("room"),
        _date.cancelled_at.is_not(None).label("called_off"),
    ).where(_date.cohort_id == bindparam("cohort_id"))


def _own_dates_query() -> Select[Any]:
    member, mark = table_of(Membership).c, table_of(Mark).c
    own = select(member.course_id).where(
        member.person_id.in_(bindparam("people", expanding=True)), member.role == Role.LEARNER
    )
    marked = select(mark.session_id).where(mark.person_id.in_(bindparam("people", expanding=True)))
    return _dates_query().where(or_(_date.course_id.is_(None), _date.course_id.in_(own), _date.id.in_(marked)))


_date = table_of(TrainingSession).c
_COHORT, _MODULES, _DATES, _OWN_DATES = _cohort_query(), _modules_query(), _dates_query(), _own_dates_query()
