"""Several people at the same moment, each in a thread and a transaction of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import db
from lti_tool.modules.models import Participation
from lti_tool.peer_review.answers import Answers, CriterionAnswer
from lti_tool.peer_review.models import Author, Evaluation
from tests.cast import Cast, let_go
from tests.peer_review.conftest import hand_in, somebody

T = TypeVar("T")


def at_once(app: Flask, *jobs: Callable[[Session], T]) -> list[T]:
    """What the jobs answer; they begin together."""
    let_go()
    start = threading.Barrier(len(jobs))

    def work(job: Callable[[Session], T]) -> T:
        with app.app_context():
            start.wait(timeout=60)
            answer = job(db.session)
            db.session.commit()
            return answer

    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(work, jobs))


def newcomers(session: Session, cast: Cast, number: int) -> list[int]:
    people = [somebody(session, cast) for _ in range(number)]
    session.commit()
    return people


def joining(person_id: int) -> Callable[[Session], None]:
    return lambda session: hand_in(session, person_id)


def tasks(session: Session) -> Sequence[tuple[int, str]]:
    """Every evaluation with the person who gives it."""
    rows = session.execute(
        select(Participation.person_id, Evaluation.public_id)
        .join(Author, Author.participation_id == Participation.id)
        .join(Evaluation, Evaluation.evaluator_id == Author.id)
        .order_by(Evaluation.id)
    )
    return [(row.person_id, row.public_id) for row in rows]


def answers(overall: str) -> Answers:
    criteria = {key: CriterionAnswer(level="l2", comment="You show it well") for key in ("c1", "c2")}
    return Answers(criteria=criteria, overall=overall)
