"""What coordinators decide about the evaluations of their cohorts, one by one and many together."""

from __future__ import annotations

import enum
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import Conflict, DomainError, NotFound
from lti_tool.moderation.access import decided_together, evaluation_in
from lti_tool.moderation.queries import is_undoubtful
from lti_tool.peer_review import reviews
from lti_tool.peer_review.models import Evaluation, Pool
from lti_tool.peer_review.reviews import Decided
from lti_tool.peer_review.undoing import undo
from lti_tool.texts import gettext as _


class Wish(enum.StrEnum):
    """Which button was used."""

    APPROVE = "approve"
    RETURN = "return"
    VOID = "void"
    TAKE = "take"
    REOPEN = "reopen"

    @property
    def needs_reason(self) -> bool:
        return self in (Wish.RETURN, Wish.VOID, Wish.TAKE)


_ACTIONS = {
    Wish.APPROVE: reviews.approve,
    Wish.RETURN: reviews.return_to_evaluator,
    Wish.VOID: reviews.void,
    Wish.TAKE: reviews.take_over,
    Wish.REOPEN: reviews.reopen,
}


class ReasonMissing(DomainError):
    """`field_error` stands beside the field."""

    status = 422

    def __init__(self, field_error: str) -> None:
        super().__init__("a reason is missing or too long", title=_("Nothing was decided"), explanation=field_error)
        self.field_error = field_error


@dataclass(frozen=True, slots=True)
class Together:
    """What became of many at once: public ids of those done, and why the others were left as they are."""

    marker: str
    done: list[str]
    left: dict[str, str]


def decide(
    session: Session,
    cohort_ids: Collection[int],
    person_id: int,
    public_id: str,
    wish: Wish,
    *,
    seen: str,
    reason: str,
) -> Decided:
    """Raises `NotFound` outside the cohorts, `ReasonMissing`, and a `Conflict` that says why not."""
    if wish.needs_reason and not reason:
        raise ReasonMissing(_("Write why. The evaluator cannot do better without knowing it."))
    if len(reason) > reviews.LONGEST_REASON:
        raise ReasonMissing(_("Write at most %(max)s characters.", max=reviews.LONGEST_REASON))
    evaluation = evaluation_in(session, cohort_ids, public_id).evaluation
    return _ACTIONS[wish](session, evaluation, seen=seen, reason=reason, person_id=person_id)


def approve_together(
    session: Session, cohort_ids: Collection[int], person_id: int, seen: Mapping[str, str]
) -> Together:
    """Approve the evaluations that still are as the preview showed them; `seen` is their version by public id.

    Raises `NotFound` when none of them is in these cohorts.
    """
    found = select(Evaluation).join(Pool, Pool.id == Evaluation.pool_id).where(Pool.cohort_id.in_(cohort_ids))
    rows = session.scalars(found.where(Evaluation.public_id.in_(seen)).order_by(Evaluation.id)).all()
    if not rows:
        raise NotFound("no such evaluations in these cohorts")
    together = Together(secrets.token_urlsafe(16), [], {})
    for row in rows:
        if row.approved_at is not None:
            together.left[row.public_id] = _("It is approved already.")
            continue
        before = {"together": together.marker}
        try:
            if not is_undoubtful(session, row.id):
                raise reviews.NotAsRead
            reviews.approve(session, row, seen=seen[row.public_id], reason="", person_id=person_id, before=before)
        except reviews.NotAsRead:
            together.left[row.public_id] = _("It has changed since the list was made.")
        else:
            together.done.append(row.public_id)
    return together


def undo_together(session: Session, cohort_ids: Collection[int], person_id: int, marker: str) -> Together:
    """Undo what was approved together, as far as nothing has come of it. Raises `NotFound`."""
    together = Together(marker, [], {})
    for entry, public_id in decided_together(session, cohort_ids, marker):
        try:
            undo(session, entry, person_id)
        except Conflict as refusal:
            together.left[public_id] = refusal.explanation
        else:
            together.done.append(public_id)
    return together
