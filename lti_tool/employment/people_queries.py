"""A cohort's list as its coordinators read it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.employment.matching import name_key, suggestions
from lti_tool.employment.models import Employment
from lti_tool.employment.resolving import Stored
from lti_tool.employment.rows import learning, listed_of, people_who_came, settled_of, stored_lines
from lti_tool.employment.view import Show, View
from lti_tool.errors import NotFound
from lti_tool.paging import PAGE_SIZE
from lti_tool.people.models import Course, Membership, Person, Role
from lti_tool.people.names import Somebody, is_called
from lti_tool.programme.content import ProgrammeContent
from lti_tool.programme.models import Cohort
from lti_tool.programme.queries import programme_in

# People found by a part of their name; more are to be told apart by more of it.
MOST_FOUND = 20

_line, _person, _course, _member = (table_of(model).c for model in (Employment, Person, Course, Membership))
_there = _line.ended_at.is_(None)
_SHOWN: dict[Show, ColumnElement[bool]] = {
    Show.ALL: _there,
    Show.MATCHED: and_(_there, _line.person_id.is_not(None)),
    Show.UNMATCHED: and_(_there, _line.person_id.is_(None)),
    Show.ENDED: _line.ended_at.is_not(None),
}


@dataclass(frozen=True, slots=True)
class ListCohort:
    """A cohort that somebody coordinates."""

    id: int
    title: str
    term: str
    is_open: bool
    programme: ProgrammeContent


@dataclass(frozen=True, slots=True)
class ListedLine:
    """One line of the list. `person_name` is None where nobody is found, or the platform keeps the name back."""

    id: int
    reference: str
    name: str
    email: str | None
    position: str
    course_code: str
    department: str
    town: str
    hours: float | None
    person_id: int | None
    person_name: str | None
    matched_by: int | None
    ended: bool

    @property
    def person(self) -> Somebody | None:
        return Somebody(self.person_id, self.person_name) if self.person_id is not None else None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who has come. `courses` are those they work in, `other` the name on the list that has them already."""

    person_id: int
    name: str | None
    email: str | None
    courses: tuple[str, ...]
    other: str | None


def cohorts(session: Session, cohort_ids: Collection[int], language: str) -> list[ListCohort]:
    """The open ones first, then the newest."""
    found = select(Cohort.id, Cohort.is_open).where(Cohort.id.in_(cohort_ids))
    rows = session.execute(found.order_by(Cohort.is_open.desc(), Cohort.id.desc()))
    return [_cohort(session, row.id, language, is_open=row.is_open) for row in rows]


def _cohort(session: Session, cohort_id: int, language: str, *, is_open: bool) -> ListCohort:
    found = programme_in(session, cohort_id)
    title, term = found.content.title_in(language), found.content.term_in(found.term, language)
    return ListCohort(cohort_id, title, term, is_open, found.content)


def counts(session: Session, cohort_id: int, view: View) -> dict[str, int]:
    """Lines for each value of `view.show`, as the rest of the view has it."""
    columns = [func.count().filter(condition).label(show.value) for show, condition in _SHOWN.items()]
    found = select(*columns).select_from(table_of(Employment)).where(*_filters(cohort_id, view))
    return dict(session.execute(found).one()._mapping)


def lines_on_page(session: Session, cohort_id: int, view: View) -> list[ListedLine]:
    found = _lines().where(_SHOWN[view.show], *_filters(cohort_id, view))
    order = (func.lower(_line.name), _line.reference, _line.id)
    return [ListedLine(*row) for row in session.execute(found.order_by(*order).limit(PAGE_SIZE).offset(view.offset))]


def lines_of(session: Session, cohort_id: int, line_id: int) -> list[ListedLine]:
    """All lines of whom that line is about, that line first; raises `NotFound` for one of another cohort."""
    reference = select(_line.reference).where(_line.id == line_id, _line.cohort_id == cohort_id).scalar_subquery()
    found = _lines().where(_line.cohort_id == cohort_id, _line.reference == reference)
    rows = session.execute(found.order_by((_line.id == line_id).desc(), _line.id)).all()
    if not rows:
        raise NotFound("no such line in these cohorts")
    return [ListedLine(*row) for row in rows]


def _lines() -> Any:
    return (
        select(
            _line.id,
            _line.reference,
            _line.name,
            _line.email,
            _line.position,
            _line.course_code,
            _line.department,
            _line.town,
            _line.hours,
            _line.person_id,
            _person.name.label("person_name"),
            _line.matched_by,
            _line.ended_at.is_not(None),
        )
        .select_from(table_of(Employment))
        .outerjoin(table_of(Person), _person.id == _line.person_id)
    )


def _filters(cohort_id: int, view: View) -> list[ColumnElement[bool]]:
    chosen = {"position": view.position, "department": view.department, "town": view.town}
    conditions = [_line.cohort_id == cohort_id, *(_line[name] == value for name, value in chosen.items() if value)]
    return [*conditions, _contains(view.q)] if view.q else conditions


def _contains(part: str) -> ColumnElement[bool]:
    """In a name, an address or a course, whatever its case; SQLite knows no case beyond ASCII."""
    variants = {part, part.lower(), part.title(), part.upper()}
    texts = (_line.name, _line.reference, _line.course_code)
    return or_(*(text.contains(variant, autoescape=True) for text in texts for variant in sorted(variants)))


def summary(session: Session, cohort_id: int) -> list[tuple[str, int, int]]:
    """For each position on the list how many people there are, and how many of them have come."""
    people, came = func.count(_line.reference.distinct()), func.count(_line.person_id.distinct())
    found = select(_line.position, people, came).where(_line.cohort_id == cohort_id, _there)
    return [tuple(row) for row in session.execute(found.group_by(_line.position).order_by(people.desc()))]


def values_of(session: Session, cohort_id: int, name: str) -> list[str]:
    """All that the list says in the column `department` or `town`."""
    found = select(_line[name]).where(_line.cohort_id == cohort_id, _line[name] != "")
    return list(session.scalars(found.distinct().order_by(_line[name])))


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A page of those whom nobody has been found for, each once; those who may be somebody who has come stand first.
    `likely` counts these, `suggested` says by reference who they may be.
    """

    lines: list[ListedLine]
    total: int
    likely: int
    suggested: dict[str, list[Candidate]]


def unmatched(session: Session, cohort_id: int, page: int) -> Unmatched:
    stored = stored_lines(session, cohort_id)
    nobody = {one.reference: one.id for one in reversed(stored) if one.ended_at is None and one.person_id is None}
    found = _suggestions(session, stored, nobody)
    names = {one.reference: name_key(one.name) for one in stored}
    order = sorted(nobody, key=lambda reference: (not found[reference], names[reference], reference))
    shown = order[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    rows = session.execute(_lines().where(_line.id.in_([nobody[reference] for reference in shown])))
    lines = {line.reference: line for line in (ListedLine(*row) for row in rows)}
    suggested = _named(session, cohort_id, {reference: found[reference] for reference in shown})
    return Unmatched([lines[one] for one in shown], len(nobody), sum(map(bool, found.values())), suggested)


def suggested(session: Session, cohort_id: int, reference: str) -> list[Candidate]:
    """Who that may be, likeliest first."""
    found = _suggestions(session, stored_lines(session, cohort_id), {reference})
    return _named(session, cohort_id, found).get(reference, [])


def _suggestions(session: Session, stored: list[Stored], references: Collection[str]) -> dict[str, list[int]]:
    entries = [entry for entry in listed_of(stored) if entry.reference in references]
    taken = {person_id for person_id in settled_of(stored).values() if person_id is not None}
    return suggestions(entries, people_who_came(session), taken)


def _named(session: Session, cohort_id: int, found: Mapping[str, list[int]]) -> dict[str, list[Candidate]]:
    people = _candidates(session, cohort_id, {one for theirs in found.values() for one in theirs})
    return {reference: [people[one] for one in theirs] for reference, theirs in found.items()}


def candidates_called(session: Session, cohort_id: int, part: str) -> list[Candidate]:
    """Those who have come with this in their name, by name; one more than are to be shown."""
    called = select(_person.id).where(is_called(session, part, learning())).order_by(_person.name, _person.id)
    people = list(session.scalars(called.limit(MOST_FOUND + 1)))
    found = _candidates(session, cohort_id, people)
    return [found[one] for one in people]


def candidate(session: Session, cohort_id: int, person_id: int) -> Candidate:
    """Raises `NotFound` for anybody whom no list can be about."""
    if session.scalar(select(_person.id).where(_person.id == person_id, learning())) is None:
        raise NotFound("no such person who could be on a list")
    return _candidates(session, cohort_id, [person_id])[person_id]


def _candidates(session: Session, cohort_id: int, people: Collection[int]) -> dict[int, Candidate]:
    named = session.execute(select(_person.id, _person.name, _person.email).where(_person.id.in_(people)))
    others = session.execute(
        select(_line.person_id, _line.name).where(_line.cohort_id == cohort_id, _line.person_id.in_(people), _there)
    )
    taken: dict[int, str] = {row.person_id: row.name for row in others}
    courses: dict[int, list[str]] = {}
    for person_id, label in session.execute(_courses_of(people)):
        courses.setdefault(person_id, []).append(label)
    return {
        row.id: Candidate(row.id, row.name, row.email, tuple(courses.get(row.id, ())), taken.get(row.id))
        for row in named
    }


def _courses_of(people: Collection[int]) -> Select[Any]:
    label = func.coalesce(_course.label, _course.title)
    found: Select[Any] = select(_member.person_id, label).join_from(
        table_of(Membership), table_of(Course), _course.id == _member.course_id
    )
    works = (_member.role == Role.LEARNER, _member.left_at.is_(None), label.is_not(None))
    return found.where(_member.person_id.in_(people), *works).order_by(_member.course_id)
