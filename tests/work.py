"""Work that people of the cast have done, written as the steps write it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import db, now
from lti_tool.modules.actions import record_result, take_part
from lti_tool.modules.models import Participation
from lti_tool.passback.models import Score
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus
from lti_tool.programme.content import Step
from lti_tool.programme.queries import current_module
from lti_tool.quiz.models import Attempt
from lti_tool.reflection.models import Essay
from tests.cast import Cast

ESSAY = "I asked the student what *they* had tried before I said anything at all about the task."


@contextmanager
def done_before(cast: Cast) -> Iterator[Session]:
    """A session whose changes are committed and whose context is over before the next request begins."""
    with cast.app.app_context():
        yield db.session
        db.session.commit()


def take_part_in(session: Session, person_id: int, module_key: str = "om1") -> Participation:
    return take_part(session, person_id, current_module(session, module_key))


def try_test(session: Session, person_id: int, right: int, *, passed: bool) -> None:
    part = take_part_in(session, person_id)
    tries = session.scalars(select(Attempt).where(Attempt.participation_id == part.id)).all()
    attempt = Attempt(participation_id=part.id, number=len(tries) + 1, seed=1, right=right, passed=passed)
    attempt.submitted_at = now() - timedelta(minutes=5)
    session.add(attempt)
    if passed:
        record_result(session, part, Step.TEST, f"{right}/3")


def draft_essay(session: Session, person_id: int, text: str = ESSAY, language: str = "en") -> Essay:
    essay = Essay(participation_id=take_part_in(session, person_id).id, text=text, language=language)
    session.add(essay)
    session.flush()
    return essay


def submit_essay(session: Session, person_id: int, text: str = ESSAY, language: str = "en") -> None:
    essay = draft_essay(session, person_id, text, language)
    essay.submitted_text, essay.submitted_language, essay.submitted_at = text, essay.language, now()
    session.flush()
    record_result(session, take_part_in(session, person_id), Step.ESSAY)


def begin_evaluation(session: Session, person_id: int) -> Evaluation:
    evaluation = session.scalars(
        select(Evaluation)
        .join(Author, Author.id == Evaluation.evaluator_id)
        .join(Participation, Participation.id == Author.participation_id)
        .where(Participation.person_id == person_id)
        .order_by(Evaluation.given_slot)
        .limit(1)
    ).one()
    evaluation.status, evaluation.started_at = EvaluationStatus.STARTED, now()
    return evaluation


def submit_evaluation(session: Session, person_id: int) -> None:
    evaluation = begin_evaluation(session, person_id)
    evaluation.status, evaluation.submitted_at = EvaluationStatus.SUBMITTED, now()


def complete(session: Session, person_id: int) -> None:
    """All three steps; the score is in the outbox of every link through which the person came."""
    try_test(session, person_id, 3, passed=True)
    submit_essay(session, person_id)
    record_result(session, take_part_in(session, person_id), Step.EVALUATIONS)


def score_of(session: Session, person_id: int) -> Score:
    return session.scalars(select(Score).where(Score.person_id == person_id)).one()
