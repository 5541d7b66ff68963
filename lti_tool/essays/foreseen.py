"""What returning an essay would bring about, told before it is done."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.lti.columns import Subject
from lti_tool.modules.actions import completed_in_another_term
from lti_tool.modules.models import StepResult
from lti_tool.passback.queries import points_in_courses
from lti_tool.peer_review.models import Author, Evaluation
from lti_tool.programme.content import Step
from lti_tool.reflection.models import Essay


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The step is `done` now, the module `completed`; its `points` stand in so many `courses`. So many evaluations of
    the essay are `begun`, and so many of them `submitted`."""

    done: bool
    completed: bool
    points: float
    courses: int
    begun: int
    submitted: int


def foreseen(session: Session, essay: Essay) -> Foreseen:
    part = essay.participation
    lost = part.completed_at is not None and not completed_in_another_term(session, part)
    held = points_in_courses(session, part.person_id, Subject(part.module.key)) if lost else []
    counted = session.execute(
        select(func.count(Evaluation.started_at), func.count(Evaluation.submitted_at))
        .join(Author, Author.id == Evaluation.author_id)
        .where(Author.essay_id == essay.id, Evaluation.received_slot.is_not(None))
    ).one()
    return Foreseen(
        session.get(StepResult, (part.id, Step.ESSAY)) is not None,
        part.completed_at is not None,
        max(held, default=0.0),
        len(held),
        counted[0],
        counted[1],
    )
