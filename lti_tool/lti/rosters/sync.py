"""Read rosters: claim a course, commit, ask its platform, record, commit."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import current_app
from sqlalchemy.orm import Session

from lti_tool.database import db
from lti_tool.http import OutgoingError
from lti_tool.jobs import current_jobs
from lti_tool.lti.rosters import rules, schedule
from lti_tool.lti.rosters.fetcher import PATIENCE, SHORT_PATIENCE, Fetcher
from lti_tool.lti.rosters.members import Changes, keep_members
from lti_tool.lti.rosters.reasons import LASTING, Reason, reason_for
from lti_tool.lti.rosters.schedule import Errand
from lti_tool.lti.services.roster import Listing

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """Nothing was changed. `passing` is set where the whole platform cannot be asked for a while."""

    reason: Reason
    status: int | None = None
    retry_after: float | None = None
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Somebody else reads, or has meanwhile read, this roster; what we got was left unused."""


def sync_rosters() -> None:
    """Read the roster that is due longest, then see to it that the next one is read.

    One course each time, so that a worker that is asked to stop can, and scores get their turn.
    """
    fetcher: Fetcher = current_app.extensions["rosters"]
    if not fetcher.turn.acquire(blocking=False):
        return
    try:
        found = sync_next(db.session, fetcher)
    finally:
        fetcher.turn.release()
    if found:
        current_jobs().enqueue("sync_rosters")


def sync_next(session: Session, fetcher: Fetcher) -> bool:
    """False when no roster is due."""
    errand = schedule.claim(session)
    session.commit()
    if errand is None:
        return False
    _carry_out(session, fetcher, errand, PATIENCE)
    return True


def sync_course(session: Session, course_id: int) -> Changes | Failure | Overtaken:
    """Read this course's roster for somebody who waits for it. What takes too long goes on in a worker."""
    errand = schedule.claim_course(session, course_id)
    session.commit()
    if errand is None:
        return Overtaken()
    outcome = _carry_out(session, current_app.extensions["rosters"], errand, SHORT_PATIENCE)
    if isinstance(outcome, Failure) and outcome.reason is Reason.SLOW:
        wake()
    return outcome


def wake() -> None:
    """Have rosters read that are due; call it after the commit. Never raises."""
    current_jobs().wake("sync_rosters")


def _carry_out(session: Session, fetcher: Fetcher, errand: Errand, patience: float) -> Changes | Failure | Overtaken:
    try:
        outcome = _record(session, fetcher, errand, fetcher.fetch(errand, patience))
    except Exception as error:
        session.rollback()
        outcome = _failure_of(error)
    if isinstance(outcome, Failure):
        _record_failure(session, fetcher, errand, outcome, may_give_back=patience < PATIENCE)
    session.commit()
    _note(errand, outcome)
    return outcome


def _record(session: Session, fetcher: Fetcher, errand: Errand, listing: Listing) -> Changes | Failure | Overtaken:
    if not any(member.active for member in listing.members):
        return Failure(Reason.EMPTY)
    delay = rules.delay_after_success(fetcher.chance())
    sends_mail = current_app.config["SETTINGS"].mail is not None
    changes = keep_members(session, errand, listing, delay, addresses=sends_mail)
    if changes is None:
        session.rollback()
        return Overtaken()
    return changes


def _failure_of(error: Exception) -> Failure:
    if isinstance(error, OutgoingError):
        return Failure(reason_for(error), error.status, error.retry_after, passing=error.retry)
    # Without its message, which may quote what a platform says about a person.
    log.error("roster crashed", extra={"error": type(error).__name__})
    return Failure(Reason.UNREADABLE)


def _record_failure(
    session: Session, fetcher: Fetcher, errand: Errand, failure: Failure, *, may_give_back: bool
) -> None:
    if failure.reason is Reason.SLOW and may_give_back:
        schedule.give_back(session, errand)
        return
    refused = failure.reason in LASTING
    delay = rules.delay_after_failure(errand.failures, failure.retry_after, fetcher.chance(), refused=refused)
    schedule.note_failure(session, errand, failure.reason, delay)
    if failure.passing:
        schedule.pause_platform(session, errand, rules.pause_after(failure.retry_after))


def _note(errand: Errand, outcome: Changes | Failure | Overtaken) -> None:
    facts = {"course": errand.course_id}
    match outcome:
        case Failure(reason=reason, status=status):
            log.warning("roster failed", extra={**facts, "reason": reason, "status": status})
        case Changes(joined=joined, left=left, back=back):
            log.info("roster read", extra={**facts, "joined": joined, "left": left, "back": back})
        case Overtaken():
            log.info("roster overtaken", extra=facts)
