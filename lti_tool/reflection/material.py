"""What learning assistants may all quote: the texts of the modules themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_tool.programme.models import ModuleContent as StoredContent
from lti_tool.programme.models import OnlineModule
from lti_tool.programme.queries import content_of
from lti_tool.reflection.shingles import shingles


def material(session: Session, content_ids: Collection[int]) -> frozenset[int]:
    """The shingles of these versions of modules and of all that are offered now, in every language: whoever has done
    one module may quote it in another."""
    offered = select(OnlineModule.content_id).where(OnlineModule.content_id.is_not(None))
    rows = session.execute(
        select(StoredContent.id, StoredContent.digest).where(
            or_(StoredContent.id.in_(content_ids), StoredContent.id.in_(offered))
        )
    ).all()
    for row in rows:
        if row.digest not in _quotable:
            _quotable[row.digest] = _shingles_of(session, row.id)
    return frozenset().union(*(_quotable[row.digest] for row in rows))


# Worked out once per process: the digest names the content, whichever database it is in.
_quotable: dict[str, frozenset[int]] = {}


def _shingles_of(session: Session, content_id: int) -> frozenset[int]:
    texts = _texts(content_of(session, content_id).model_dump()["languages"])
    return frozenset(shingle for text in texts for shingle in shingles(text))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
