"""An evaluation that does not count loses its place, and the pool heals; undone, it takes a place again.

The pool and the evaluation must be locked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Row, delete
from sqlalchemy.orm import Session

from lti_tool.database import now, table_of
from lti_tool.errors import Conflict
from lti_tool.peer_review import log
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, LogKind, Pool
from lti_tool.peer_review.placing import SLOTS, mark_pairs, settle
from lti_tool.peer_review.pools import evaluations_with
from lti_tool.texts import gettext as _

Rows = list[Row[Any]]


class PlaceTaken(Conflict):
    """Somebody has begun what was handed out instead, or it was waived."""

    def __init__(self, explanation: str) -> None:
        super().__init__(
            "the place of a voided evaluation is taken", title=_("This was not undone"), explanation=explanation
        )


def take_out(session: Session, evaluation: Evaluation, reason: str, person_id: int) -> None:
    """Count what is open on both sides now; `heal` looks for somebody."""
    evaluation.given_slot = evaluation.received_slot = None
    evaluation.voided_at, evaluation.returned_at = now(), None
    session.flush()
    _count_open(session, evaluation)
    _write(session, LogKind.VOIDED, reason, evaluation, person_id)


def heal(session: Session, pool: Pool, evaluation: Evaluation, occasion: str, gone: Sequence[Row[Any]] = ()) -> None:
    settle(session, pool, evaluation.author_id, f"{occasion} {evaluation.id}", gone)
    session.expire_all()


def put_back(session: Session, pool: Pool, evaluation: Evaluation, person_id: int) -> None:
    """Undo `take_out`. What was handed out instead is taken back, as long as nobody has begun it.

    Raises `PlaceTaken`.
    """
    author_id, evaluator_id = evaluation.author_id, evaluation.evaluator_id
    received, given = _received(session, author_id), Rows()
    back = [_making_room(session, author_id, received, _waived, _essay_taken)]
    if evaluator_id is not None:
        given = _given(session, evaluator_id)
        if not evaluation.volunteered:
            back.append(_making_room(session, evaluator_id, given, _not_looked_for, _evaluator_busy))
    gone = {row.id: row for rows in back for row in rows}
    for row in gone.values():
        _take_back(session, row)
    evaluation.voided_at = None
    evaluation.received_slot = _free({row.received_slot for row in received if row.id not in gone})
    if evaluator_id is not None:
        taken = {row.given_slot for row in given if row.id not in gone}
        evaluation.given_slot = _third(taken) if evaluation.volunteered else _free(taken)
    session.flush()
    _count_open(session, evaluation)
    _write(session, LogKind.UNDONE, "voided", evaluation, person_id)
    heal(session, pool, evaluation, "not voided", list(gone.values()))


def _take_back(session: Session, row: Row[Any]) -> None:
    session.execute(delete(table_of(Evaluation)).where(table_of(Evaluation).c.id == row.id))
    mark_pairs(session, [(row.evaluator_id, row.author_id)], reciprocal=False)
    _count_open(session, row)


def _making_room(
    session: Session, author_id: int, held: Rows, waived: Callable[[Author], int], refusal: Callable[[], str]
) -> Rows:
    """The evaluation that has to go so that there is a place, if there is none."""
    regular = [row for row in held if not row.volunteered or row.author_id == author_id]
    if len(regular) + waived(session.get_one(Author, author_id, populate_existing=True)) < len(SLOTS):
        return []
    untouched = [row for row in regular if row.status is EvaluationStatus.OPEN and not row.volunteered]
    if not untouched:
        raise PlaceTaken(refusal())
    return [untouched[-1]]


def _received(session: Session, author_id: int) -> Rows:
    rows = evaluations_with(session, author_id)
    return [row for row in rows if row.author_id == author_id and row.received_slot is not None]


def _given(session: Session, author_id: int) -> Rows:
    rows = evaluations_with(session, author_id)
    return [row for row in rows if row.evaluator_id == author_id and row.given_slot is not None]


def _waived(author: Author) -> int:
    return author.waived_received


def _not_looked_for(author: Author) -> int:
    return author.waived_given + author.lapsed


def _essay_taken() -> str:
    return _("Somebody else has begun to evaluate this essay, or its second evaluation was waived.")


def _evaluator_busy() -> str:
    return _("The evaluator has begun to evaluate another essay instead, or it was waived.")


def _free(taken: set[int | None]) -> int:
    return next(slot for slot in SLOTS if slot not in taken)


def _third(taken: set[int | None]) -> int:
    slot = len(SLOTS) + 1
    if slot in taken:
        raise PlaceTaken(_evaluator_busy())
    return slot


def _count_open(session: Session, evaluation: Evaluation | Row[Any]) -> None:
    """What is neither held nor waived nor lapsed is looked for. Nobody is owed another for a volunteer's third."""
    author = session.get_one(Author, evaluation.author_id, populate_existing=True)
    if author.withdrawn_at is None:
        author.to_receive = max(0, len(SLOTS) - len(_received(session, author.id)) - author.waived_received)
    if evaluation.evaluator_id is not None:
        evaluator = session.get_one(Author, evaluation.evaluator_id, populate_existing=True)
        if evaluator.withdrawn_at is None:
            regular = sum(not row.volunteered for row in _given(session, evaluator.id))
            evaluator.to_give = max(0, len(SLOTS) - regular - _not_looked_for(evaluator))
    session.flush()


def _write(session: Session, kind: LogKind, reason: str, evaluation: Evaluation, person_id: int) -> None:
    ends = {"evaluator_id": evaluation.evaluator_id, "author_id": evaluation.author_id}
    log.write(session, evaluation.pool_id, [log.entry(kind, reason, **ends, person_id=person_id)])
