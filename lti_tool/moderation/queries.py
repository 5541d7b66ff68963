"""What a coordinator sees of their cohorts' evaluations: who evaluates whom, how far, and who waits.

Each list costs the same few statements however long it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from lti_tool.moderation.view import PAGE_SIZE, Show, View
from lti_tool.modules.models import Participation
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, Pool
from lti_tool.peer_review.reading import LONGEST_QUEUE
from lti_tool.people.models import Person
from lti_tool.programme.models import Cohort, OnlineModule
from lti_tool.programme.queries import content_of

_CONDITIONS: dict[Show, ColumnElement[bool]] = {
    Show.ALL: true(),
    Show.SUBMITTED: and_(Evaluation.status == EvaluationStatus.SUBMITTED, Evaluation.approved_at.is_(None)),
    Show.IN_PROGRESS: Evaluation.status == EvaluationStatus.STARTED,
    Show.NOT_STARTED: Evaluation.status == EvaluationStatus.OPEN,
    Show.APPROVED: Evaluation.approved_at.is_not(None),
}
_STATES = {
    EvaluationStatus.OPEN: Show.NOT_STARTED,
    EvaluationStatus.STARTED: Show.IN_PROGRESS,
    EvaluationStatus.SUBMITTED: Show.SUBMITTED,
}
# The furthest step first, so that a draft for a better version does not move what was submitted.
_MOVED_AT = func.coalesce(Evaluation.submitted_at, Evaluation.saved_at, Evaluation.started_at, Evaluation.created_at)


@dataclass(frozen=True, slots=True)
class Somebody:
    """`name` is None where the platform keeps names back."""

    person_id: int
    name: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One evaluation in the inbox; `moved_at` is when it was submitted, or else last saved, begun or assigned."""

    public_id: str
    module_key: str
    evaluator: Somebody
    author: Somebody
    state: Show
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """An author whom nobody evaluates yet: `missing` more essays have to come in first."""

    author: Somebody
    module_key: str
    since: datetime
    missing: int


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The public ids beside an evaluation in a list, newest first; None at its ends."""

    newer: str | None
    older: str | None


def module_titles(session: Session, cohort_ids: Collection[int], language: str) -> dict[str, str]:
    """Title by key of the cohorts' modules in teaching order; the key is the title of one no longer offered."""
    rows = session.execute(
        select(OnlineModule.key, OnlineModule.content_id)
        .where(OnlineModule.programme_id.in_(select(Cohort.programme_id).where(Cohort.id.in_(cohort_ids))))
        .order_by(OnlineModule.programme_id, OnlineModule.position)
    )
    return {
        row.key: content_of(session, row.content_id).title_in(language) if row.content_id else row.key for row in rows
    }


def counts(session: Session, cohort_ids: Collection[int], view: View) -> dict[Show, int]:
    """How many evaluations each list of the view's module holds."""
    columns = [func.count().filter(condition) for condition in _CONDITIONS.values()]
    row = session.execute(_evaluations(cohort_ids, view).with_only_columns(*columns)).one()
    return dict(zip(_CONDITIONS, row, strict=True))


def evaluations_on_page(session: Session, cohort_ids: Collection[int], view: View) -> list[Line]:
    """What was submitted, saved, begun or assigned last comes first."""
    newest_first = _listed(cohort_ids, view).order_by(_MOVED_AT.desc(), Evaluation.id.desc())
    return _lines(session, newest_first.limit(PAGE_SIZE).offset((view.page - 1) * PAGE_SIZE))


def evaluations_of_essay(session: Session, cohort_ids: Collection[int], author_id: int) -> list[Line]:
    return _lines(session, _evaluations(cohort_ids, View()).where(Evaluation.author_id == author_id))


def neighbours(session: Session, cohort_ids: Collection[int], view: View, public_id: str) -> Neighbours:
    """What stands beside an evaluation in the list, or would if it had not just left it."""
    place = tuple_(_MOVED_AT, Evaluation.id)
    here = tuple_(*session.execute(select(_MOVED_AT, Evaluation.id).where(Evaluation.public_id == public_id)).one())
    listed = _listed(cohort_ids, view).with_only_columns(Evaluation.public_id).limit(1)
    return Neighbours(
        newer=session.scalar(listed.where(place > here).order_by(_MOVED_AT.asc(), Evaluation.id.asc())),
        older=session.scalar(listed.where(place < here).order_by(_MOVED_AT.desc(), Evaluation.id.desc())),
    )


def waiting(session: Session, cohort_ids: Collection[int], view: View) -> list[Waiting]:
    """Whose essays wait for others, the longest wait first; at most two in each pool."""
    people = _people("people")
    query = (
        _in_view(select(Author.pool_id), cohort_ids, view)
        .select_from(Author)
        .join(Pool, Pool.id == Author.pool_id)
        .join(OnlineModule, OnlineModule.id == Pool.module_id)
        .join(people, people.c.author_id == Author.id)
        .where(Author.placed_at.is_(None), Author.withdrawn_at.is_(None))
        .order_by(Author.joined_at, Author.id)
        .add_columns(OnlineModule.key, Author.joined_at, people.c.person_id, people.c.name)
    )
    rows = session.execute(query).all()
    queue = Counter(row.pool_id for row in rows)
    return [
        Waiting(Somebody(row.person_id, row.name), row.key, row.joined_at, LONGEST_QUEUE - queue[row.pool_id])
        for row in rows
    ]


def somebody(session: Session, person_id: int | None) -> Somebody | None:
    row = session.execute(select(Person.id, Person.name).where(Person.id == person_id)).one_or_none()
    return Somebody(row.id, row.name) if row else None


def _evaluations(cohort_ids: Collection[int], view: View) -> Select[Any]:
    query = (
        select(Evaluation.id)
        .join(Pool, Pool.id == Evaluation.pool_id)
        .join(OnlineModule, OnlineModule.id == Pool.module_id)
    )
    return _in_view(query, cohort_ids, view)


def _listed(cohort_ids: Collection[int], view: View) -> Select[Any]:
    return _evaluations(cohort_ids, view).where(_CONDITIONS[view.show])


def _in_view(query: Select[Any], cohort_ids: Collection[int], view: View) -> Select[Any]:
    query = query.where(Pool.cohort_id.in_(cohort_ids))
    return query.where(OnlineModule.key == view.module) if view.module else query


def _people(name: str) -> Subquery:
    """The people behind the authors of pools."""
    return (
        select(Author.id.label("author_id"), Person.id.label("person_id"), Person.name)
        .join(Participation, Participation.id == Author.participation_id)
        .join(Person, Person.id == Participation.person_id)
        .subquery(name)
    )


def _lines(session: Session, query: Select[Any]) -> list[Line]:
    evaluator, author = _people("evaluator"), _people("author")
    staff = aliased(Person)
    rows = session.execute(
        query.outerjoin(evaluator, evaluator.c.author_id == Evaluation.evaluator_id)
        .outerjoin(staff, staff.id == Evaluation.staff_id)
        .join(author, author.c.author_id == Evaluation.author_id)
        .with_only_columns(
            Evaluation.public_id,
            Evaluation.status,
            Evaluation.approved_at,
            OnlineModule.key,
            _MOVED_AT.label("moved_at"),
            func.coalesce(evaluator.c.person_id, staff.id).label("evaluator_id"),
            func.coalesce(evaluator.c.name, staff.name).label("evaluator_name"),
            author.c.person_id.label("author_id"),
            author.c.name.label("author_name"),
        )
    )
    return [
        Line(
            public_id=row.public_id,
            module_key=row.key,
            evaluator=Somebody(row.evaluator_id, row.evaluator_name),
            author=Somebody(row.author_id, row.author_name),
            state=Show.APPROVED if row.approved_at else _STATES[row.status],
            moved_at=row.moved_at,
        )
        for row in rows
    ]
