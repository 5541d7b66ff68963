"""What has been decided about an evaluation: who, when, why, and what can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from lti_tool.moderation.queries import Somebody
from lti_tool.peer_review.models import Decision, ReviewEntry
from lti_tool.people.models import Person


@dataclass(frozen=True, slots=True)
class Happened:
    """`of` is the decision that an undoing takes back. `holds` is what nobody has undone."""

    id: int
    decision: Decision
    moment: datetime
    by: Somebody | None
    reason: str
    evaluation_id: int | None
    of: Decision | None
    holds: bool


def history(session: Session, evaluation_id: int) -> list[Happened]:
    """The newest first."""
    return _read(session, ReviewEntry.evaluation_id == evaluation_id)


def happened(session: Session, entry_id: int) -> Happened:
    return _read(session, ReviewEntry.id == entry_id)[0]


def undoable(lines: Sequence[Happened]) -> Happened | None:
    """The latest decision that holds."""
    return next((line for line in lines if line.holds and line.of is None), None)


def _read(session: Session, which: ColumnElement[bool]) -> list[Happened]:
    undone, undoing = aliased(ReviewEntry), aliased(ReviewEntry)
    rows = session.execute(
        select(ReviewEntry, Person.id.label("person_id"), Person.name, undone.decision.label("of"), undoing.id)
        .outerjoin(Person, Person.id == ReviewEntry.person_id)
        .outerjoin(undone, undone.id == ReviewEntry.undoes_id)
        .outerjoin(undoing, undoing.undoes_id == ReviewEntry.id)
        .where(which)
        .order_by(ReviewEntry.id.desc())
    )
    return [
        Happened(
            entry.id,
            entry.decision,
            entry.moment,
            Somebody(person_id, name) if person_id is not None else None,
            entry.reason,
            entry.evaluation_id,
            of,
            undoing_id is None,
        )
        for entry, person_id, name, of, undoing_id in rows
    ]
