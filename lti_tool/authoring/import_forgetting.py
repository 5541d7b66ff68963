"""Forgets imports of long ago, with the pictures that nothing shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import Text, cast, delete, select
from sqlalchemy.orm import Session

from lti_tool.authoring.models import ModuleDraft, QuestionImport
from lti_tool.database import now
from lti_tool.programme.models import ContentImage, ModuleContent

KEPT = timedelta(days=30)
# What one run removes; the next minute removes the rest.
MOST = 50
_DIGEST = re.compile(r'"([0-9a-f]{64})"')
_SHOWN_BY = (ModuleContent.body, ModuleDraft.body, QuestionImport.found)


def forget_old_imports(session: Session) -> None:
    old = select(QuestionImport.id).where(QuestionImport.created_at < now() - KEPT).order_by(QuestionImport.id)
    ids = list(session.scalars(old.limit(MOST).with_for_update(skip_locked=True)))
    if not ids:
        return
    found = select(cast(QuestionImport.found, Text)).where(QuestionImport.id.in_(ids))
    digests = set(_digests(session.scalars(found)))
    session.execute(delete(QuestionImport).where(QuestionImport.id.in_(ids)))
    if digests:
        _forget_pictures(session, digests)


def _forget_pictures(session: Session, digests: set[str]) -> None:
    """Those of them that no version, draft or import names."""
    # Held first: whoever stores one of them meanwhile waits, and stores it anew.
    held = select(ContentImage.digest).where(ContentImage.digest.in_(digests)).order_by(ContentImage.digest)
    unused = set(session.scalars(held.with_for_update()))
    for column in _SHOWN_BY:
        texts = session.scalars(select(cast(column, Text)).execution_options(yield_per=10))
        unused.difference_update(_digests(texts))
    session.execute(delete(ContentImage).where(ContentImage.digest.in_(unused)))


def _digests(texts: Iterator[str | None]) -> Iterator[str]:
    for text in texts:
        yield from _DIGEST.findall(text or "")
