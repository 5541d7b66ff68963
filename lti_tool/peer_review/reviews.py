"""What coordinators decide about evaluations, and the log of it: who, when, why."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from lti_tool.peer_review.models import Decision, ReviewEntry


def note(
    session: Session,
    decision: Decision,
    person_id: int | None,
    reason: str,
    *,
    evaluation_id: int | None = None,
    essay_id: int | None = None,
    before: dict[str, Any] | None = None,
    undoes_id: int | None = None,
) -> ReviewEntry:
    """Add a line to the log, about an evaluation or about an essay. `before` is what undoing has to put back."""
    entry = ReviewEntry(
        decision=decision,
        person_id=person_id,
        reason=reason,
        evaluation_id=evaluation_id,
        essay_id=essay_id,
        before=before or {},
        undoes_id=undoes_id,
    )
    session.add(entry)
    session.flush()
    return entry
