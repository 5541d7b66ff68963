"""Where a person stands with the peer evaluations of a module."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus
from lti_tool.peer_review.pools import LONGEST_QUEUE


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
    """`waiting_since` is set while there is nobody to evaluate; `waiting_for` others have to submit an essay then."""

    tasks: tuple[Task, ...]
    waiting_since: datetime | None
    waiting_for: int
    received: tuple[Received, ...]


NOTHING_YET = EvaluationState((), None, 0, ())


def evaluation_state(session: Session, participation_id: int | None) -> EvaluationState:
    """Three statements at most, whatever the size of the pool."""
    if participation_id is None:
        return NOTHING_YET
    author = session.execute(
        select(Author.id, Author.pool_id, Author.joined_at, Author.placed_at).where(
            Author.participation_id == participation_id
        )
    ).one_or_none()
    if author is None:
        return NOTHING_YET
    if author.placed_at is None:
        return EvaluationState((), author.joined_at, LONGEST_QUEUE - _waiting(session, author.pool_id), ())
    return EvaluationState(tasks_of(session, author.id), None, 0, received_by(session, author.id))


def tasks_of(session: Session, author_id: int) -> tuple[Task, ...]:
    rows = session.execute(
        select(
            Evaluation.public_id,
            Evaluation.given_slot,
            Evaluation.status,
            Evaluation.saved_at,
            Evaluation.submitted_at,
        )
        .where(Evaluation.evaluator_id == author_id)
        .order_by(Evaluation.given_slot)
    )
    return tuple(Task(*row) for row in rows)


def received_by(session: Session, author_id: int) -> tuple[Received, ...]:
    rows = session.execute(
        select(Evaluation.received_slot, Evaluation.submitted_at, Evaluation.read_at)
        .where(Evaluation.author_id == author_id, Evaluation.status == EvaluationStatus.SUBMITTED)
        .order_by(Evaluation.received_slot)
    )
    return tuple(Received(row.received_slot, row.submitted_at, row.read_at) for row in rows)


def _waiting(session: Session, pool_id: int) -> int:
    return session.scalars(
        select(func.count()).select_from(Author).where(Author.pool_id == pool_id, Author.placed_at.is_(None))
    ).one()
