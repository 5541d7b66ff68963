"""What returning or voiding an evaluation would bring about, told before it is done."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from lti_tool.lti.columns import Subject
from lti_tool.modules.actions import completed_in_another_term
from lti_tool.modules.models import StepResult
from lti_tool.passback.queries import points_in_courses
from lti_tool.peer_review.actions import gives_enough
from lti_tool.peer_review.models import Evaluation
from lti_tool.programme.content import Step


@dataclass(frozen=True, slots=True)
class Consequences:
    """`reopens` the evaluator's step; `completed` is their module now, whose `points` stand in so many `courses`.

    A side that has `left` is given nothing new.
    """

    reopens: bool = False
    completed: bool = False
    points: float = 0.0
    courses: int = 0
    evaluator_left: bool = False
    author_left: bool = False


def consequences(session: Session, evaluation: Evaluation) -> Consequences:
    author_left = evaluation.author.withdrawn_at is not None
    if evaluation.evaluator_id is None:
        return Consequences(author_left=author_left)
    evaluator = evaluation.evaluator
    part = evaluator.participation
    done = session.get(StepResult, (part.id, Step.EVALUATIONS)) is not None
    counts = int(evaluation.returned_at is None)
    reopens = done and not gives_enough(session, evaluator.id, without=counts)
    lost = reopens and part.completed_at is not None and not completed_in_another_term(session, part)
    held = points_in_courses(session, part.person_id, Subject(part.module.key)) if lost else []
    return Consequences(
        reopens,
        part.completed_at is not None,
        max(held, default=0.0),
        len(held),
        evaluator.withdrawn_at is not None,
        author_left,
    )
