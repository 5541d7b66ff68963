"""A cohort among the terms of its programme, and what of it can be taken along to the next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.errors import Conflict, NotFound
from lti_tool.modules.date_actions import Dated, dates_of
from lti_tool.modules.models import Participation, StepDate
from lti_tool.peer_review.models import CourseConflict
from lti_tool.people.models import Course, Person, StaffGrant
from lti_tool.people.names import Somebody
from lti_tool.programme.actions import term_key
from lti_tool.programme.content import ProgrammeContent, Step
from lti_tool.programme.models import Cohort, Enrolment, ModuleContent, OnlineModule, Programme
from lti_tool.programme.queries import content_of
from lti_tool.schedule.next_term import State, moved, state_of, weeks_between
from lti_tool.schedule.queries import Schedule
from lti_tool.texts import gettext as _


@dataclass(frozen=True, slots=True)
class TermCohort:
    """`days` are the first and the last of its term, None in one that the programme no longer has; `mine` says whether
    whoever asks coordinates it."""

    cohort_id: int
    term: str
    title: str
    days: tuple[date, date] | None
    state: State
    mine: bool


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The next term, whether or not it has a cohort."""

    term: str
    title: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Terms:
    """`later` are the cohorts of later terms, the nearest first; `upcoming` is the first term after `own` that is not
    over, None after one that the programme no longer has."""

    programme: ProgrammeContent
    own: TermCohort
    open: TermCohort | None
    later: tuple[TermCohort, ...]
    upcoming: Upcoming | None

    @property
    def prepared(self) -> TermCohort | None:
        """The cohort of the upcoming term, if there is one already."""
        return next((one for one in self.later if self.upcoming and one.term == self.upcoming.term), None)


def terms_of(session: Session, cohort_ids: Collection[int], cohort_id: int, language: str) -> Terms:
    """One statement. Raises `NotFound` for a cohort that is not among those that the person coordinates."""
    if cohort_id not in cohort_ids:
        raise NotFound("not a cohort of this coordinator")
    its_programme = select(Cohort.programme_id).where(Cohort.id == cohort_id).scalar_subquery()
    rows = session.execute(
        select(Cohort.id, Cohort.term, Cohort.is_open, Programme.body)
        .join(Programme, Programme.id == Cohort.programme_id)
        .where(Cohort.programme_id == its_programme)
    ).all()
    programme = ProgrammeContent.model_validate(rows[0].body)
    today = _today(programme)

    def term_cohort(row_id: int, term: str, is_open: bool) -> TermCohort:
        days, title = programme.days_of(term), programme.term_in(term, language)
        return TermCohort(row_id, term, title, days, state_of(days, today, is_open=is_open), row_id in cohort_ids)

    cohorts = [term_cohort(row.id, row.term, row.is_open) for row in rows]
    own = next(one for one in cohorts if one.cohort_id == cohort_id)
    return Terms(
        programme,
        own,
        next((one for one in cohorts if one.state is State.OPEN), None),
        _later(cohorts, own),
        _upcoming(programme, own, today, language),
    )


def states(session: Session, cohort_ids: Collection[int]) -> dict[int, State]:
    """By cohort, of any programme."""
    rows = session.execute(
        select(Cohort.id, Cohort.term, Cohort.is_open, Programme.body)
        .join(Programme, Programme.id == Cohort.programme_id)
        .where(Cohort.id.in_(cohort_ids))
    )
    found = [(row, ProgrammeContent.model_validate(row.body)) for row in rows]
    return {row.id: state_of(body.days_of(row.term), _today(body), is_open=row.is_open) for row, body in found}


def _today(programme: ProgrammeContent) -> date:
    return now().astimezone(ZoneInfo(programme.timezone)).date()


def _later(cohorts: Collection[TermCohort], own: TermCohort) -> tuple[TermCohort, ...]:
    dated = [(one.days[0], one) for one in cohorts if one.days and own.days and one.days[0] > own.days[0]]
    return tuple(one for _day, one in sorted(dated, key=lambda pair: pair[0]))


def _upcoming(programme: ProgrammeContent, own: TermCohort, today: date, language: str) -> Upcoming | None:
    if own.days is None:
        return None
    term = term_key(programme, max(own.days[1] + timedelta(1), today))
    days = programme.days_of(term)
    return Upcoming(term, programme.term_in(term, language), *days) if days else None


@dataclass(frozen=True, slots=True)
class Coordinator:
    """A grant: to `person`, or to all instructors of the course `course`."""

    grant_id: int
    person: Somebody | None
    course: str | None


@dataclass(frozen=True, slots=True)
class Preparation:
    """What the next term would be. `schedule` is that of the cohort it is made from, with its dates moved by `weeks` in
    the time zone `zone`; `gone` are titles of modules that had dates and are not offered any more, `teams` courses kept
    apart.
    """

    schedule: Schedule
    upcoming: Upcoming
    weeks: int
    zone: str
    gone: tuple[str, ...]
    coordinators: tuple[Coordinator, ...]
    teams: tuple[str, ...]


def preparation(session: Session, source: Schedule, terms: Terms, person_id: int, language: str) -> Preparation:
    """`coordinators` are the others than this person. Raises `Conflict` where no term comes next."""
    if terms.upcoming is None or terms.own.days is None:
        raise Conflict(
            "unknown term",
            title=_("There is no next term"),
            explanation=_("The programme no longer has the term of this cohort, so its dates cannot be moved."),
        )
    weeks = weeks_between(terms.own.days[0], terms.upcoming.first_day)
    zone, steps = ZoneInfo(terms.programme.timezone), _steps(session, source.modules)
    dates = {
        (module_id, step): Dated(moved(dated.due_at, weeks, zone), dated.grace_hours)
        for (module_id, step), dated in source.dates.items()
        if step in steps[module_id]
    }
    return Preparation(
        replace(source, term=terms.upcoming.title, steps=steps, dates=dates),
        terms.upcoming,
        weeks,
        zone.key,
        _gone(session, source, language),
        _coordinators(session, source.cohort_id, person_id),
        _teams(session, source.cohort_id),
    )


def _steps(session: Session, modules: Collection[int]) -> dict[int, tuple[Step, ...]]:
    """Those of the versions that are offered: nobody of the next term has begun with an earlier one."""
    rows = session.execute(select(OnlineModule.id, OnlineModule.content_id).where(OnlineModule.id.in_(modules)))
    return {row.id: content_of(session, row.content_id).steps for row in rows}


def _gone(session: Session, source: Schedule, language: str) -> tuple[str, ...]:
    """By the title of their newest version."""
    dated = {module_id for module_id, _step in dates_of(session, source.cohort_id)} - source.modules.keys()
    newest = (
        select(func.max(ModuleContent.number))
        .where(ModuleContent.module_key == OnlineModule.key)
        .correlate(OnlineModule)
        .scalar_subquery()
    )
    found = session.scalars(
        select(ModuleContent.id)
        .join(OnlineModule, OnlineModule.key == ModuleContent.module_key)
        .where(OnlineModule.id.in_(dated), ModuleContent.number == newest)
        .order_by(OnlineModule.position)
    )
    return tuple(content_of(session, content_id).title_in(language) for content_id in found.all())


def _coordinators(session: Session, cohort_id: int, person_id: int) -> tuple[Coordinator, ...]:
    rows = session.execute(
        select(StaffGrant.id, StaffGrant.person_id, Person.name, func.coalesce(Course.title, Course.label))
        .outerjoin(Person, Person.id == StaffGrant.person_id)
        .outerjoin(Course, Course.id == StaffGrant.course_id)
        .where(StaffGrant.cohort_id == cohort_id, StaffGrant.person_id.is_distinct_from(person_id))
        .order_by(StaffGrant.course_id.is_(None), StaffGrant.id)
    )
    return tuple(
        Coordinator(grant_id, Somebody(own_id, name) if own_id else None, course)
        for grant_id, own_id, name, course in rows
    )


def _teams(session: Session, cohort_id: int) -> tuple[str, ...]:
    titles = session.scalars(
        select(func.coalesce(Course.label, Course.title, "–"))
        .join(CourseConflict, CourseConflict.course_id == Course.id)
        .where(CourseConflict.cohort_id == cohort_id)
        .order_by(Course.label, Course.id)
    )
    return tuple(titles)


@dataclass(frozen=True, slots=True)
class Opening:
    """What opening a term means: how many have begun in the cohort that is open now, how many of them have something
    left in a module, and how many dates the one to be opened has."""

    begun: int
    in_the_middle: int
    dates: int


def opening(session: Session, terms: Terms) -> Opening:
    closing = terms.open.cohort_id if terms.open else None
    begun = select(func.count()).select_from(Enrolment).where(Enrolment.cohort_id == closing)
    unfinished = select(func.count(Participation.person_id.distinct())).where(
        Participation.cohort_id == closing, Participation.completed_at.is_(None)
    )
    dates = select(func.count()).select_from(StepDate).where(StepDate.cohort_id == terms.own.cohort_id)
    return Opening(*(session.scalar(query) or 0 for query in (begun, unfinished, dates)))
