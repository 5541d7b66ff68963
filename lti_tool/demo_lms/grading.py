"""The rules by which a score that arrives changes a grade, or is refused; plain values in and out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from lti_tool.demo_lms.behaviour import Behaviour

ActivityProgress = Literal["Initialized", "Started", "InProgress", "Submitted", "Completed"]
GradingProgress = Literal["FullyGraded", "Pending", "PendingManual", "Failed", "NotReady"]


def _looks_like_iso_8601(value: object) -> object:
    if not isinstance(value, str) or "T" not in value:
        raise ValueError("must be ISO 8601 with a time zone")
    return value


Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_looks_like_iso_8601)]


class _Body(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, strict=True, allow_inf_nan=False, frozen=True)


class Submission(_Body):
    started_at: Moment | None = None
    submitted_at: Moment | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Submission":
        if self.started_at and self.submitted_at and self.started_at > self.submitted_at:
            raise ValueError("startedAt must not be after submittedAt")
        return self


class Score(_Body):
    """A score as the tool sends it. https://www.imsglobal.org/spec/lti-ags/v2p0#score-service-media-type-and-schema"""

    user_id: Annotated[str, Field(min_length=1, max_length=255)]
    activity_progress: ActivityProgress
    grading_progress: GradingProgress
    timestamp: Moment
    score_given: Annotated[float, Field(ge=0)] | None = None
    score_maximum: Annotated[float, Field(gt=0)] | None = None
    comment: str | None = None
    submission: Submission | None = None

    @model_validator(mode="after")
    def _maximum_with_score(self) -> "Score":
        if self.score_given is not None and self.score_maximum is None:
            raise ValueError("scoreMaximum must come with scoreGiven")
        return self


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be blank")
    return value


class SubmissionReview(_Body):
    """How a tool shows what was handed in. https://www.imsglobal.org/spec/lti-sr/v1p0#line-item-submissionreview"""

    reviewable_status: list[Literal["None", ActivityProgress]] | None = None
    label: str | None = None
    url: str | None = None
    custom: dict[str, str] | None = None


class LineItemBody(_Body):
    """A line item as the tool sends it. https://www.imsglobal.org/spec/lti-ags/v2p0#line-item-service"""

    label: Annotated[str, Field(max_length=255), AfterValidator(_not_blank)]
    score_maximum: Annotated[float, Field(gt=0)]
    resource_id: str | None = None
    tag: str | None = None
    resource_link_id: str | None = None
    start_date_time: Moment | None = None
    end_date_time: Moment | None = None
    submission_review: SubmissionReview | None = None


@dataclass(frozen=True)
class Standing:
    """What the gradebook shows of a grade; `score` is on the scale of the line item, None when there is none."""

    score: float | None = None
    comment: str | None = None


def stale_status(sent: datetime, kept: datetime | None, behaviour: Behaviour) -> int | None:
    """The HTTP status for a score that is not newer than the one kept, or None if it is newer."""
    if kept is None:
        return None
    if behaviour.stale_timestamps == "whole_second_conflict":
        sent, kept = sent.replace(microsecond=0), kept.replace(microsecond=0)
    if sent > kept:
        return None
    return 400 if behaviour.stale_timestamps == "bad_request" else 409


def graded(score: Score, before: Standing, line_item_maximum: float, behaviour: Behaviour) -> Standing:
    """The grade after this score.

    A score that is absent clears the grade; one that is not final leaves it as it was, except on platforms that clear.
    """
    keeps_comment = score.comment is None and not behaviour.missing_comment_erases
    comment = before.comment if keeps_comment else score.comment
    return Standing(_points(score, before, line_item_maximum, behaviour), comment)


def _points(score: Score, before: Standing, line_item_maximum: float, behaviour: Behaviour) -> float | None:
    if score.score_given is None or score.score_maximum is None:
        return None
    if score.grading_progress != "FullyGraded":
        return None if behaviour.unfinished_clears else before.score
    return score.score_given * line_item_maximum / score.score_maximum
