"""What a coordinator decides about an evaluation."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.errors import Conflict
from lti_tool.moderation.access import evaluation_in
from lti_tool.peer_review.models import Evaluation, EvaluationStatus
from lti_tool.texts import gettext as _


class NotAsRead(Conflict):
    """The evaluation is not what the coordinator has read: not submitted, or submitted anew since."""

    def __init__(self) -> None:
        super().__init__(
            "evaluation is not as it was read",
            title=_("Nothing was approved"),
            explanation=_("The evaluation has changed since you opened this page. Below is what it says now."),
        )


def approve_evaluation(
    session: Session, cohort_ids: Collection[int], person_id: int, public_id: str, seen: str
) -> Evaluation:
    """Close an evaluation for its evaluator. `seen` is the `version_seen` of what the coordinator has read.

    Approving again changes nothing. Raises `NotAsRead`, and `NotFound` outside the cohorts.
    """
    evaluation = evaluation_in(session, cohort_ids, public_id, for_change=True).evaluation
    if evaluation.approved_at is not None:
        return evaluation
    if evaluation.status is not EvaluationStatus.SUBMITTED or seen != version_seen(evaluation):
        raise NotAsRead
    evaluation.approved_at, evaluation.approved_by = now(), person_id
    session.flush()
    return evaluation


def version_seen(evaluation: Evaluation) -> str:
    """Names the submitted version; empty while there is none."""
    return evaluation.submitted_at.isoformat() if evaluation.submitted_at else ""
