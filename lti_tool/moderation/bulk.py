"""Which evaluations can be approved together: those that are weighed and give no reason for doubt."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lti_tool.moderation.queries import Line, counts, undoubtful
from lti_tool.moderation.view import Show, View
from lti_tool.peer_review.reviews import versions_seen

MOST_TOGETHER = 200


@dataclass(frozen=True, slots=True)
class Preview:
    """`versions` are the `version_seen` by public id. Left out are those `doubtful`, those `not_weighed` yet, and what
    is `more` than can be approved at once; where somebody has chosen, nothing is said of the rest."""

    lines: list[Line]
    versions: dict[str, str]
    doubtful: int
    not_weighed: int
    more: int


def preview(session: Session, cohort_ids: Collection[int], view: View, chosen: Collection[str] = ()) -> Preview:
    lines, total = undoubtful(session, cohort_ids, view, MOST_TOGETHER, chosen)
    if chosen:
        return Preview(lines, versions_seen(session, [line.public_id for line in lines]), 0, 0, 0)
    number = counts(session, cohort_ids, view)
    doubtful = number[Show.DOUBTFUL]
    return Preview(
        lines,
        versions_seen(session, [line.public_id for line in lines]),
        doubtful,
        number[Show.TO_REVIEW] - doubtful - total,
        total - len(lines),
    )
