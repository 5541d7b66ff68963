"""What instructors are shown of the gradebooks of the platforms."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from lti_tool.lti.columns import Subject
from lti_tool.lti.models import LineItem
from lti_tool.passback.actions import is_for
from lti_tool.passback.models import PlatformResult, Score
from lti_tool.passback.results import changed
from lti_tool.people.models import ResourceLink


@dataclass(frozen=True, slots=True)
class HeldResult:
    """What a column held for a person at `read_at`: `share` is 1 for full points and None without a grade.

    `changed` means that the gradebook took a score of ours and has shown another since: somebody has changed it there.
    """

    share: float | None
    comment: str | None
    read_at: datetime
    changed: bool


def held_results(
    session: Session, line_item_ids: Collection[int], person_ids: Collection[int]
) -> dict[tuple[int, int], HeldResult]:
    """By (line item, person), where the latest reading found something."""
    result = PlatformResult
    rows = session.execute(
        select(result, func.coalesce(changed(), False).label("changed"))
        .outerjoin(Score, and_(Score.line_item_id == result.line_item_id, Score.person_id == result.person_id))
        .where(result.line_item_id.in_(line_item_ids), result.person_id.in_(person_ids))
    )
    return {
        (row.line_item_id, row.person_id): HeldResult(row.share, row.comment, row.read_at, bool(is_changed))
        for row, is_changed in rows
    }


def points_in_courses(session: Session, person_id: int, subject: Subject) -> list[float]:
    """The points of a subject that a person has, or will have in a moment, one figure for each course."""
    rows = session.execute(
        select(func.max(Score.given))
        .join(LineItem, LineItem.id == Score.line_item_id)
        .join(ResourceLink, ResourceLink.id == LineItem.link_id)
        .where(is_for(subject), Score.person_id == person_id, Score.given > 0)
        .group_by(ResourceLink.course_id)
    )
    return [row[0] for row in rows]
