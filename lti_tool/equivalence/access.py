"""Load an application together with the right to it. None of these loads its document but `document_for`."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_tool.equivalence.documents import Document
from lti_tool.equivalence.models import EquivalenceApplication
from lti_tool.errors import NotFound


def own_application(session: Session, person_id: int, public_id: str) -> EquivalenceApplication:
    """Raises `NotFound` for anybody else's."""
    found = select(EquivalenceApplication).where(
        EquivalenceApplication.public_id == public_id, EquivalenceApplication.person_id == person_id
    )
    return _one(session.scalars(found).one_or_none())


def application_in(session: Session, cohort_ids: Collection[int], public_id: str) -> EquivalenceApplication:
    """Raises `NotFound` for one that was handed in elsewhere."""
    found = select(EquivalenceApplication).where(
        EquivalenceApplication.public_id == public_id, EquivalenceApplication.cohort_id.in_(cohort_ids)
    )
    return _one(session.scalars(found).one_or_none())


def document_for(session: Session, person_id: int, cohort_ids: Collection[int], public_id: str) -> Document:
    """For whoever has handed it in, and who decides; raises `NotFound`."""
    row = session.execute(
        select(
            EquivalenceApplication.filename, EquivalenceApplication.media_type, EquivalenceApplication.document
        ).where(
            EquivalenceApplication.public_id == public_id,
            or_(EquivalenceApplication.person_id == person_id, EquivalenceApplication.cohort_id.in_(cohort_ids)),
        )
    ).one_or_none()
    if row is None or row.document is None:
        raise NotFound("no such document for this person")
    return Document(row.filename, row.media_type, row.document)


def _one(found: EquivalenceApplication | None) -> EquivalenceApplication:
    if found is None:
        raise NotFound("no such application for this person")
    return found
