"""What an instructor may look at: the learning assistants and the scores of the course they came from, no others."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lti_tool.errors import NotFound
from lti_tool.gradebook import queries
from lti_tool.gradebook.queries import Learner
from lti_tool.programme.queries import CurrentModule


def learner_in(session: Session, course_id: int, module: CurrentModule, person_id: int) -> Learner:
    """Raises `NotFound` for anybody who is not a learning assistant in the course."""
    learner = queries.learner(session, course_id, module, person_id)
    if learner is None:
        raise NotFound("no such learner in this course")
    return learner


def score_in(session: Session, course_id: int, score_id: int) -> int:
    """Raises `NotFound` for a score that goes to another course."""
    found = queries.score_of_course(session, course_id, score_id)
    if found is None:
        raise NotFound("no such score in this course")
    return found
