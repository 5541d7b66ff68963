"""What an author says of an evaluation of their essay: to its evaluator whether it was useful, to coordinators alone
what is wrong with it. Both may be changed at any time."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.errors import Conflict
from lti_tool.peer_review.access import evaluation_received
from lti_tool.peer_review.models import Evaluation, Feedback, Usefulness
from lti_tool.texts import gettext as _

LONGEST = 2000


class NotRead(Conflict):
    """There is nothing to say about what one has not read, or not as it is now."""

    def __init__(self) -> None:
        super().__init__(
            "evaluation is not read",
            title=_("You have not read this evaluation"),
            explanation=_("It is new, or was changed since you read it. Read it first. Nothing was sent."),
        )


def give_feedback(
    session: Session, person_id: int, module_key: str, number: int, *, useful: Usefulness, why: str
) -> Feedback:
    """Tell the evaluator, who never learns from whom it is. Raises `NotFound` and `NotRead`."""
    evaluation = evaluation_to_judge(session, person_id, module_key, number)
    feedback = _of(session, evaluation)
    if (feedback.useful, feedback.why) != (useful, why):
        feedback.useful, feedback.why, feedback.given_at = useful, why, now()
        evaluation.weigh_at = feedback.given_at
        session.flush()
    return feedback


def flag(session: Session, person_id: int, module_key: str, number: int, words: str) -> Feedback:
    """Tell the coordinators what is wrong with it, or something else than before. Raises as `give_feedback`."""
    evaluation = evaluation_to_judge(session, person_id, module_key, number)
    feedback = _of(session, evaluation)
    if feedback.flag != words:
        feedback.flag, feedback.flagged_at = words, now()
        evaluation.weigh_at = feedback.flagged_at
        session.flush()
    return feedback


def lift_flag(session: Session, person_id: int, module_key: str, number: int) -> None:
    """Take back what was told the coordinators. Raises as `give_feedback`."""
    evaluation = evaluation_to_judge(session, person_id, module_key, number)
    feedback = feedback_of(session, evaluation.id)
    if feedback is not None and feedback.flagged_at is not None:
        feedback.flag = feedback.flagged_at = None
        evaluation.weigh_at = now()
        session.flush()


def feedback_of(session: Session, evaluation_id: int) -> Feedback | None:
    return session.get(Feedback, evaluation_id)


def evaluation_to_judge(session: Session, person_id: int, module_key: str, number: int) -> Evaluation:
    """One of those received, once it is read; raises `NotFound` and `NotRead`. Locked, so that two forms sent at once
    make one row."""
    evaluation = evaluation_received(session, person_id, module_key, number, for_change=True).evaluation
    if evaluation.read_at is None:
        raise NotRead
    return evaluation


def _of(session: Session, evaluation: Evaluation) -> Feedback:
    feedback = session.get(Feedback, evaluation.id, populate_existing=True)
    if feedback is None:
        feedback = Feedback(evaluation_id=evaluation.id)
        session.add(feedback)
    return feedback
