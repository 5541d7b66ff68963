"""Where a person stands with the peer evaluations of a module."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus
from lti_tool.peer_review.reading import LONGEST_QUEUE


@dataclass(frozen=True, slots=True)
class Task:
    """An evaluation to give; `number` is 1 or 2."""

    public_id: str
    number: int
    status: EvaluationStatus
    saved_at: datetime | None
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Received:
    """An evaluation of one's own essay; `number` is 1 or 2. The evaluator's address of it is never shown here: two
    people who compared addresses would know each other.
    """

    number: int
    submitted_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class EvaluationState:
    """`waiting_since` is set while there is nobody to evaluate; `waiting_for` others have to submit an essay then.

    `withdrawn` is somebody who takes no part any more; what they have given and received stays.
    """

    tasks: tuple[Task, ...]
    waiting_since: datetime | None
    waiting_for: int
    received: tuple[Received, ...]
    withdrawn: bool = False


NOTHING_YET = EvaluationState((), None, 0, ())


def evaluation_state(session: Session, participation_id: int | None) -> EvaluationState:
    """Two statements at most, whatever the size of the pool."""
    if participation_id is None:
        return NOTHING_YET
    rows = session.execute(_EVALUATIONS, {"participation_id": participation_id}).all()
    if not rows:
        return NOTHING_YET
    author = rows[0]
    if author.placed_at is None and author.withdrawn_at is None:
        return EvaluationState((), author.joined_at, LONGEST_QUEUE - _waiting(session, author.pool_id), ())
    # What was released holds no place.
    held = [row for row in rows if row.received_slot is not None]
    given = sorted((row for row in held if row.evaluator_id == row.id), key=lambda row: row.given_slot)
    received = sorted((row for row in held if row.author_id == row.id), key=lambda row: row.received_slot)
    # With an open place and no task, the next who comes is enough.
    waits = not given and author.to_give > 0
    return EvaluationState(
        tuple(Task(row.public_id, row.given_slot, row.status, row.saved_at, row.submitted_at) for row in given),
        author.joined_at if waits else None,
        1 if waits else 0,
        tuple(Received(row.received_slot, row.submitted_at, row.read_at) for row in received if row.submitted_at),
        author.withdrawn_at is not None,
    )


def _evaluations_query() -> Select[*tuple[Any, ...]]:
    """The author, once for each evaluation they give or receive, and once if there is none."""
    author, evaluation = table_of(Author).c, table_of(Evaluation).c
    own = or_(evaluation.evaluator_id == author.id, evaluation.author_id == author.id)
    return (
        select(
            author.id,
            author.pool_id,
            author.joined_at,
            author.placed_at,
            author.withdrawn_at,
            author.to_give,
            evaluation.evaluator_id,
            evaluation.author_id,
            evaluation.public_id,
            evaluation.given_slot,
            evaluation.received_slot,
            evaluation.status,
            evaluation.saved_at,
            evaluation.submitted_at,
            evaluation.read_at,
        )
        .select_from(table_of(Author).outerjoin(table_of(Evaluation), own))
        .where(author.participation_id == bindparam("participation_id"))
    )


_EVALUATIONS = _evaluations_query()


def _waiting(session: Session, pool_id: int) -> int:
    return session.scalars(
        select(func.count())
        .select_from(Author)
        .where(Author.pool_id == pool_id, Author.placed_at.is_(None), Author.withdrawn_at.is_(None))
    ).one()
