"""What a coordinator sees of their cohorts' evaluations: who evaluates whom, how far, and who waits.

Each list costs the same few statements however long it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, exists, func, or_, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from lti_tool.moderation.doubt import Figures, doubt_points
from lti_tool.moderation.view import Show, Sort, View
from lti_tool.modules.models import Participation
from lti_tool.paging import PAGE_SIZE
from lti_tool.peer_review.models import Author, Doubt, Evaluation, EvaluationStatus, Feedback, Pool
from lti_tool.peer_review.reading import LONGEST_QUEUE
from lti_tool.people.models import Person
from lti_tool.people.names import Somebody, has_name
from lti_tool.programme.content import EvaluationForm, Step
from lti_tool.programme.models import Cohort, OnlineModule
from lti_tool.programme.queries import content_of

_POINTS = func.coalesce(Doubt.points, 0)
_COUNTS = and_(Evaluation.returned_at.is_(None), Evaluation.voided_at.is_(None))
_TO_REVIEW = and_(Evaluation.status == EvaluationStatus.SUBMITTED, Evaluation.approved_at.is_(None), _COUNTS)
# What its author flags after the approval is news.
_FLAGGED = or_(Evaluation.approved_at.is_(None), Feedback.flagged_at > Evaluation.approved_at)
_UNDOUBTFUL = and_(_TO_REVIEW, Doubt.points == 0, Evaluation.weigh_at.is_(None))
_CONDITIONS: dict[Show, ColumnElement[bool]] = {
    Show.TO_REVIEW: _TO_REVIEW,
    Show.DOUBTFUL: and_(_TO_REVIEW, _POINTS > 0),
    Show.FLAGGED: and_(Feedback.flagged_at.is_not(None), _FLAGGED, _COUNTS),
    Show.RETURNED: Evaluation.returned_at.is_not(None),
    Show.VOIDED: Evaluation.voided_at.is_not(None),
    Show.APPROVED: Evaluation.approved_at.is_not(None),
    Show.IN_PROGRESS: Evaluation.status == EvaluationStatus.STARTED,
    Show.NOT_STARTED: Evaluation.status == EvaluationStatus.OPEN,
    Show.ALL: true(),
}
_STATES = {
    EvaluationStatus.OPEN: Show.NOT_STARTED,
    EvaluationStatus.STARTED: Show.IN_PROGRESS,
    EvaluationStatus.SUBMITTED: Show.TO_REVIEW,
}
# The furthest step first, so that a draft for a better version does not move what was submitted.
_MOVED_AT = func.coalesce(Evaluation.submitted_at, Evaluation.saved_at, Evaluation.started_at, Evaluation.created_at)
# The places of an evaluation in the list, which begins with the greatest.
_PLACES: dict[Sort, tuple[Any, ...]] = {
    Sort.DOUBT: (_POINTS, _MOVED_AT, Evaluation.id),
    Sort.NEWEST: (_MOVED_AT, Evaluation.id),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One evaluation in the inbox; `moved_at` is when it was submitted, or else last saved, begun or assigned.

    `content_id` is the version of the form it is written on, None before it is begun. `released` is what was begun by
    somebody who has left since, or whose time is over. `doubt` is None until it is weighed.
    """

    public_id: str
    module_key: str
    content_id: int | None
    evaluator: Somebody
    author: Somebody
    state: Show
    moved_at: datetime
    released: bool
    doubt: Figures | None

    @property
    def undoubtful(self) -> bool:
        """To be reviewed, weighed, and without a reason for doubt."""
        return self.state is Show.TO_REVIEW and self.doubt is not None and not doubt_points(self.doubt)


@dataclass(frozen=True, slots=True)
class Doubted:
    """`copied_from` is the public id of the evaluation that says the same, if there is one."""

    figures: Figures
    points: int
    copied_from: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An author whom nobody evaluates yet: `missing` more essays have to come in first."""

    author: Somebody
    module_key: str
    since: datetime
    missing: int


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The public ids before and after an evaluation in a list; None at its ends."""

    previous: str | None
    next: str | None


def module_titles(session: Session, cohort_ids: Collection[int], language: str) -> dict[str, str]:
    """Title by key of the cohorts' modules with peer evaluation, in teaching order; the key is the title of one no
    longer offered."""
    had_some = exists().where(Pool.module_id == OnlineModule.id, Pool.cohort_id.in_(cohort_ids))
    rows = session.execute(
        select(OnlineModule.key, OnlineModule.content_id, had_some.label("had_some"))
        .where(OnlineModule.programme_id.in_(select(Cohort.programme_id).where(Cohort.id.in_(cohort_ids))))
        .order_by(OnlineModule.programme_id, OnlineModule.position)
    )
    offered = [(row, content_of(session, row.content_id) if row.content_id else None) for row in rows]
    return {
        row.key: content.title_in(language) if content else row.key
        for row, content in offered
        if row.had_some or (content and Step.EVALUATIONS in content.steps)
    }


def counts(session: Session, cohort_ids: Collection[int], view: View) -> dict[Show, int]:
    """How many evaluations each list holds, of the view's module and name."""
    columns = [func.count().filter(condition) for condition in _CONDITIONS.values()]
    row = session.execute(_evaluations(cohort_ids, view).with_only_columns(*columns)).one()
    return dict(zip(_CONDITIONS, row, strict=True))


def evaluations_on_page(session: Session, cohort_ids: Collection[int], view: View) -> list[Line]:
    """The most doubtful, or what was submitted, saved, begun or assigned last, comes first."""
    ordered = _listed(cohort_ids, view).order_by(*(place.desc() for place in _PLACES[view.sort]))
    return _lines(session, ordered.limit(PAGE_SIZE).offset(view.offset))


def undoubtful(
    session: Session, cohort_ids: Collection[int], view: View, limit: int, chosen: Collection[str] = ()
) -> tuple[list[Line], int]:
    """What is to be reviewed, weighed, and gives no reason for doubt: the first of it, and how much there is.

    With `chosen`, only those public ids.
    """
    query = _evaluations(cohort_ids, view).where(_UNDOUBTFUL)
    query = query.where(Evaluation.public_id.in_(chosen)) if chosen else query
    total = session.scalar(query.with_only_columns(func.count())) or 0
    return _lines(session, query.order_by(_MOVED_AT, Evaluation.id).limit(limit)), total


def is_undoubtful(session: Session, evaluation_id: int) -> bool:
    query = select(Evaluation.id).join(Doubt, Doubt.evaluation_id == Evaluation.id)
    return session.scalar(query.where(Evaluation.id == evaluation_id, _UNDOUBTFUL)) is not None


def evaluations_of_essay(session: Session, cohort_ids: Collection[int], author_id: int) -> list[Line]:
    return _lines(session, _evaluations(cohort_ids, View()).where(Evaluation.author_id == author_id))


def lines_of(session: Session, cohort_ids: Collection[int], public_ids: Collection[str]) -> list[Line]:
    return _lines(session, _evaluations(cohort_ids, View()).where(Evaluation.public_id.in_(public_ids)))


def doubt_of(session: Session, evaluation_id: int) -> Doubted | None:
    """None until it is weighed."""
    copied = aliased(Evaluation)
    row = session.execute(
        select(Doubt, copied.public_id)
        .outerjoin(copied, copied.id == Doubt.copied_id)
        .where(Doubt.evaluation_id == evaluation_id)
    ).one_or_none()
    return Doubted(_figures(row.Doubt), row.Doubt.points, row.public_id) if row else None


def forms_of(session: Session, lines: Collection[Line], language: str) -> dict[int, EvaluationForm]:
    """The forms that doubted lines are written on, by `content_id`."""
    contents = {line.content_id for line in lines if line.doubt and line.content_id is not None}
    return {number: content_of(session, number).text_in(language).form for number in contents}


def neighbours(session: Session, cohort_ids: Collection[int], view: View, public_id: str) -> Neighbours:
    """What stands beside an evaluation in the list, or would if it had not just left it."""
    places = _PLACES[view.sort]
    own = select(*places).select_from(Evaluation).outerjoin(Doubt, Doubt.evaluation_id == Evaluation.id)
    here = tuple_(*session.execute(own.where(Evaluation.public_id == public_id)).one())
    listed = _listed(cohort_ids, view).with_only_columns(Evaluation.public_id).limit(1)
    before, after = listed.where(tuple_(*places) > here), listed.where(tuple_(*places) < here)
    return Neighbours(
        previous=session.scalar(before.order_by(*(place.asc() for place in places))),
        next=session.scalar(after.order_by(*(place.desc() for place in places))),
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
        .outerjoin(Doubt, Doubt.evaluation_id == Evaluation.id)
        .outerjoin(Feedback, Feedback.evaluation_id == Evaluation.id)
    )
    return _in_view(query.where(_named(view.q)) if view.q else query, cohort_ids, view)


def _named(part: str) -> ColumnElement[bool]:
    """Evaluations by or about somebody with this in their name."""
    people = select(Person.id).where(has_name(part))
    authors = (
        select(Author.id)
        .join(Participation, Participation.id == Author.participation_id)
        .where(Participation.person_id.in_(people))
    )
    return or_(Evaluation.evaluator_id.in_(authors), Evaluation.author_id.in_(authors), Evaluation.staff_id.in_(people))


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
            Evaluation,
            Doubt,
            OnlineModule.key,
            _MOVED_AT.label("moved_at"),
            func.coalesce(evaluator.c.person_id, staff.id).label("evaluator_id"),
            func.coalesce(evaluator.c.name, staff.name).label("evaluator_name"),
            author.c.person_id.label("author_id"),
            author.c.name.label("author_name"),
        )
    )
    return [_line(row) for row in rows]


def _line(row: Row[Any]) -> Line:
    evaluation = row.Evaluation
    return Line(
        public_id=evaluation.public_id,
        module_key=row.key,
        content_id=evaluation.content_id,
        evaluator=Somebody(row.evaluator_id, row.evaluator_name),
        author=Somebody(row.author_id, row.author_name),
        state=_state(evaluation),
        moved_at=row.moved_at,
        released=evaluation.released_at is not None,
        doubt=_figures(row.Doubt) if row.Doubt else None,
    )


def _state(evaluation: Evaluation) -> Show:
    if evaluation.voided_at is not None:
        return Show.VOIDED
    if evaluation.returned_at is not None:
        return Show.RETURNED
    return Show.APPROVED if evaluation.approved_at is not None else _STATES[evaluation.status]


def _figures(doubt: Doubt) -> Figures:
    return Figures(**{field.name: getattr(doubt, field.name) for field in fields(Figures)})
