"""Scores for line items that a person opened only after finishing the module (through a second course, say)."""

from __future__ import annotations

import logging

from flask_babel import force_locale
from sqlalchemy import Row, Select, and_, select
from sqlalchemy.orm import Session

from lti_tool.database import db
from lti_tool.lti.columns import Subject
from lti_tool.lti.models import LineItem
from lti_tool.modules.actions import FULL_SCORE, completion_comment
from lti_tool.modules.models import Participation, StepResult
from lti_tool.passback import wake
from lti_tool.passback.actions import Grade, fill_gaps
from lti_tool.passback.models import Score
from lti_tool.people.models import LinkVisit, Person, ResourceLink
from lti_tool.programme.models import OnlineModule
from lti_tool.programme.queries import content_of

# What one run takes on; the next minute takes the rest.
MOST_AT_ONCE = 200

log = logging.getLogger(__name__)


def backfill_scores() -> None:
    score_ids = backfill(db.session)
    db.session.commit()
    if score_ids:
        log.info("scores added after the fact", extra={"scores": len(score_ids)})
        wake(score_ids)


def backfill(session: Session, limit: int = MOST_AT_ONCE) -> list[int]:
    """Put missing scores of finished modules in the outbox; returns their ids."""
    return [score_id for row in session.execute(_missing().limit(limit)).all() for score_id in _fill(session, row)]


def _missing() -> Select[int, int, int, str, str | None]:
    """One row for each finished module and line item of it that the person has met and that has no score."""
    return (
        select(Participation.id, Participation.person_id, Participation.content_id, OnlineModule.key, Person.locale)
        .join(OnlineModule, OnlineModule.id == Participation.module_id)
        .join(Person, Person.id == Participation.person_id)
        .join(LinkVisit, LinkVisit.person_id == Participation.person_id)
        .join(ResourceLink, and_(ResourceLink.id == LinkVisit.link_id, ResourceLink.module_key == OnlineModule.key))
        .join(LineItem, LineItem.link_id == ResourceLink.id)
        .outerjoin(Score, and_(Score.line_item_id == LineItem.id, Score.person_id == Participation.person_id))
        .where(Participation.completed_at.is_not(None), Score.id.is_(None))
        .order_by(Participation.id)
    )


def _fill(session: Session, row: Row[int, int, int, str, str | None]) -> list[int]:
    participation_id, person_id, content_id, module_key, locale = row
    if not _still_complete(session, participation_id):
        return []
    details = session.execute(
        select(StepResult.step, StepResult.detail).where(StepResult.participation_id == participation_id)
    )
    with force_locale(locale or content_of(session, content_id).default_language):
        comment = completion_comment({row.step: row.detail for row in details})
    return fill_gaps(session, person_id, Subject(module_key), Grade(FULL_SCORE, FULL_SCORE, comment))


def _still_complete(session: Session, participation_id: int) -> bool:
    """A step may be reopened at this very moment, which waits from here on."""
    query = select(Participation.id).where(
        Participation.id == participation_id, Participation.completed_at.is_not(None)
    )
    return session.scalar(query.with_for_update(key_share=True)) is not None
