"""Put scores in the outbox. Called within the transaction of the result that caused them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.lti.models import LineItem
from lti_tool.passback.models import Delivery, Score
from lti_tool.people.models import LinkVisit, ResourceLink


@dataclass(frozen=True, slots=True)
class Grade:
    """`given` of `maximum` points, with the comment the learner reads in their gradebook."""

    given: float
    maximum: float
    comment: str


def enqueue(session: Session, person_id: int, module_key: str, grade: Grade) -> list[int]:
    """Write the grade for every line item through which this person meets the module; returns the score ids.

    A line item that already holds this very grade is left alone, so that calling twice sends once.
    """
    items = session.scalars(
        select(LineItem.id)
        .join(ResourceLink, ResourceLink.id == LineItem.link_id)
        .join(LinkVisit, LinkVisit.link_id == LineItem.link_id)
        .where(ResourceLink.module_key == module_key, LinkVisit.person_id == person_id)
    ).all()
    return [_put(session, item_id, person_id, grade) for item_id in items]


def _put(session: Session, line_item_id: int, person_id: int, grade: Grade) -> int:
    score = session.scalars(
        select(Score).where(Score.line_item_id == line_item_id, Score.person_id == person_id).with_for_update()
    ).one_or_none()
    if score is None:
        score = Score(line_item_id=line_item_id, person_id=person_id, timestamp=now())
        session.add(score)
    elif (score.given, score.maximum, score.comment) == (grade.given, grade.maximum, grade.comment):
        return score.id
    else:
        score.timestamp = next_timestamp(score.timestamp)
    score.given, score.maximum, score.comment = grade.given, grade.maximum, grade.comment
    score.state, score.due_at, score.attempts = Delivery.WAITING, now(), 0
    session.flush()
    return score.id


def next_timestamp(previous: datetime) -> datetime:
    """Now, but at least a whole second after `previous`: Moodle compares whole seconds and answers 409 otherwise."""
    return max(now(), previous + timedelta(seconds=1))
