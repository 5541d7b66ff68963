"""Reads the platforms' gradebooks back: claim a column, commit, ask, record, commit."""

from __future__ import annotations

import logging

from flask import current_app
from sqlalchemy.orm import Session

from lti_tool.database import db
from lti_tool.http import OutgoingError
from lti_tool.jobs import current_jobs
from lti_tool.lti.services.grades import Result
from lti_tool.passback import results, rules
from lti_tool.passback.courier import Courier
from lti_tool.passback.results import Reading

log = logging.getLogger(__name__)


def read_results() -> None:
    """Read the column that is due longest, then see to it that the next one is read.

    One each time, so that a worker that is asked to stop can, and scores get their turn.
    """
    if read_next(db.session, current_app.extensions["passback"]):
        current_jobs().enqueue("read_results")


def read_next(session: Session, courier: Courier) -> bool:
    """Read one column and keep what it holds; False when none is due."""
    reading = results.claim(session, courier.lease)
    session.commit()
    if reading is None:
        return False
    try:
        kept = results.record(session, reading, _ask(courier, reading))
        session.commit()
    except Exception as error:
        session.rollback()
        _note_failure(session, courier, reading, error)
        session.commit()
    else:
        log.info("column read", extra={"line_item": reading.line_item_id, "results": kept})
    return True


def _ask(courier: Courier, reading: Reading) -> list[tuple[str, Result]]:
    if reading.client is None:
        raise OutgoingError("no signing key", retry=False)
    return courier.gradebook(reading.client, reading.scopes).results(reading.url)


def _note_failure(session: Session, courier: Courier, reading: Reading, error: Exception) -> None:
    status, retry_after = getattr(error, "status", None), getattr(error, "retry_after", None)
    delay = rules.read_delay(reading.failures + 1, retry_after, courier.chance())
    silent = isinstance(error, OutgoingError) and error.retry and status is None
    results.record_failure(session, reading, delay, whole_platform=silent or retry_after is not None)
    # Without the error's message, which may quote what a platform says about a person.
    note = {"line_item": reading.line_item_id, "error": type(error).__name__, "status": status, "delay": round(delay)}
    log.warning("column not read", extra=note)
