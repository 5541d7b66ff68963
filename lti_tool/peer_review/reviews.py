"""What coordinators decide about evaluations, and the log of it: who, when, why.

Every decision locks the pool where it changes places, then the evaluation, then the evaluator's participation. It
changes this evaluation alone, repeats without harm, and can be undone while nothing has come of it. `seen` is the
`version_seen` of what the coordinator has read.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from lti_tool.database import now
from lti_tool.errors import Conflict
from lti_tool.modules.actions import reopen_step
from lti_tool.modules.models import Participation, StepResult
from lti_tool.peer_review import voiding
from lti_tool.peer_review.actions import gives_enough
from lti_tool.peer_review.models import Author, Decision, Evaluation, EvaluationStatus, Pool, ReviewEntry
from lti_tool.peer_review.shortages import take_essay
from lti_tool.programme.content import Step
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l

LONGEST_REASON = 2000
RETURNED_COMMENT = _l(
    "The coordinator has returned one of your evaluations to you, so this module is not complete any more. Your points "
    "come back once you have submitted it anew."
)
VOIDED_COMMENT = _l(
    "One of your evaluations does not count, so this module is not complete any more. Your points come back once you "
    "have given another."
)


class NotAsRead(Conflict):
    """The evaluation is not what the coordinator has read: submitted anew, or decided about by somebody else."""

    def __init__(self) -> None:
        super().__init__(
            "evaluation is not as it was read",
            title=_("Nothing was decided"),
            explanation=_("The evaluation has changed since you opened this page. Below is how it stands now."),
        )


@dataclass(frozen=True, slots=True)
class Decided:
    """`entry` is the line in the log; None for an approval from before there was one. `score_ids` are to be sent
    once the transaction is committed."""

    entry: ReviewEntry | None
    score_ids: list[int]


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


def version_seen(session: Session, evaluation: Evaluation) -> str:
    """Names what was submitted and what was decided last; empty while nothing is submitted."""
    session.flush()
    return versions_seen(session, [evaluation.public_id]).get(evaluation.public_id, "")


def versions_seen(session: Session, public_ids: Collection[str]) -> dict[str, str]:
    """`version_seen` of many, by public id; without those that are not submitted."""
    rows = session.execute(
        select(Evaluation.public_id, Evaluation.submitted_at, func.max(ReviewEntry.id).label("last"))
        .outerjoin(ReviewEntry, ReviewEntry.evaluation_id == Evaluation.id)
        .where(Evaluation.public_id.in_(public_ids), Evaluation.submitted_at.is_not(None))
        .group_by(Evaluation.id)
    )
    return {row.public_id: f"{row.submitted_at.isoformat()}/{row.last or 0}" for row in rows}


def approve(
    session: Session,
    evaluation: Evaluation,
    *,
    seen: str,
    reason: str,
    person_id: int,
    before: dict[str, Any] | None = None,
) -> Decided:
    """Close it for its evaluator. Whoever has approved it, a second time changes nothing."""
    lock(session, evaluation)
    if evaluation.approved_at is not None:
        return Decided(latest(session, evaluation, Decision.APPROVED), [])
    _check(session, evaluation, seen)
    if evaluation.returned_at is not None:
        raise NotAsRead
    evaluation.approved_at, evaluation.approved_by = now(), person_id
    entry = note(session, Decision.APPROVED, person_id, reason, evaluation_id=evaluation.id, before=before)
    return Decided(entry, [])


def reopen(session: Session, evaluation: Evaluation, *, seen: str, reason: str, person_id: int) -> Decided:
    """Take an approval back: its evaluator may change it again, unless its author has read it."""
    lock(session, evaluation)
    if repeated := _repeated(session, evaluation, Decision.REOPENED, person_id, reason):
        return Decided(repeated, [])
    _check(session, evaluation, seen, approved=True)
    before = {"approved_at": stored(evaluation.approved_at), "approved_by": evaluation.approved_by}
    evaluation.approved_at = evaluation.approved_by = None
    before |= {"submitted_at": stored(evaluation.submitted_at)}
    return Decided(note(session, Decision.REOPENED, person_id, reason, evaluation_id=evaluation.id, before=before), [])


def return_to_evaluator(session: Session, evaluation: Evaluation, *, seen: str, reason: str, person_id: int) -> Decided:
    """Have it written anew. `reason` is what its evaluator reads; until then it does not count as given."""
    lock(session, evaluation)
    if repeated := _repeated(session, evaluation, Decision.RETURNED, person_id, reason):
        return Decided(repeated, [])
    _check(session, evaluation, seen)
    if evaluation.returned_at is not None:
        raise NotAsRead
    evaluation.returned_at = now()
    session.flush()
    done, score_ids = _reopen_step(session, evaluation, RETURNED_COMMENT)
    before = done | {"submitted_at": stored(evaluation.submitted_at)}
    entry = note(session, Decision.RETURNED, person_id, reason, evaluation_id=evaluation.id, before=before)
    return Decided(entry, score_ids)


def void(session: Session, evaluation: Evaluation, *, seen: str, reason: str, person_id: int) -> Decided:
    """Let it not count. Its evaluator is given another essay, and its essay another evaluator."""
    pool = lock_with_pool(session, evaluation)
    if repeated := _repeated(session, evaluation, Decision.VOIDED, person_id, reason):
        return Decided(repeated, [])
    before, score_ids = _void(session, evaluation, seen, reason, person_id)
    entry = note(session, Decision.VOIDED, person_id, reason, evaluation_id=evaluation.id, before=before)
    voiding.heal(session, pool, evaluation, "voided")
    return Decided(entry, score_ids)


def take_over(session: Session, evaluation: Evaluation, *, seen: str, reason: str, person_id: int) -> Decided:
    """Void it and evaluate its essay oneself: nobody else comes in between. Raises `NothingOpen` when its author takes
    part no more."""
    pool = lock_with_pool(session, evaluation)
    if repeated := _repeated(session, evaluation, Decision.TAKEN, person_id, reason):
        return Decided(repeated, [])
    before, score_ids = _void(session, evaluation, seen, reason, person_id)
    author = session.get_one(Author, evaluation.author_id)
    before["taken_id"] = take_essay(session, author, reason=reason, person_id=person_id).id
    entry = note(session, Decision.TAKEN, person_id, reason, evaluation_id=evaluation.id, before=before)
    voiding.heal(session, pool, evaluation, "voided")
    return Decided(entry, score_ids)


def latest(session: Session, evaluation: Evaluation, decision: Decision | None = None) -> ReviewEntry | None:
    """The latest decision that holds: what is undone does not."""
    undoing = aliased(ReviewEntry)
    query = (
        select(ReviewEntry)
        .outerjoin(undoing, undoing.undoes_id == ReviewEntry.id)
        .where(
            ReviewEntry.evaluation_id == evaluation.id,
            ReviewEntry.decision != Decision.UNDONE,
            undoing.id.is_(None),
        )
        .order_by(ReviewEntry.id.desc())
        .limit(1)
    )
    return session.scalars(query.where(ReviewEntry.decision == decision) if decision else query).one_or_none()


def lock(session: Session, evaluation: Evaluation) -> None:
    session.refresh(evaluation, with_for_update=True)


def lock_with_pool(session: Session, evaluation: Evaluation) -> Pool:
    pool = session.scalars(select(Pool).where(Pool.id == evaluation.pool_id).with_for_update()).one()
    session.expire_all()
    lock(session, evaluation)
    return pool


def _check(session: Session, evaluation: Evaluation, seen: str, *, approved: bool = False) -> None:
    as_expected = (
        evaluation.status is EvaluationStatus.SUBMITTED
        and evaluation.voided_at is None
        and (evaluation.approved_at is not None) is approved
    )
    if not as_expected or seen != version_seen(session, evaluation):
        raise NotAsRead


def _repeated(
    session: Session, evaluation: Evaluation, decision: Decision, person_id: int, reason: str
) -> ReviewEntry | None:
    """The same decision by the same person, if it still holds: a second click, or a page sent again."""
    entry = latest(session, evaluation)
    if entry is None or (entry.decision, entry.person_id, entry.reason) != (decision, person_id, reason):
        return None
    holds = decision is not Decision.RETURNED or evaluation.returned_at is not None
    return entry if holds else None


def _void(
    session: Session, evaluation: Evaluation, seen: str, reason: str, person_id: int
) -> tuple[dict[str, Any], list[int]]:
    _check(session, evaluation, seen)
    before = {"returned_at": stored(evaluation.returned_at)}
    # The essay's other evaluation stands alone from here on.
    evaluation.weigh_at = now()
    voiding.take_out(session, evaluation, reason, person_id)
    done, score_ids = _reopen_step(session, evaluation, VOIDED_COMMENT)
    return before | done, score_ids


def _reopen_step(session: Session, evaluation: Evaluation, comment: Any) -> tuple[dict[str, Any], list[int]]:
    """Open the evaluator's step again where it was done and no longer is enough; returns when it was done."""
    if evaluation.evaluator_id is None:
        return {}, []
    part = locked_participation(session, evaluation.evaluator_id)
    done = session.get(StepResult, (part.id, Step.EVALUATIONS), populate_existing=True)
    if done is None or gives_enough(session, evaluation.evaluator_id):
        return {}, []
    before = {"done_at": stored(done.done_at), "completed_at": stored(part.completed_at)}
    return before, reopen_step(session, part, Step.EVALUATIONS, comment)


def locked_participation(session: Session, author_id: int) -> Participation:
    """Its lock makes an evaluation that is submitted at this very moment be counted by one of both."""
    query = select(Participation).join(Author, Author.participation_id == Participation.id)
    return session.scalars(
        query.where(Author.id == author_id)
        .with_for_update(of=Participation, key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def stored(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
