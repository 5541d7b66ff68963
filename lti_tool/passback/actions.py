"""Put scores in the outbox. Called within the transaction of the result that caused them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.errors import NotFound
from lti_tool.lti.columns import Subject
from lti_tool.lti.models import LineItem
from lti_tool.passback.models import Delivery, Score
from lti_tool.people.models import LinkVisit, ResourceLink


@dataclass(frozen=True, slots=True)
class Grade:
    """`given` of `maximum` points, with the comment the learner reads in their gradebook."""

    given: float
    maximum: float
    comment: str


def enqueue(session: Session, person_id: int, subject: Subject, grade: Grade) -> list[int]:
    """Write the grade for every line item through which this person meets the subject; returns the score ids.

    A line item that already holds this very grade is left alone, so that calling twice sends once.
    """
    items = session.scalars(_line_items(person_id, subject)).all()
    return [_put(session, item_id, person_id, grade) for item_id in items]


def fill_gaps(session: Session, person_id: int, subject: Subject, grade: Grade) -> list[int]:
    """As `enqueue`, but only for line items that hold nothing for this person yet."""
    held = exists().where(Score.line_item_id == LineItem.id, Score.person_id == person_id)
    items = session.scalars(_line_items(person_id, subject).where(~held)).all()
    return [_put(session, item_id, person_id, grade) for item_id in items]


def take_back(session: Session, person_id: int, subject: Subject, comment: str) -> list[int]:
    """Write 0 points for every line item that holds points of this person; returns the score ids.

    A score without points would not do. It clears a grade by the specification
    (https://www.imsglobal.org/spec/lti-ags/v2p0#scoregiven-and-scoremaximum), but Canvas leaves the old one where it is
    (https://developerdocs.instructure.com/services/canvas/resources/score: with scoreGiven missing "the assignment will
    not be graded"), and Open edX takes nothing that is not fully graded. 0 of the maximum, fully graded and with a
    comment that says why, is what every gradebook shows. A line item that holds nothing is left alone.
    """
    held = (
        select(Score.line_item_id, Score.maximum)
        .join(LineItem, LineItem.id == Score.line_item_id)
        .join(ResourceLink, ResourceLink.id == LineItem.link_id)
        .where(is_for(subject), Score.person_id == person_id, Score.given > 0)
        .order_by(Score.line_item_id)
    )
    return [_put(session, item_id, person_id, Grade(0, most, comment)) for item_id, most in session.execute(held).all()]


def _line_items(person_id: int, subject: Subject) -> Select[int]:
    return (
        select(LineItem.id)
        .join(ResourceLink, ResourceLink.id == LineItem.link_id)
        .join(LinkVisit, LinkVisit.link_id == LineItem.link_id)
        .where(is_for(subject), LinkVisit.person_id == person_id)
        .order_by(LineItem.id)
    )


def is_for(subject: Subject) -> ColumnElement[bool]:
    """Of a link: its line item is for this."""
    named = ResourceLink.programme_key if subject.whole else ResourceLink.module_key
    return named == subject.key


def resend(session: Session, score_id: int) -> list[int]:
    """Send a score once more, as a new one to the platform; returns what to wake the worker for.

    One that waits already is only hurried. Raises `NotFound`.
    """
    score = session.get(Score, score_id, with_for_update=True, populate_existing=True)
    if score is None:
        raise NotFound("no such score")
    if score.state is Delivery.WAITING:
        score.due_at = now()
    else:
        _queue(score)
    session.flush()
    return [score.id]


def _put(session: Session, line_item_id: int, person_id: int, grade: Grade) -> int:
    score = _locked(session, line_item_id, person_id) or _new(session, line_item_id, person_id, grade)
    if (score.given, score.maximum, score.comment) != (grade.given, grade.maximum, grade.comment):
        score.given, score.maximum, score.comment = grade.given, grade.maximum, grade.comment
        _queue(score)
        session.flush()
    return score.id


def _locked(session: Session, line_item_id: int, person_id: int) -> Score | None:
    return session.scalars(
        select(Score)
        .where(Score.line_item_id == line_item_id, Score.person_id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _new(session: Session, line_item_id: int, person_id: int, grade: Grade) -> Score:
    score = Score(
        line_item_id=line_item_id,
        person_id=person_id,
        given=grade.given,
        maximum=grade.maximum,
        comment=grade.comment,
        timestamp=now(),
    )
    try:
        with session.begin_nested():
            session.add(score)
    except IntegrityError:
        # Another process was quicker.
        found = _locked(session, line_item_id, person_id)
        if found is None:
            raise
        return found
    return score


def _queue(score: Score) -> None:
    score.timestamp = next_timestamp(score.timestamp)
    score.state, score.failure, score.failure_status = Delivery.WAITING, None, None
    score.due_at = score.queued_at = now()
    score.attempts = score.conflicts = 0


def next_timestamp(previous: datetime) -> datetime:
    """Now, but at least a whole second after `previous`: Moodle compares whole seconds and answers 409 otherwise."""
    return max(now(), previous + timedelta(seconds=1))
