"""The dates of a cohort as its coordinators set them, and who has more time."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from lti_tool.errors import NotFound
from lti_tool.modules.date_actions import Dated, StepKey, dates_of
from lti_tool.modules.dates import Deadline, deadline
from lti_tool.modules.models import Extension
from lti_tool.peer_review.expiry import AtStake, at_stake
from lti_tool.people.models import Person
from lti_tool.programme.content import ProgrammeContent, Step
from lti_tool.programme.models import Cohort, OnlineModule, Programme
from lti_tool.programme.queries import content_of


@dataclass(frozen=True, slots=True)
class Schedule:
    """A cohort with its dates; `modules` are the titles by id, in teaching order, `steps` what has dates in each."""

    cohort_id: int
    title: str
    term: str
    modules: dict[int, str]
    steps: dict[int, tuple[Step, ...]]
    dates: dict[StepKey, Dated]
    days_to_evaluate: int

    @property
    def version(self) -> str:
        """Another one after every change."""
        known = sorted((key, dated.due_at, dated.grace_hours) for key, dated in self.dates.items())
        return hashlib.sha256(repr((known, self.days_to_evaluate)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Extended:
    """An extension. `name` is None where the platform keeps names back; `useless` one ends before the step is due."""

    person_id: int
    name: str | None
    module_id: int
    step: Step
    until: datetime
    reason: str
    set_by: str | None
    useless: bool


def schedules(session: Session, cohort_ids: Collection[int], language: str) -> list[Schedule]:
    """The newest first."""
    ids = session.scalars(select(Cohort.id).where(Cohort.id.in_(cohort_ids)).order_by(Cohort.id.desc()))
    return [schedule_of(session, cohort_ids, cohort_id, language) for cohort_id in ids]


def schedule_of(session: Session, cohort_ids: Collection[int], cohort_id: int, language: str) -> Schedule:
    """Raises `NotFound` for a cohort that is not among `cohort_ids`, those that the person coordinates."""
    cohort = session.get(Cohort, cohort_id) if cohort_id in cohort_ids else None
    if cohort is None:
        raise NotFound("not a cohort of this coordinator")
    body = session.scalars(select(Programme.body).where(Programme.id == cohort.programme_id)).one()
    rows = session.execute(
        select(OnlineModule.id, OnlineModule.content_id)
        .where(OnlineModule.programme_id == cohort.programme_id, OnlineModule.content_id.is_not(None))
        .order_by(OnlineModule.position)
    ).all()
    contents = {row.id: content_of(session, row.content_id) for row in rows}
    modules = {module_id: content.title_in(language) for module_id, content in contents.items()}
    dates = {key: dated for key, dated in dates_of(session, cohort_id).items() if key[0] in modules}
    steps = {module_id: _dated_steps(module_id, content.steps, dates) for module_id, content in contents.items()}
    programme = ProgrammeContent.model_validate(body)
    title, term = programme.title_in(language), programme.term_in(cohort.term, language)
    return Schedule(cohort_id, title, term, modules, steps, dates, cohort.days_to_evaluate)


def _dated_steps(module_id: int, steps: Collection[Step], dates: Collection[StepKey]) -> tuple[Step, ...]:
    """Also those of an earlier version that still have a date: it holds for whoever began with that."""
    return tuple(step for step in Step if step in steps or (module_id, step) in dates)


def would_expire(session: Session, schedule: Schedule, moment: datetime) -> AtStake:
    """How many evaluations go back to the pool within a minute if these dates hold."""
    found = AtStake()
    for module_id in schedule.modules:
        dated = schedule.dates.get((module_id, Step.EVALUATIONS))
        if dated is not None:
            place, ends = (schedule.cohort_id, module_id), deadline(dated.due_at, dated.grace_hours)
            found += at_stake(session, place, ends, schedule.days_to_evaluate, moment)
    return found


def would_expire_of(
    session: Session, schedule: Schedule, person_id: int, extended: tuple[int, datetime | None], moment: datetime
) -> AtStake:
    """How many evaluations of this person go back if their extension in that module ends then (None: without one)."""
    module_id, until = extended
    dated = schedule.dates.get((module_id, Step.EVALUATIONS))
    if dated is None:
        return AtStake()
    ends: Deadline = deadline(dated.due_at, dated.grace_hours, until)
    place = (schedule.cohort_id, module_id)
    return at_stake(session, place, ends, schedule.days_to_evaluate, moment, person_id=person_id)


def extensions(session: Session, schedule: Schedule, person_id: int | None = None) -> list[Extended]:
    """Those of one person, or of everybody by name."""
    giver = aliased(Person)
    query = (
        select(Extension, Person.name, giver.name)
        .join(Person, Person.id == Extension.person_id)
        .outerjoin(giver, giver.id == Extension.set_by)
        .join(OnlineModule, OnlineModule.id == Extension.module_id)
        .where(Extension.cohort_id == schedule.cohort_id, Extension.module_id.in_(schedule.modules))
        .order_by(func.lower(Person.name), Person.id, OnlineModule.position, Extension.until)
    )
    rows = session.execute(query if person_id is None else query.where(Extension.person_id == person_id))
    return [_extended(schedule, *row) for row in rows]


def _extended(schedule: Schedule, row: Extension, name: str | None, set_by: str | None) -> Extended:
    dated = schedule.dates.get((row.module_id, row.step))
    useless = dated is not None and row.until <= dated.due_at
    return Extended(row.person_id, name, row.module_id, row.step, row.until, row.reason, set_by, useless)
