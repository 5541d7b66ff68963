"""What has been decided about an evaluation: who, when, why, and what can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from lti_tool.peer_review.models import Decision, Evaluation, ReviewEntry
from lti_tool.people.models import Person
from lti_tool.people.names import Somebody


@dataclass(frozen=True, slots=True)
class Happened:
    """`of` is the decision that an undoing takes back. `holds` is what nobody has undone. `taken` is the public id of
    the evaluation that whoever decided gives instead."""

    id: int
    decision: Decision
    moment: datetime
    by: Somebody | None
    reason: str
    of: Decision | None
    holds: bool
    taken: str | None


def history(session: Session, evaluation_id: int) -> list[Happened]:
    """The newest first."""
    return _read(session, ReviewEntry.evaluation_id == evaluation_id)


def happened(session: Session, entry_id: int) -> Happened:
    return _read(session, ReviewEntry.id == entry_id)[0]


def undoable(lines: Sequence[Happened]) -> Happened | None:
    """The latest decision that holds."""
    return next((line for line in lines if line.holds and line.of is None), None)


def _read(session: Session, which: ColumnElement[bool]) -> list[Happened]:
    undone, undoing, taken = aliased(ReviewEntry), aliased(ReviewEntry), aliased(Evaluation)
    rows = session.execute(
        select(
            ReviewEntry,
            Person.id.label("person_id"),
            Person.name,
            undone.decision.label("of"),
            undoing.id.label("undoing_id"),
            taken.public_id.label("taken"),
        )
        .outerjoin(Person, Person.id == ReviewEntry.person_id)
        .outerjoin(undone, undone.id == ReviewEntry.undoes_id)
        .outerjoin(undoing, undoing.undoes_id == ReviewEntry.id)
        .outerjoin(taken, taken.id == ReviewEntry.before["taken_id"].as_integer())
        .where(which)
        .order_by(ReviewEntry.id.desc())
    )
    return [_happened(row) for row in rows]


def _happened(row: Any) -> Happened:
    entry: ReviewEntry = row.ReviewEntry
    return Happened(
        id=entry.id,
        decision=entry.decision,
        moment=entry.moment,
        by=Somebody(row.person_id, row.name) if row.person_id is not None else None,
        reason=entry.reason,
        of=row.of,
        holds=row.undoing_id is None,
        taken=row.taken,
    )
