"""Where a person stands with the essay of a module."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.reflection.models import Essay
from lti_tool.reflection.words import count_words


class EssayStatus(enum.StrEnum):
    NONE = "none"
    DRAFT = "draft"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class EssayState:
    """`text` is the submitted one, or the draft before that. `locked`: it cannot be changed any more.

    `returned_at` is since when a coordinator has wanted another version, and `comment` what they say.
    """

    status: EssayStatus
    saved_at: datetime | None
    submitted_at: datetime | None
    text: str
    locked: bool
    returned_at: datetime | None = None
    comment: str | None = None

    @property
    def words(self) -> int:
        return count_words(self.text)


NOTHING_YET = EssayState(EssayStatus.NONE, None, None, "", locked=False)
_essay = table_of(Essay).c
_ESSAY = select(
    _essay.text,
    _essay.submitted_text,
    _essay.saved_at,
    _essay.submitted_at,
    _essay.locked_at,
    _essay.returned_at,
    _essay.returned_comment,
).where(_essay.participation_id == bindparam("participation_id"))


def essay_state(session: Session, participation_id: int | None) -> EssayState:
    """One statement; none for somebody who has not begun."""
    if participation_id is None:
        return NOTHING_YET
    essay = session.execute(_ESSAY, {"participation_id": participation_id}).one_or_none()
    if essay is None or not (essay.text or essay.submitted_at):
        return NOTHING_YET
    return EssayState(
        status=EssayStatus.SUBMITTED if essay.submitted_at else EssayStatus.DRAFT,
        saved_at=essay.saved_at,
        submitted_at=essay.submitted_at,
        text=essay.text if essay.submitted_text is None else essay.submitted_text,
        locked=essay.locked_at is not None and essay.returned_at is None,
        returned_at=essay.returned_at,
        comment=essay.returned_comment,
    )


def essay_of(session: Session, participation_id: int | None) -> Essay | None:
    if participation_id is None:
        return None
    return session.scalars(select(Essay).where(Essay.participation_id == participation_id)).one_or_none()
