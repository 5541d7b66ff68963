"""Whose other training has been recognised, for whoever needs to know."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.equivalence.models import Decision, EquivalenceApplication

_application = table_of(EquivalenceApplication).c


@dataclass(frozen=True, slots=True)
class Recognised:
    """`category` is a key of the programme's equivalents, which it may have no longer."""

    category: str
    decided_at: datetime


def recognised(session: Session, programme_id: int, people: Collection[int] | None = None) -> dict[int, Recognised]:
    """By person, what exempts them from the programme in every term. None of `people` stands for all. One statement."""
    found = (
        select(_application.person_id, _application.category, _application.decided_at)
        .where(_application.programme_id == programme_id, _application.decision == Decision.APPROVED)
        .order_by(_application.decided_at.desc(), _application.id.desc())
    )
    rows = session.execute(found if people is None else found.where(_application.person_id.in_(people)))
    # Of several the first that was approved.
    return {person_id: Recognised(category, decided_at) for person_id, category, decided_at in rows}
