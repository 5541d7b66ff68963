"""Load a person's own attempts. There is no other way to get at one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import NotFound
from lti_tool.modules.queries import Standing, standing_of
from lti_tool.programme.content import Step
from lti_tool.quiz.models import Attempt


@dataclass(frozen=True, slots=True)
class OwnAttempt:
    standing: Standing
    attempt: Attempt


def own_attempt(
    session: Session, person_id: int, module_key: str, number: int, *, for_change: bool = False
) -> OwnAttempt:
    """Raises `NotFound` where this person has no attempt of that number.

    With `for_change` the row is locked, so that of two submissions the second sees the first.
    """
    standing = standing_of(session, person_id, module_key, Step.TEST)
    query = select(Attempt).where(Attempt.participation_id == standing.participation_id, Attempt.number == number)
    attempt = session.scalars(query.with_for_update() if for_change else query).one_or_none()
    if attempt is None:
        raise NotFound("no such attempt of this person")
    return OwnAttempt(standing, attempt)
