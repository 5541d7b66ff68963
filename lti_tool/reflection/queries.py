"""Where a person stands with the essay of a module."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.reflection.models import Essay
from lti_tool.reflection.words import count_words


class EssayStatus(enum.StrEnum):
    NONE = "none"
    DRAFT = "draft"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class EssayState:
    """`words` are those of the submitted text, or of the draft before that. `locked`: it cannot be changed any more."""

    status: EssayStatus
    saved_at: datetime | None
    submitted_at: datetime | None
    words: int
    locked: bool


def essay_state(session: Session, participation_id: int | None) -> EssayState:
    """One statement; none for somebody who has not begun."""
    essay = essay_of(session, participation_id)
    if essay is None or not (essay.text or essay.submitted_at):
        return EssayState(EssayStatus.NONE, None, None, 0, locked=False)
    return EssayState(
        status=EssayStatus.SUBMITTED if essay.submitted_at else EssayStatus.DRAFT,
        saved_at=essay.saved_at,
        submitted_at=essay.submitted_at,
        words=count_words(essay.text if essay.submitted_text is None else essay.submitted_text),
        locked=essay.locked_at is not None,
    )


def essay_of(session: Session, participation_id: int | None) -> Essay | None:
    if participation_id is None:
        return None
    return session.scalars(select(Essay).where(Essay.participation_id == participation_id)).one_or_none()
