"""Who is kept apart in a coordinator's cohorts, who could be, and what there is between them already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from lti_tool.errors import NotFound
from lti_tool.modules.models import Participation
from lti_tool.paging import PAGE_SIZE, PagedView
from lti_tool.peer_review.models import Author, CourseConflict, Evaluation, EvaluationStatus, Pool, PoolConflict
from lti_tool.people.models import Course, Membership, Person, Role, StaffGrant
from lti_tool.people.names import Somebody, is_called
from lti_tool.programme.models import Cohort

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Between:
    """Evaluations that go against a rule: those not begun, of which there is nobody else to give, and those begun."""

    untouched: int = 0
    begun: int = 0


@dataclass(frozen=True, slots=True)
class Apart:
    """Two people; `setter` is who said so and when, None for somebody whom nobody knows any more."""

    first: Somebody
    second: Somebody
    reason: str
    setter: Somebody | None
    since: datetime
    between: Between


@dataclass(frozen=True, slots=True)
class Team:
    """The learning assistants of a course in an open cohort; `since` is None while they are not kept apart."""

    cohort_id: int
    term: str
    course_id: int
    title: str
    members: int
    setter: Somebody | None
    since: datetime | None
    between: Between

    @property
    def value(self) -> str:
        return f"{self.cohort_id}-{self.course_id}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """`courses` tell people of the same name apart."""

    person_id: int
    name: str | None
    courses: str


def number_of_pairs(session: Session, cohort_ids: Collection[int]) -> int:
    return session.scalar(_pairs(cohort_ids).with_only_columns(func.count())) or 0


def pairs_on_page(session: Session, cohort_ids: Collection[int], view: PagedView) -> list[Apart]:
    """Of which both are in these cohorts, the newest first."""
    query = _pairs(cohort_ids).order_by(PoolConflict.created_at.desc(), PoolConflict.first_id, PoolConflict.second_id)
    rows = session.execute(query.limit(PAGE_SIZE).offset(view.offset)).all()
    between = _between_pairs(session, cohort_ids, [(row[0].first_id, row[0].second_id) for row in rows])
    return [_apart(*row, between=between) for row in rows]


def teams(session: Session, cohort_ids: Collection[int]) -> list[Team]:
    """Courses with two learning assistants or more of an open cohort, and those kept apart whatever their number.

    The courses whose instructors coordinate are none: everybody is in them.
    """
    found = []
    cohorts = session.execute(select(Cohort.id, Cohort.term).where(Cohort.id.in_(cohort_ids), Cohort.is_open))
    for cohort in cohorts.all():
        found += _teams(session, cohort.id, cohort.term)
    return found


def find_people(session: Session, cohort_ids: Collection[int], part: str) -> list[Candidate]:
    """Learning assistants by a part of their name or pseudonym; one more than MOST_FOUND at most."""
    query = select(Person.id, Person.name).where(is_called(session, part, Person.id.in_(_people(cohort_ids))))
    rows = session.execute(query.order_by(Person.name, Person.id).limit(MOST_FOUND + 1)).all()
    courses = _course_labels(session, [row.id for row in rows])
    return [Candidate(row.id, row.name, ", ".join(courses.get(row.id, ()))) for row in rows]


def require_people(session: Session, cohort_ids: Collection[int], people: Collection[int]) -> None:
    """Raises `NotFound` unless all of them are learning assistants in these cohorts."""
    query = select(func.count()).select_from(Person).where(Person.id.in_(people), Person.id.in_(_people(cohort_ids)))
    if session.scalar(query) != len(set(people)):
        raise NotFound("no such people in these cohorts")


def _people(cohort_ids: Collection[int]) -> Any:
    """Who takes part, and who is a learning assistant in a course whose instructors coordinate."""
    learners = select(Membership.person_id).where(
        Membership.role == Role.LEARNER, Membership.course_id.in_(_coordinating(cohort_ids))
    )
    return select(Participation.person_id).where(Participation.cohort_id.in_(cohort_ids)).union(learners)


def _coordinating(cohort_ids: Collection[int]) -> Select[Any]:
    return select(StaffGrant.course_id).where(StaffGrant.cohort_id.in_(cohort_ids), StaffGrant.course_id.is_not(None))


def _pairs(cohort_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    first, second, setter = aliased(Person), aliased(Person), aliased(Person)
    people = _people(cohort_ids)
    return (
        select(PoolConflict, first.id, first.name, second.id, second.name, setter.id, setter.name)
        .select_from(PoolConflict)
        .join(first, first.id == PoolConflict.first_id)
        .join(second, second.id == PoolConflict.second_id)
        .outerjoin(setter, setter.id == PoolConflict.set_by)
        .where(PoolConflict.first_id.in_(people), PoolConflict.second_id.in_(people))
    )


def _apart(conflict: PoolConflict, *who: Any, between: dict[tuple[int, int], Between]) -> Apart:
    return Apart(
        first=Somebody(*who[0:2]),
        second=Somebody(*who[2:4]),
        reason=conflict.reason,
        setter=_setter(*who[4:6]),
        since=conflict.created_at,
        between=between.get((conflict.first_id, conflict.second_id), Between()),
    )


def _setter(person_id: int | None, name: str | None) -> Somebody | None:
    return None if person_id is None else Somebody(person_id, name)


def _between_pairs(
    session: Session, cohort_ids: Collection[int], pairs: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], Between]:
    people = {end for pair in pairs for end in pair}
    giver, taker = aliased(Participation), aliased(Participation)
    query = _held(giver, taker).where(
        Pool.cohort_id.in_(cohort_ids), giver.person_id.in_(people), taker.person_id.in_(people)
    )
    counts: Counter[tuple[int, int, bool]] = Counter()
    for row in session.execute(query.with_only_columns(giver.person_id, taker.person_id, Evaluation.status)):
        counts[min(row[:2]), max(row[:2]), row[2] is EvaluationStatus.OPEN] += 1
    return {pair: Between(counts[*pair, True], counts[*pair, False]) for pair in {key[:2] for key in counts}}


def _held(giver: Any, taker: Any) -> Select[Any]:
    """Evaluations that hold a place, with who gives and who receives them."""
    gives, takes = aliased(Author), aliased(Author)
    return (
        select(Evaluation.id)
        .join(Pool, Pool.id == Evaluation.pool_id)
        .join(gives, gives.id == Evaluation.evaluator_id)
        .join(giver, giver.id == gives.participation_id)
        .join(takes, takes.id == Evaluation.author_id)
        .join(taker, taker.id == takes.participation_id)
        .where(Evaluation.received_slot.is_not(None))
    )


def _teams(session: Session, cohort_id: int, term: str) -> list[Team]:
    setter, members = aliased(Person), func.count(Membership.person_id)
    rows = session.execute(
        select(Course.id, Course.title, Course.label, members, setter.id, setter.name, CourseConflict.created_at)
        .select_from(Course)
        .join(Membership, and_(Membership.course_id == Course.id, *_present(Membership)))
        .outerjoin(CourseConflict, and_(CourseConflict.course_id == Course.id, CourseConflict.cohort_id == cohort_id))
        .outerjoin(setter, setter.id == CourseConflict.set_by)
        .where(Course.id.not_in(_coordinating([cohort_id])), Membership.person_id.in_(_people([cohort_id])))
        .group_by(Course.id, Course.title, Course.label, setter.id, setter.name, CourseConflict.created_at)
        .having((members > 1) | CourseConflict.created_at.is_not(None))
        .order_by(func.lower(func.coalesce(Course.title, Course.label)), Course.id)
    ).all()
    between = _between_teams(session, cohort_id)
    return [
        Team(
            cohort_id=cohort_id,
            term=term,
            course_id=row[0],
            title=row[1] or row[2] or str(row[0]),
            members=row[3],
            setter=_setter(row[4], row[5]),
            since=row[6],
            between=between.get(row[0], Between()),
        )
        for row in rows
    ]


def _present(membership: Any) -> tuple[ColumnElement[bool], ...]:
    return membership.role == Role.LEARNER, membership.left_at.is_(None)


def _between_teams(session: Session, cohort_id: int) -> dict[int, Between]:
    giver, taker = aliased(Participation), aliased(Participation)
    one, other = aliased(Membership), aliased(Membership)
    open_ = func.count().filter(Evaluation.status == EvaluationStatus.OPEN)
    query = (
        _held(giver, taker)
        .join(one, and_(one.person_id == giver.person_id, *_present(one)))
        .join(other, and_(other.person_id == taker.person_id, other.course_id == one.course_id, *_present(other)))
        .join(
            CourseConflict, and_(CourseConflict.course_id == one.course_id, CourseConflict.cohort_id == Pool.cohort_id)
        )
        .where(Pool.cohort_id == cohort_id)
        .group_by(one.course_id)
        .with_only_columns(one.course_id, open_, func.count())
    )
    return {course: Between(untouched, every - untouched) for course, untouched, every in session.execute(query)}


def _course_labels(session: Session, people: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = session.execute(
        select(Membership.person_id, func.coalesce(Course.label, Course.title))
        .join(Course, Course.id == Membership.course_id)
        .where(Membership.person_id.in_(people), *_present(Membership))
        .order_by(Course.label, Course.id)
    )
    for person_id, label in rows:
        found.setdefault(person_id, []).append(label or "–")
    return found
