"""Applications for the tests."""

from __future__ import annotations

import io
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.database import now
from lti_tool.equivalence.actions import Applied, apply
from lti_tool.equivalence.documents import Document
from lti_tool.equivalence.models import Decision, EquivalenceApplication
from lti_tool.programme.models import Programme
from tests.cast import Browser, Cast

PDF = b"%PDF-1.7\nA transcript"
FORM = {"category": "teacher-education", "statement": "Second year completed in Bodø in 2025."}


def hand_in(session: Session, cast: Cast, name: str = "lina", document: Document | None = None) -> str:
    programme_id = session.scalars(select(Programme.id)).one()
    new = Applied(programme_id, cast.cohort_id, "teacher-education", "Second year in Bodø", document)
    return apply(session, cast.people[name], new)


def an_approved_application(session: Session, cast: Cast) -> str:
    """Lina's, with a document."""
    public_id = hand_in(session, cast, document=Document("a.pdf", "application/pdf", PDF))
    row = stored(session)
    row.decision, row.decided_at = Decision.APPROVED, now()
    session.flush()
    return public_id


def stored(session: Session) -> EquivalenceApplication:
    """The latest."""
    found = select(EquivalenceApplication).order_by(EquivalenceApplication.id.desc()).limit(1)
    return session.scalars(found.execution_options(populate_existing=True)).one()


def send(browser: Browser, data: bytes | None = None, name: str = "proof.pdf", **fields: Any) -> TestResponse:
    file = {"document": (io.BytesIO(data), name)} if data is not None else {}
    return browser.post("equivalence", {**FORM, **fields, **file}, content_type="multipart/form-data")
