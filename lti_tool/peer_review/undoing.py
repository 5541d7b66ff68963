"""Undo what coordinators decide about evaluations: what a decision has changed is put back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.errors import Conflict
from lti_tool.modules.models import StepResult
from lti_tool.peer_review import voiding
from lti_tool.peer_review.actions import record_given
from lti_tool.peer_review.models import Author, Decision, Evaluation, EvaluationStatus, Pool, ReviewEntry
from lti_tool.peer_review.reviews import latest, lock, lock_with_pool, locked_participation, note, stored
from lti_tool.programme.content import Step
from lti_tool.texts import gettext as _


class NotUndone(Conflict):
    def __init__(self, explanation: str) -> None:
        super().__init__("something has come of it", title=_("This was not undone"), explanation=explanation)


def undo(session: Session, entry: ReviewEntry, person_id: int) -> list[int]:
    """Put back what a decision about an evaluation has changed; returns the scores to send after the commit.

    Raises `NotUndone` (or `PlaceTaken`) with the reason when something has come of it since.
    """
    evaluation = session.get_one(Evaluation, entry.evaluation_id)
    if entry.decision in (Decision.VOIDED, Decision.TAKEN):
        lock_with_pool(session, evaluation)
    else:
        lock(session, evaluation)
    if _undone(session, entry):
        return []
    if latest(session, evaluation) != entry:
        raise NotUndone(_("Something else has been decided about this evaluation since. Undo that first."))
    score_ids = _UNDO[entry.decision](session, evaluation, entry, person_id)
    note(session, Decision.UNDONE, person_id, "", evaluation_id=evaluation.id, undoes_id=entry.id)
    return score_ids


def _undone(session: Session, entry: ReviewEntry) -> bool:
    return session.scalar(select(ReviewEntry.id).where(ReviewEntry.undoes_id == entry.id)) is not None


def _undo_approval(session: Session, evaluation: Evaluation, _entry: ReviewEntry, _person_id: int) -> list[int]:
    evaluation.approved_at = evaluation.approved_by = None
    session.flush()
    return []


def _undo_reopening(session: Session, evaluation: Evaluation, entry: ReviewEntry, _person_id: int) -> list[int]:
    _check_same_version(evaluation, entry)
    evaluation.approved_at = _moment(entry.before["approved_at"])
    evaluation.approved_by = entry.before["approved_by"]
    session.flush()
    return []


def _undo_return(session: Session, evaluation: Evaluation, entry: ReviewEntry, _person_id: int) -> list[int]:
    _check_same_version(evaluation, entry)
    evaluation.returned_at = None
    session.flush()
    return _close_step(session, evaluation, entry)


def _undo_void(session: Session, evaluation: Evaluation, entry: ReviewEntry, person_id: int) -> list[int]:
    voiding.put_back(session, session.get_one(Pool, evaluation.pool_id), evaluation, person_id)
    evaluation.returned_at = _moment(entry.before["returned_at"])
    evaluation.weigh_at = now()
    session.flush()
    return _close_step(session, evaluation, entry)


def _undo_taking(session: Session, evaluation: Evaluation, entry: ReviewEntry, person_id: int) -> list[int]:
    own = session.get(Evaluation, entry.before["taken_id"], with_for_update=True, populate_existing=True)
    if own is not None:
        if own.saved_at is not None or own.status is not EvaluationStatus.STARTED:
            raise NotUndone(_("The evaluation that was written instead has been begun."))
        author = session.get_one(Author, own.author_id)
        session.delete(own)
        session.flush()
        if author.withdrawn_at is None:
            author.to_receive += 1
            session.flush()
    return _undo_void(session, evaluation, entry, person_id)


_UNDO = {
    Decision.APPROVED: _undo_approval,
    Decision.REOPENED: _undo_reopening,
    Decision.RETURNED: _undo_return,
    Decision.VOIDED: _undo_void,
    Decision.TAKEN: _undo_taking,
}


def _check_same_version(evaluation: Evaluation, entry: ReviewEntry) -> None:
    if stored(evaluation.submitted_at) != entry.before["submitted_at"]:
        raise NotUndone(_("Its evaluator has submitted it anew since."))


def _close_step(session: Session, evaluation: Evaluation, entry: ReviewEntry) -> list[int]:
    """Done again as of when it was; the points come back."""
    if evaluation.evaluator_id is None or "done_at" not in entry.before:
        return []
    part = locked_participation(session, evaluation.evaluator_id)
    key = (part.id, Step.EVALUATIONS)
    if session.get(StepResult, key, populate_existing=True) is not None:
        return []
    score_ids = record_given(session, part, evaluation.evaluator_id)
    done = session.get(StepResult, key)
    if done is not None:
        done.done_at = datetime.fromisoformat(entry.before["done_at"])
        if part.completed_at is not None:
            part.completed_at = _moment(entry.before["completed_at"]) or part.completed_at
        session.flush()
    return score_ids


def _moment(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None
