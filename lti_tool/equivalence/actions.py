"""Applying to have other training recognised, withdrawing, deciding and reopening. Each leaves an entry in the log."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.database import db, now, update_rows
from lti_tool.equivalence.documents import Document
from lti_tool.equivalence.models import Decision, EquivalenceApplication, EquivalenceEvent
from lti_tool.errors import Conflict, NotAllowed
from lti_tool.programme.actions import completion_may_change
from lti_tool.programme.queries import current_programmes
from lti_tool.texts import gettext as _

LONGEST_STATEMENT = 4_000
LONGEST_REASON = 2_000
# After the decision; until then it may be looked at again.
DOCUMENT_KEPT = timedelta(days=90)
# What a coordinator can make of an application, by where it stands.
WAYS = {
    Decision.PENDING: (Decision.APPROVED, Decision.DECLINED),
    Decision.APPROVED: (Decision.PENDING,),
    Decision.DECLINED: (Decision.PENDING,),
    Decision.WITHDRAWN: (),
}


class AlreadyApplied(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "an application waits or is approved",
            title=_("You have applied already"),
            explanation=_("One application at a time is decided about, and one that is approved is enough."),
            advice=_("Your application is on the page before."),
        )


class DecidedMeanwhile(Conflict):
    """The application no longer stands where the page showed it."""

    def __init__(self) -> None:
        super().__init__(
            "decided meanwhile",
            title=_("Somebody has changed this application meanwhile"),
            explanation=_("Nothing was changed by you. This is how it stands now."),
        )


@dataclass(frozen=True, slots=True)
class Applied:
    """`category` is a key of the programme's equivalents; `cohort_id` that of whose coordinators decide."""

    programme_id: int
    cohort_id: int
    category: str
    statement: str
    document: Document | None


def apply(session: Session, person_id: int, new: Applied) -> str:
    """Returns the public id; raises `AlreadyApplied`."""
    there = select(EquivalenceApplication.id).where(
        EquivalenceApplication.person_id == person_id,
        EquivalenceApplication.programme_id == new.programme_id,
        EquivalenceApplication.decision.in_((Decision.PENDING, Decision.APPROVED)),
    )
    if session.scalars(there).first() is not None:
        raise AlreadyApplied
    application = EquivalenceApplication(
        public_id=secrets.token_urlsafe(16),
        person_id=person_id,
        programme_id=new.programme_id,
        cohort_id=new.cohort_id,
        category=new.category,
        statement=new.statement,
        filename=new.document.filename if new.document else None,
        media_type=new.document.media_type if new.document else None,
        document=new.document.data if new.document else None,
    )
    try:
        with session.begin_nested():
            session.add(application)
            session.flush()
    except IntegrityError as error:
        # Of two at once the database lets one through.
        raise AlreadyApplied from error
    _log(session, application.id, Decision.PENDING, person_id)
    return application.public_id


def withdraw(session: Session, application_id: int, person_id: int) -> None:
    """Once is enough; its document is forgotten at once. Raises `DecidedMeanwhile` for what is decided."""
    application = _locked(session, application_id)
    if application.decision is Decision.WITHDRAWN:
        return
    if application.decision is not Decision.PENDING:
        raise DecidedMeanwhile
    application.decision, application.decided_at = Decision.WITHDRAWN, now()
    application.document = application.filename = application.media_type = None
    _log(session, application.id, Decision.WITHDRAWN, person_id)


def decide(session: Session, application_id: int, actor_id: int, *, decision: Decision, reason: str, seen: int) -> None:
    """Approve, decline, or reopen by making it wait again. `seen` is the newest entry of the log that the actor saw.

    Raises `DecidedMeanwhile`, and `NotAllowed` about one's own.
    """
    application = _locked(session, application_id)
    if application.person_id == actor_id:
        raise NotAllowed("decides about their own application")
    if decision not in WAYS[application.decision] or latest_entry(session, application.id) != seen:
        raise DecidedMeanwhile
    if decision is Decision.PENDING and _waits_elsewhere(session, application):
        raise AlreadyApplied
    application.decision = decision
    application.decided_at = None if decision is Decision.PENDING else now()
    _log(session, application.id, decision, actor_id, reason)
    _tell(session, application)


def latest_entry(session: Session, application_id: int) -> int:
    found = select(EquivalenceEvent.id).where(EquivalenceEvent.application_id == application_id)
    return session.scalars(found.order_by(EquivalenceEvent.id.desc()).limit(1)).one()


def forget_documents() -> None:
    """What was decided long ago needs no proof any more."""
    old = EquivalenceApplication.decided_at < now() - DOCUMENT_KEPT
    there = EquivalenceApplication.filename.is_not(None)
    update_rows(db.session, EquivalenceApplication, old, there, document=None, filename=None, media_type=None)
    db.session.commit()


def _waits_elsewhere(session: Session, application: EquivalenceApplication) -> bool:
    others = select(EquivalenceApplication.id).where(
        EquivalenceApplication.person_id == application.person_id,
        EquivalenceApplication.programme_id == application.programme_id,
        EquivalenceApplication.id != application.id,
        EquivalenceApplication.decision.in_((Decision.PENDING, Decision.APPROVED)),
    )
    return session.scalars(others).first() is not None


def _tell(session: Session, application: EquivalenceApplication) -> None:
    """It counts in every term, so also in the one in which they take part by now."""
    terms = current_programmes(session, application.person_id)
    today = {term.cohort_id for term in terms if term.id == application.programme_id}
    for cohort_id in sorted({application.cohort_id, *today}):
        completion_may_change(session, application.person_id, cohort_id)


def _locked(session: Session, application_id: int) -> EquivalenceApplication:
    found = select(EquivalenceApplication).where(EquivalenceApplication.id == application_id).with_for_update()
    return session.scalars(found.execution_options(populate_existing=True)).one()


def _log(session: Session, application_id: int, decision: Decision, actor_id: int, reason: str = "") -> None:
    session.add(EquivalenceEvent(application_id=application_id, decision=decision, reason=reason, by=actor_id))
    session.flush()
