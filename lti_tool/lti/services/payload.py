"""What a score says. https://www.imsglobal.org/spec/lti-ags/v2p0#score-publish-service"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pylti1p3.grade import Grade

CANVAS_SUBMISSION = "https://canvas.instructure.com/lti/submission"


class ActivityProgress(enum.StrEnum):
    INITIALIZED = "Initialized"
    STARTED = "Started"
    IN_PROGRESS = "InProgress"
    SUBMITTED = "Submitted"
    COMPLETED = "Completed"


class GradingProgress(enum.StrEnum):
    """Only FULLY_GRADED keeps a grade everywhere: Moodle clears it at any other, Canvas and Open edX ignore it."""

    FULLY_GRADED = "FullyGraded"
    PENDING = "Pending"
    PENDING_MANUAL = "PendingManual"
    FAILED = "Failed"
    NOT_READY = "NotReady"


@dataclass(frozen=True, slots=True)
class CanvasSubmission:
    """What only Canvas is told: a score is a new submission to it unless it hears otherwise, uses up one of the
    attempts the learner may have, and is refused when none is left. `submitted_at` is when the work was done.

    https://developerdocs.instructure.com/services/canvas/resources/score
    """

    is_new: bool
    submitted_at: datetime

    def fields(self) -> dict[str, Any]:
        told = {} if self.is_new else {"new_submission": False}
        return {**told, "submitted_at": moment(self.submitted_at)}


@dataclass(frozen=True, slots=True)
class Points:
    """`given` of `maximum`; raises ValueError unless 0 <= given and 0 < maximum, both finite."""

    given: float
    maximum: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.given) and math.isfinite(self.maximum)):
            raise ValueError("points must be finite")
        if self.given < 0 or self.maximum <= 0:
            raise ValueError("points must be at least 0 of more than 0")

    @property
    def share(self) -> float:
        return self.given / self.maximum


def score(
    user_id: str,
    timestamp: datetime,
    *,
    points: Points | None,
    comment: str | None,
    activity: ActivityProgress = ActivityProgress.COMPLETED,
    grading: GradingProgress = GradingProgress.FULLY_GRADED,
    started_at: datetime | None = None,
    submitted_at: datetime | None = None,
    canvas: CanvasSubmission | None = None,
) -> Grade:
    """The score of one user. Without points, or without a comment, the platform clears what it holds of them.

    Raises ValueError for a moment without a zone, or a submission that ended before it began.
    """
    grade = Grade()
    grade.set_user_id(user_id).set_timestamp(moment(timestamp))
    grade.set_activity_progress(activity.value).set_grading_progress(grading.value)
    if points is not None:
        grade.set_score_given(plain(points.given)).set_score_maximum(plain(points.maximum))
    if comment:
        grade.set_comment(comment)
    more = {
        "submission": _submission(started_at, submitted_at),
        CANVAS_SUBMISSION: canvas.fields() if canvas else None,
    }
    grade.set_extra_claims({name: value for name, value in more.items() if value})
    return grade


def moment(value: datetime) -> str:
    """ISO 8601 with zone and milliseconds, as the specification asks of a score's timestamp."""
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return value.astimezone(UTC).isoformat(timespec="milliseconds")


def plain(points: float) -> float:
    """Whole points written as such: Open edX takes no other maximum."""
    return int(points) if points == int(points) else points


def _submission(started_at: datetime | None, submitted_at: datetime | None) -> dict[str, str]:
    if started_at and submitted_at and started_at > submitted_at:
        raise ValueError("a submission that ended before it began")
    moments = {"startedAt": started_at, "submittedAt": submitted_at}
    return {name: moment(value) for name, value in moments.items() if value is not None}
