"""The dates of a cohort as its coordinators plan them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Subquery, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import Mark, SignUp, SignUpState, TrainingSession
from lti_tool.attendance.planning_view import NO_TOWN, Show, View
from lti_tool.errors import NotFound
from lti_tool.paging import PAGE_SIZE
from lti_tool.people.models import Person
from lti_tool.programme.content import ProgrammeContent, in_language
from lti_tool.programme.models import Cohort, Programme
from lti_tool.programme.requirements import Meeting

_date = TrainingSession


@dataclass(frozen=True, slots=True)
class PlannedCohort:
    """A cohort, with the titles of its programme and term."""

    id: int
    title: str
    term: str
    programme: ProgrammeContent
    language: str

    @property
    def meetings(self) -> dict[str, Meeting]:
        """Those that people sign up for, by key."""
        own = (one for one in self.programme.attendances if one.held_by == "programme")
        return {meeting.key: meeting for one in own for meeting in one.meetings}

    @property
    def titles(self) -> dict[str, str]:
        """Of all meetings, by key."""
        own = (meeting for one in self.programme.attendances for meeting in one.meetings)
        default = self.programme.default_language
        return {meeting.key: in_language(meeting.titles, self.language, default) for meeting in own}


@dataclass(frozen=True, slots=True)
class Line:
    """A date in the list: how many wait for it, and of how many somebody has said whether they were there."""

    date: TrainingSession
    waiting: int
    marked: int

    @property
    def full(self) -> bool:
        return self.date.capacity is not None and self.date.taken >= self.date.capacity


@dataclass(frozen=True, slots=True)
class Places:
    """Of the dates that are to come. `free` is None where one of them has room for any number."""

    dates: int = 0
    taken: int = 0
    waiting: int = 0
    free: int | None = 0


@dataclass(slots=True)
class Overview:
    """What there is under the filters of a view: dates in each list, places by meeting, and what to filter by."""

    counts: dict[Show, int] = field(default_factory=lambda: dict.fromkeys(Show, 0))
    places: dict[str, Places] = field(default_factory=dict)
    towns: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether the cohort has no date at all."""
        return not self.languages


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a place on a date or in its line; `name` is None where the platform keeps names back."""

    session_id: int
    person_id: int
    name: str | None
    waiting: bool


def cohorts(session: Session, cohort_ids: Collection[int], language: str) -> list[PlannedCohort]:
    """Those named, the open ones first, then the newest. One statement."""
    rows = session.execute(
        select(Cohort.id, Cohort.term, Programme.body)
        .join(Programme, Programme.id == Cohort.programme_id)
        .where(Cohort.id.in_(cohort_ids))
        .order_by(Cohort.is_open.desc(), Cohort.id.desc())
    )
    return [_cohort(row.id, row.term, ProgrammeContent.model_validate(row.body), language) for row in rows]


def cohort_in(session: Session, cohort_ids: Collection[int], cohort_id: int, language: str) -> PlannedCohort:
    """Raises `NotFound` for a cohort that is not among `cohort_ids`, those that the person coordinates."""
    found = cohorts(session, {cohort_id} & set(cohort_ids), language)
    if not found:
        raise NotFound("not a cohort of this coordinator")
    return found[0]


def date_in(session: Session, cohort_ids: Collection[int], session_id: int) -> TrainingSession:
    """A date that people sign up for; raises `NotFound` for one of a course, or of a cohort not among those."""
    return dates_in(session, cohort_ids, [session_id])[0]


def dates_in(session: Session, cohort_ids: Collection[int], ids: Collection[int]) -> list[TrainingSession]:
    """As `date_in`, all of them in the order of time."""
    query = select(_date).where(_date.id.in_(ids), _date.cohort_id.in_(cohort_ids), _date.course_id.is_(None))
    found = list(session.scalars(query.order_by(_date.starts_at, _date.id)))
    if not found or len(found) < len(set(ids)):
        raise NotFound("not a date of this coordinator")
    return found


def dates_of(session: Session, cohort_id: int) -> list[TrainingSession]:
    """All that people sign up for, also those called off."""
    query = select(_date).where(_date.cohort_id == cohort_id, _date.course_id.is_(None))
    return list(session.scalars(query.order_by(_date.starts_at, _date.id)))


def overview(session: Session, cohort_id: int, view: View, moment: datetime) -> Overview:
    """One statement, whose rows are as many as there are meetings, towns and languages together."""
    waiting = _waiting(cohort_id)
    coming = _shown(Show.COMING, moment)
    counts = [func.count().filter(_shown(show, moment)).label(show.value) for show in Show]
    rows = session.execute(
        select(
            _date.meeting_key,
            _date.town,
            _date.language,
            *counts,
            func.coalesce(func.sum(_date.taken).filter(coming), 0).label("taken"),
            func.coalesce(func.sum(waiting.c.number).filter(coming), 0).label("waiting"),
            func.coalesce(func.sum(_date.capacity - _date.taken).filter(coming), 0).label("free"),
            func.count().filter(coming, _date.capacity.is_(None)).label("unlimited"),
        )
        .outerjoin(waiting, waiting.c.session_id == _date.id)
        .where(_date.cohort_id == cohort_id, _date.course_id.is_(None))
        .group_by(_date.meeting_key, _date.town, _date.language)
    ).all()
    found = Overview(towns=sorted({row.town for row in rows}), languages=sorted({row.language for row in rows}))
    for row in rows:
        if _passes(view, row.meeting_key, row.town, row.language):
            _add(found, row)
    return found


def lines_on_page(session: Session, cohort_id: int, view: View, moment: datetime) -> list[Line]:
    """What was is shown from the latest on, all else in the order of time. One statement."""
    waiting, marked = _waiting(cohort_id), _marked()
    latest_first = view.show in (Show.PAST, Show.CALLED_OFF)
    order = (_date.starts_at.desc(), _date.id.desc()) if latest_first else (_date.starts_at, _date.id)
    query = (
        select(_date, func.coalesce(waiting.c.number, 0), func.coalesce(marked.c.number, 0))
        .outerjoin(waiting, waiting.c.session_id == _date.id)
        .outerjoin(marked, marked.c.session_id == _date.id)
        .where(_date.cohort_id == cohort_id, _date.course_id.is_(None), _shown(view.show, moment))
        .where(*_filters(view))
        .order_by(*order)
    )
    rows = session.execute(query.limit(PAGE_SIZE).offset(view.offset))
    return [Line(*row) for row in rows]


def holders(session: Session, ids: Iterable[int]) -> list[Holder]:
    """Who has a place on these dates or waits for one, in the order in which they signed up."""
    rows = session.execute(
        select(SignUp.session_id, SignUp.person_id, Person.name, SignUp.state)
        .join(Person, Person.id == SignUp.person_id)
        .where(SignUp.session_id.in_(list(ids)))
        .order_by(SignUp.id)
    )
    return [Holder(row.session_id, row.person_id, row.name, row.state is SignUpState.WAITING) for row in rows]


def recorded(session: Session, ids: Iterable[int]) -> set[int]:
    """Those of the dates on which attendance is recorded."""
    return set(session.scalars(select(Mark.session_id).where(Mark.session_id.in_(list(ids))).distinct()))


def _cohort(cohort_id: int, term: str, programme: ProgrammeContent, language: str) -> PlannedCohort:
    titles = programme.title_in(language), programme.term_in(term, language)
    return PlannedCohort(cohort_id, *titles, programme, language)


def _shown(show: Show, moment: datetime) -> ColumnElement[bool]:
    on, over = _date.cancelled_at.is_(None), _date.ends_at <= moment
    return {
        Show.COMING: and_(on, not_(over)),
        Show.FULL: and_(on, not_(over), _date.capacity.is_not(None), _date.taken >= _date.capacity),
        Show.PAST: and_(on, over),
        Show.CALLED_OFF: not_(on),
        Show.ALL: or_(on, not_(on)),
    }[show]


def _filters(view: View) -> list[ColumnElement[bool]]:
    wanted = {_date.meeting_key: view.meeting, _date.town: view.town, _date.language: view.language}
    return [column == ("" if value == NO_TOWN else value) for column, value in wanted.items() if value]


def _passes(view: View, meeting: str, town: str, language: str) -> bool:
    wanted = ((view.meeting, meeting), (view.town, town or NO_TOWN), (view.language, language))
    return all(want is None or want == has for want, has in wanted)


def _add(found: Overview, row: Row[*tuple[Any, ...]]) -> None:
    for show in Show:
        found.counts[show] += row._mapping[show.value]
    before = found.places.get(row.meeting_key, Places())
    any_number = before.free is None or row.unlimited
    found.places[row.meeting_key] = Places(
        before.dates + row.coming,
        before.taken + row.taken,
        before.waiting + row.waiting,
        None if any_number else (before.free or 0) + row.free,
    )


def _waiting(cohort_id: int) -> Subquery:
    return (
        select(SignUp.session_id, func.count().label("number"))
        .where(SignUp.cohort_id == cohort_id, SignUp.state == SignUpState.WAITING)
        .group_by(SignUp.session_id)
        .subquery()
    )


def _marked() -> Subquery:
    return select(Mark.session_id, func.count().label("number")).group_by(Mark.session_id).subquery()
