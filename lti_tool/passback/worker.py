"""The worker's loop: claim, commit, send, record, commit; and the sweep that finds what no message told of."""

from __future__ import annotations

import logging
import math
import traceback
from datetime import timedelta

from flask import current_app
from sqlalchemy.orm import Session

from lti_tool.database import db, now
from lti_tool.http import OutgoingError
from lti_tool.jobs import THREADS, current_jobs
from lti_tool.lti.services.grades import LINE_ITEM_READ_SCOPE, LINE_ITEM_SCOPE, SCORE_SCOPE, Gradebook
from lti_tool.passback import columns
from lti_tool.passback.courier import Courier
from lti_tool.passback.outbox import Parcel, claim, due_scores, due_within, record, revive
from lti_tool.passback.reasons import Reason
from lti_tool.passback.rules import Failed, Later, Outcome

SWEEP = timedelta(minutes=1)
# While so many messages wait, workers are busy and more would only pile up.
MOST_MESSAGES = 500
_NO_KEY_SECONDS = 60.0
_BUSY_COLUMN_SECONDS = 2.0

log = logging.getLogger(__name__)


def deliver_scores() -> None:
    """Send the score that is due longest, then see to it that the next one is sent.

    One score each time, so that a worker that is asked to stop can, and platforms take turns.
    """
    outcome = deliver_next(db.session, current_app.extensions["passback"])
    if outcome is None:
        return
    current_jobs().enqueue("deliver_scores")
    if isinstance(outcome, Later) and outcome.delay < SWEEP.total_seconds():
        current_jobs().enqueue("deliver_scores", delay=outcome.delay)


def sweep_scores() -> None:
    """Wake workers for everything that is due now or before the next sweep."""
    revived = revive(db.session)
    db.session.commit()
    due, coming = due_scores(db.session, THREADS), due_within(db.session, SWEEP)
    db.session.rollback()
    if revived:
        log.info("scores wait again", extra={"scores": revived})
    if current_jobs().waiting() > MOST_MESSAGES:
        return
    for _score in range(due):
        current_jobs().enqueue("deliver_scores")
    moment = now()
    for seconds in sorted({math.ceil((when - moment).total_seconds()) for when in coming}):
        current_jobs().enqueue("deliver_scores", delay=max(seconds, 1))


def deliver_next(session: Session, courier: Courier) -> Outcome | None:
    """Send one score and record what came of it; None when nothing is due."""
    parcel = claim(session, courier.lease)
    session.commit()
    if parcel is None:
        return None
    outcome = _deliver(session, courier, parcel)
    recorded = record(session, parcel, outcome)
    session.commit()
    _note(parcel, outcome, recorded)
    return outcome


def _deliver(session: Session, courier: Courier, parcel: Parcel) -> Outcome:
    try:
        return _attempt(session, courier, parcel)
    except Exception as error:
        session.rollback()
        # Without its message, which may quote what a platform says about a person.
        place = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-3:]]
        log.error("delivery crashed", extra={"score": parcel.score_id, "error": type(error).__name__, "place": place})
        return courier.after(OutgoingError("crashed", retry=True), parcel)


def _attempt(session: Session, courier: Courier, parcel: Parcel) -> Outcome:
    if SCORE_SCOPE not in parcel.scopes:
        return Failed(Reason.NO_SCOPE)
    if parcel.client is None:
        log.error("no signing key")
        return Later(_NO_KEY_SECONDS, counts=False)
    book = courier.gradebook(parcel.client, parcel.scopes, parcel.container_url)
    url = parcel.url or _find_column(session, courier, parcel, book)
    return courier.post(book, parcel, url) if isinstance(url, str) else url


def _find_column(session: Session, courier: Courier, parcel: Parcel, book: Gradebook) -> str | Later | Failed:
    if not parcel.container_url or not parcel.scopes & {LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE}:
        return Failed(Reason.NO_COLUMN)
    search = columns.begin(session, parcel.line_item_id, parcel.maximum, courier.lease)
    url = columns.known(session, parcel.line_item_id)
    session.commit()
    if search is None:
        return url or Later(_BUSY_COLUMN_SECONDS, counts=False)
    found = columns.Found(url) if url else None
    try:
        found = found or columns.find_or_create(book, search, parcel.scopes)
    except OutgoingError as error:
        return courier.after(error, parcel, refused=Reason.COLUMN_REFUSED)
    finally:
        kept = columns.end(session, search, found.url if found else None)
        session.commit()
    if found and found.made and found.url != kept:
        columns.remove_surplus(book, found.url, parcel.scopes)
    return kept or Failed(Reason.NO_COLUMN)


def _note(parcel: Parcel, outcome: Outcome, recorded: bool) -> None:
    failed = isinstance(outcome, Failed)
    log.log(
        logging.WARNING if failed else logging.INFO,
        "score %s",
        type(outcome).__name__.lower(),
        extra={
            "score": parcel.score_id,
            "status": getattr(outcome, "status", None),
            "reason": outcome.reason if isinstance(outcome, Failed) else None,
            "attempt": parcel.attempts + 1,
            "superseded": not recorded,
        },
    )
