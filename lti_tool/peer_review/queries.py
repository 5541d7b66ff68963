"""Where a person stands with the peer evaluations of a module."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.modules.dates import Deadline, deadline, deadlines_for, for_evaluation
from lti_tool.modules.models import Extension, Participation, StepDate
from lti_tool.peer_review.access import OwnEvaluation
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus
from lti_tool.peer_review.reading import LONGEST_QUEUE
from lti_tool.programme.content import Step
from lti_tool.programme.models import Cohort


@dataclass(frozen=True, slots=True)
class Task:
    """An evaluation to give; `number` is 1 or 2, or 3 for a volunteer. One that is returned is to be written anew."""

    public_id: str
    number: int
    status: EvaluationStatus
    saved_at: datetime | None
    submitted_at: datetime | None
    returned_at: datetime | None = None
    # None where the coordinators have set no date.
    deadline: Deadline | None = None

    @property
    def due_at(self) -> datetime | None:
        return self.deadline.due_at if self.deadline else None

    @property
    def given(self) -> bool:
        return self.submitted_at is not None and self.returned_at is None


@dataclass(frozen=True, slots=True)
class Lost:
    """Something begun that is no task any more: its time ran out or its evaluator left, or (`voided_at`) a coordinator
    does not let it count."""

    public_id: str
    at: datetime
    voided_at: datetime | None


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
    """`waiting_since` is set while an essay is still to be found; `waiting_for` others have to submit one then.

    `withdrawn` is somebody who takes no part any more; what they have given and received stays. `lapsed` is how many
    essays went back because their time was over; they get others when they ask. `lost` has the newest first. `coming`
    evaluations of one's own essay are not there yet, and so many were `taken_out` by a coordinator.
    """

    tasks: tuple[Task, ...]
    waiting_since: datetime | None
    waiting_for: int
    received: tuple[Received, ...]
    withdrawn: bool = False
    lapsed: int = 0
    lost: tuple[Lost, ...] = ()
    coming: int = 0
    taken_out: int = 0

    @property
    def next_task(self) -> Task | None:
        """The one to open next: returned ones first, then begun ones, then in the order they were handed out."""
        return min((task for task in self.tasks if not task.given), key=_urgency, default=None)


def _urgency(task: Task) -> tuple[bool, bool, int]:
    return task.returned_at is None, task.status is EvaluationStatus.OPEN, task.number


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
    # What was released or voided holds no place.
    held = [row for row in rows if row.received_slot is not None]
    given = sorted((row for row in held if row.evaluator_id == row.id), key=lambda row: row.given_slot)
    received = sorted((row for row in held if row.author_id == row.id), key=lambda row: row.received_slot)
    lost = _lost(row for row in rows if row.received_slot is None and row.evaluator_id == row.id)
    # With an open place the next who comes is enough.
    waits = author.to_give > 0
    return EvaluationState(
        tuple(_task(row) for row in given),
        max([author.joined_at, *(one.at for one in lost)]) if waits else None,
        1 if waits else 0,
        tuple(Received(row.received_slot, row.submitted_at, row.read_at) for row in received if row.submitted_at),
        author.withdrawn_at is not None,
        author.lapsed,
        lost,
        author.to_receive + sum(row.submitted_at is None for row in received),
        sum(row.voided_at is not None and row.author_id == row.id for row in rows),
    )


def deadline_of(session: Session, own: OwnEvaluation) -> Deadline | None:
    """When it is to be submitted; None where no date is set, once it is submitted, or theirs no more."""
    row, part = own.evaluation, own.participation
    if row.submitted_at is not None or row.received_slot is None:
        return None
    evaluator = row.staff_id or part.person_id
    dates = deadlines_for(session, {evaluator: row.created_at}, (part.cohort_id, part.module_id))
    return dates[evaluator].get(Step.EVALUATIONS)


def _task(row: Row[Any]) -> Task:
    ends = deadline(row.due_at, row.grace_hours, row.until) if row.due_at else None
    time = for_evaluation(ends, row.created_at, row.days_to_evaluate) if ends else None
    return Task(row.public_id, row.given_slot, row.status, row.saved_at, row.submitted_at, row.returned_at, time)


def _lost(rows: Iterable[Row[Any]]) -> tuple[Lost, ...]:
    found = [Lost(row.public_id, row.voided_at or row.released_at, row.voided_at) for row in rows]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def _evaluations_query() -> Select[*tuple[Any, ...]]:
    """The author, once for each evaluation they give or receive, and once if there is none; with their dates."""
    author, evaluation = table_of(Author).c, table_of(Evaluation).c
    part, cohort = table_of(Participation).c, table_of(Cohort).c
    date, more = table_of(StepDate).c, table_of(Extension).c
    dated = and_(date.cohort_id == part.cohort_id, date.module_id == part.module_id, date.step == Step.EVALUATIONS)
    extended = and_(
        more.cohort_id == part.cohort_id,
        more.module_id == part.module_id,
        more.person_id == part.person_id,
        more.step == Step.EVALUATIONS,
    )
    own = or_(evaluation.evaluator_id == author.id, evaluation.author_id == author.id)
    return (
        select(
            author.id,
            author.pool_id,
            author.joined_at,
            author.placed_at,
            author.withdrawn_at,
            author.to_give,
            author.to_receive,
            author.lapsed,
            evaluation.evaluator_id,
            evaluation.author_id,
            evaluation.public_id,
            evaluation.given_slot,
            evaluation.received_slot,
            evaluation.status,
            evaluation.saved_at,
            evaluation.submitted_at,
            evaluation.read_at,
            evaluation.released_at,
            evaluation.returned_at,
            evaluation.voided_at,
            evaluation.created_at,
            date.due_at,
            date.grace_hours,
            more.until,
            cohort.days_to_evaluate,
        )
        .select_from(
            table_of(Author)
            .join(table_of(Participation), part.id == author.participation_id)
            .join(table_of(Cohort), cohort.id == part.cohort_id)
            .outerjoin(table_of(StepDate), dated)
            .outerjoin(table_of(Extension), extended)
            .outerjoin(table_of(Evaluation), own)
        )
        .where(author.participation_id == bindparam("participation_id"))
    )


_EVALUATIONS = _evaluations_query()


def _waiting(session: Session, pool_id: int) -> int:
    return session.scalars(
        select(func.count())
        .select_from(Author)
        .where(Author.pool_id == pool_id, Author.placed_at.is_(None), Author.withdrawn_at.is_(None))
    ).one()
