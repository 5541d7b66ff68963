"""What coordinators do with an essay: note that they have read it, return it, judge what it has in common with others.

Every action locks the pools where it may change places, then the participation, then the essay, and repeats without
harm.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lti_tool.database import now, table_of
from lti_tool.errors import Conflict
from lti_tool.essays.access import essay_in, match_in
from lti_tool.lti.upsert import upsert
from lti_tool.modules.actions import prepare, record_result, reopen_step
from lti_tool.modules.models import StepResult
from lti_tool.peer_review.models import Decision, ReviewEntry
from lti_tool.peer_review.reviews import note, stored
from lti_tool.programme.content import Step
from lti_tool.reflection import actions as reflection
from lti_tool.reflection.models import Essay, EssayReading
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l

RETURNED_COMMENT = _l(
    "The coordinator has returned your essay to you, so this module is not complete any more. Your points come back "
    "once you have submitted it anew."
)


class NotAsRead(Conflict):
    """Its writer has submitted another version since."""

    def __init__(self) -> None:
        super().__init__(
            "essay is not as it was read",
            title=_("The essay has changed"),
            explanation=_("Its writer has submitted a new version since you opened this page. Here it is."),
        )


class TooLate(Conflict):
    """What was returned has been submitted anew."""

    def __init__(self) -> None:
        super().__init__(
            "essay is not returned any more",
            title=_("This was not undone"),
            explanation=_("The essay has been submitted anew since it was returned."),
        )


def version_seen(essay: Essay) -> str:
    """Names the version that is submitted."""
    return essay.submitted_at.isoformat() if essay.submitted_at else ""


def mark_read(session: Session, cohort_ids: Collection[int], person_id: int, public_id: str, seen: str) -> None:
    """Remember that this person has read the version `seen`. Raises `NotAsRead` where there is a newer one."""
    essay = essay_in(session, cohort_ids, public_id)
    _note_reading(session, _as_read(essay, seen), person_id)


def return_essay(
    session: Session, cohort_ids: Collection[int], person_id: int, public_id: str, *, seen: str, comment: str
) -> list[int]:
    """Have the essay written anew: its step is open again, and with it the module.

    Evaluations of it stay and count. Returns the scores to send after the commit. Raises `NotAsRead`.
    """
    essay = _locked(session, cohort_ids, public_id)
    if essay.returned_at is not None:
        return []
    _note_reading(session, _as_read(essay, seen), person_id)
    part = essay.participation
    done = session.get(StepResult, (part.id, Step.ESSAY), populate_existing=True)
    before = {
        "submitted_at": stored(essay.submitted_at),
        "done_at": stored(done.done_at if done else None),
        "completed_at": stored(part.completed_at),
    }
    reflection.return_essay(session, essay, comment)
    note(session, Decision.ESSAY_RETURNED, person_id, comment, essay_id=essay.id, before=before)
    return reopen_step(session, part, Step.ESSAY, RETURNED_COMMENT)


def undo_return(session: Session, cohort_ids: Collection[int], person_id: int, public_id: str) -> list[int]:
    """As if it had not been returned, as long as it was not submitted anew: then it raises `TooLate`.

    What its writer has changed meanwhile stays as their draft. Returns the scores to send after the commit.
    """
    essay = _locked(session, cohort_ids, public_id)
    entry = _standing_return(session, essay.id)
    if entry is None:
        return []
    if essay.returned_at is None:
        raise TooLate
    reflection.keep_essay(session, essay)
    note(session, Decision.UNDONE, person_id, "", essay_id=essay.id, undoes_id=entry.id)
    part, done_at = essay.participation, entry.before["done_at"]
    if done_at is None:
        return []
    score_ids = record_result(session, part, Step.ESSAY)
    session.get_one(StepResult, (part.id, Step.ESSAY)).done_at = datetime.fromisoformat(done_at)
    if part.completed_at is not None and entry.before["completed_at"]:
        part.completed_at = datetime.fromisoformat(entry.before["completed_at"])
    session.flush()
    return score_ids


def judge_match(
    session: Session, cohort_ids: Collection[int], person_id: int, public_id: str, other_id: str, *, in_order: bool
) -> None:
    """Note that what an essay has in common with another one is in order, or take that back."""
    match = match_in(session, cohort_ids, public_id, other_id)
    if in_order is not (match.cleared_at is not None):
        match.cleared_at, match.cleared_by = (now(), person_id) if in_order else (None, None)
        session.flush()


def _locked(session: Session, cohort_ids: Collection[int], public_id: str) -> Essay:
    essay = essay_in(session, cohort_ids, public_id)
    prepare(session, essay.participation, Step.ESSAY)
    session.refresh(essay.participation, with_for_update={"key_share": True})
    return reflection.locked_essay(session, essay.id)


def _as_read(essay: Essay, seen: str) -> Essay:
    if seen != version_seen(essay):
        raise NotAsRead
    return essay


def _note_reading(session: Session, essay: Essay, person_id: int) -> None:
    key = {"person_id": person_id, "essay_id": essay.id}
    values = {"submitted_at": essay.submitted_at, "read_at": now()}
    upsert(session.connection(), table_of(EssayReading), key, values)


def _standing_return(session: Session, essay_id: int) -> ReviewEntry | None:
    """The latest return, unless it is undone."""
    undoing = aliased(ReviewEntry)
    latest = (
        select(ReviewEntry, undoing.id)
        .outerjoin(undoing, undoing.undoes_id == ReviewEntry.id)
        .where(ReviewEntry.essay_id == essay_id, ReviewEntry.decision == Decision.ESSAY_RETURNED)
        .order_by(ReviewEntry.id.desc())
        .limit(1)
    )
    row = session.execute(latest).one_or_none()
    return row[0] if row is not None and row[1] is None else None
