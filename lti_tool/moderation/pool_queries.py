"""Everybody in the pools of a coordinator's cohorts: how they stand, what they give and what they receive.

A page of people costs the same few statements however large the pools are.
"""

from __future__ import annotations

import enum
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from lti_tool.moderation.pool_view import PoolView, Standing
from lti_tool.modules.models import Participation
from lti_tool.paging import PAGE_SIZE
from lti_tool.peer_review.models import Author, Evaluation, Pool
from lti_tool.peer_review.shortages import authors_in
from lti_tool.people.models import Person
from lti_tool.people.names import Somebody, has_name
from lti_tool.programme.models import OnlineModule
from lti_tool.reflection.models import Essay

_STAYS = Author.withdrawn_at.is_(None)
_LACKING = Author.to_give + Author.to_receive + Author.lapsed
_CONDITIONS: dict[Standing, ColumnElement[bool]] = {
    Standing.ALL: true(),
    Standing.PLACED: and_(
        _STAYS, Author.placed_at.is_not(None), Author.to_give + Author.to_receive + Author.lapsed == 0
    ),
    Standing.WAITING: and_(_STAYS, Author.placed_at.is_(None)),
    Standing.SHORT: or_(Author.to_give > 0, Author.to_receive > 0),
    Standing.LAPSED: and_(_STAYS, Author.lapsed > 0),
    Standing.LEFT: Author.withdrawn_at.is_not(None),
}


class Progress(enum.StrEnum):
    """How far an evaluation is. What was released or voided holds no place; the others do."""

    OPEN = "open"
    STARTED = "started"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    RELEASED = "released"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a pool; `essay` is the public id of theirs, which names them in addresses. `given` and `received`
    count the evaluations of each state, `short_of` what is looked for, `lapsed` what was taken back for the date."""

    essay: str
    person_id: int
    name: str | None
    module_key: str
    language: str
    joined_at: datetime
    standings: tuple[Standing, ...]
    to_give: int
    to_receive: int
    lapsed: int
    given: Counter[Progress]
    received: Counter[Progress]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One evaluation as one of its ends sees it; `other` is who stands at the other end."""

    public_id: str
    other: Somebody
    staff: bool
    volunteered: bool
    progress: Progress
    since: datetime


@dataclass(frozen=True, slots=True)
class Exchanges:
    """All that somebody gives and receives, the oldest first."""

    given: tuple[Exchange, ...]
    received: tuple[Exchange, ...]


def counts(session: Session, cohort_ids: Collection[int], view: PoolView) -> dict[Standing, int]:
    """How many people each list of the view's module, language and name holds."""
    columns = [func.count().filter(condition) for condition in _CONDITIONS.values()]
    row = session.execute(_members(cohort_ids, view).with_only_columns(*columns)).one()
    return dict(zip(_CONDITIONS, row, strict=True))


def languages_of(session: Session, cohort_ids: Collection[int]) -> Sequence[str]:
    """Those of which there is a pool."""
    query = select(Pool.language).where(Pool.cohort_id.in_(cohort_ids)).distinct().order_by(Pool.language)
    return session.scalars(query).all()


def members_on_page(session: Session, cohort_ids: Collection[int], view: PoolView) -> list[Member]:
    """By name; those whose platform keeps names back come last."""
    query = _members(cohort_ids, view).where(_CONDITIONS[view.show])
    by_name = query.order_by(func.lower(Person.name).nulls_last(), Person.id, OnlineModule.position, Author.id)
    return _with_counts(session, session.execute(by_name.limit(PAGE_SIZE).offset(view.offset)).all())


def member(session: Session, cohort_ids: Collection[int], essay: str) -> Member | None:
    """None for an essay of no pool in these cohorts."""
    rows = session.execute(_members(cohort_ids, PoolView()).where(Essay.public_id == essay)).all()
    return next(iter(_with_counts(session, rows)), None)


def exchanges(session: Session, author_id: int) -> Exchanges:
    """Each author gives and receives a few, whatever the size of the pool."""
    giver, taker = aliased(Person), aliased(Person)
    gives, takes, giving, taking = aliased(Author), aliased(Author), aliased(Participation), aliased(Participation)
    rows = session.execute(
        select(Evaluation, giver.id, giver.name, taker.id, taker.name)
        .outerjoin(gives, gives.id == Evaluation.evaluator_id)
        .outerjoin(giving, giving.id == gives.participation_id)
        .join(giver, giver.id == func.coalesce(Evaluation.staff_id, giving.person_id))
        .join(takes, takes.id == Evaluation.author_id)
        .join(taking, taking.id == takes.participation_id)
        .join(taker, taker.id == taking.person_id)
        .where(or_(Evaluation.evaluator_id == author_id, Evaluation.author_id == author_id))
        .order_by(Evaluation.id)
    ).all()
    return Exchanges(
        given=tuple(_exchange(row[0], Somebody(*row[3:5])) for row in rows if row[0].evaluator_id == author_id),
        received=tuple(_exchange(row[0], Somebody(*row[1:3])) for row in rows if row[0].author_id == author_id),
    )


def _exchange(evaluation: Evaluation, other: Somebody) -> Exchange:
    e = evaluation
    return Exchange(
        public_id=e.public_id,
        other=other,
        staff=e.staff_id is not None,
        volunteered=e.volunteered,
        progress=_progress(e),
        since=e.voided_at or e.released_at or e.returned_at or e.submitted_at or e.started_at or e.created_at,
    )


def _progress(row: Any) -> Progress:
    for moment, progress in (
        (row.voided_at, Progress.VOIDED),
        (row.released_at, Progress.RELEASED),
        (row.returned_at, Progress.RETURNED),
    ):
        if moment is not None:
            return progress
    return Progress(row.status.value)


def _members(cohort_ids: Collection[int], view: PoolView) -> Select[*tuple[Any, ...]]:
    query = authors_in(cohort_ids)
    wanted = ((OnlineModule.key, view.module), (Pool.language, view.language))
    query = query.where(*(column == value for column, value in wanted if value))
    return query.where(has_name(view.q)) if view.q else query


def _with_counts(session: Session, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Member]:
    ids = [row[0].id for row in rows]
    given, received = (_counted(session, ids, end) for end in (Evaluation.evaluator_id, Evaluation.author_id))
    return [_member(*row, given=given[row[0].id], received=received[row[0].id]) for row in rows]


def _counted(session: Session, ids: list[int], end: Any) -> defaultdict[int, Counter[Progress]]:
    """How many evaluations of each state these authors have at this end."""
    columns = (Evaluation.status, Evaluation.voided_at, Evaluation.released_at, Evaluation.returned_at)
    found: defaultdict[int, Counter[Progress]] = defaultdict(Counter)
    for row in session.execute(select(end.label("author_id"), *columns).where(end.in_(ids))):
        found[row.author_id][_progress(row)] += 1
    return found


def _member(author: Author, *who: Any, given: Counter[Progress], received: Counter[Progress]) -> Member:
    essay, person_id, name, key, language = who
    return Member(
        essay=essay,
        person_id=person_id,
        name=name,
        module_key=key,
        language=language,
        joined_at=author.joined_at,
        standings=standings_of(author),
        to_give=author.to_give,
        to_receive=author.to_receive,
        lapsed=author.lapsed,
        given=given,
        received=received,
    )


def standings_of(author: Author) -> tuple[Standing, ...]:
    """Never none: who is neither left, waiting, short nor out of time is placed."""
    if author.withdrawn_at is not None:
        return (Standing.LEFT,)
    if author.placed_at is None:
        return (Standing.WAITING,)
    short = (Standing.SHORT,) if author.to_give or author.to_receive else ()
    lapsed = (Standing.LAPSED,) if author.lapsed else ()
    return (*short, *lapsed) or (Standing.PLACED,)
