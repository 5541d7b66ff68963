"""Which modules there are, and their content."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import NotFound
from lti_tool.programme.content import ModuleContent
from lti_tool.programme.models import Cohort, OnlineModule
from lti_tool.programme.models import ModuleContent as StoredContent
from lti_tool.texts import gettext as _


@dataclass(frozen=True, slots=True)
class CurrentModule:
    """An online module as somebody who starts today meets it: the newest content, the cohort that is open."""

    id: int
    key: str
    programme_id: int
    cohort_id: int
    content_id: int
    content: ModuleContent


def current_module(session: Session, key: str) -> CurrentModule:
    """Raises `NotFound` for a key that no loaded programme lists or whose programme has no open cohort."""
    found = [module for module in current_modules(session) if module.key == key]
    if not found:
        raise NotFound(
            "no such online module",
            explanation=_(
                "This link points to an online module called “%(key)s”, which is not available here.", key=key
            ),
            advice=_("Tell whoever runs the course: the link's custom parameter must name a module that is open."),
        )
    return found[0]


def current_modules(session: Session) -> list[CurrentModule]:
    """Every module that can be started today, in teaching order."""
    rows = session.execute(
        select(
            OnlineModule.id,
            OnlineModule.key,
            OnlineModule.programme_id,
            Cohort.id.label("cohort_id"),
            StoredContent.id.label("content_id"),
        )
        .join(Cohort, Cohort.programme_id == OnlineModule.programme_id)
        .join(StoredContent, StoredContent.id == OnlineModule.content_id)
        .where(Cohort.is_open)
        .order_by(OnlineModule.programme_id, OnlineModule.position)
    )
    return [
        CurrentModule(
            row.id, row.key, row.programme_id, row.cohort_id, row.content_id, content_of(session, row.content_id)
        )
        for row in rows
    ]


def content_of(session: Session, content_id: int) -> ModuleContent:
    """One stored version. Parsed once per process: the digest names the content, whichever database it is in."""
    digest = session.scalars(select(StoredContent.digest).where(StoredContent.id == content_id)).one()
    if digest not in _parsed:
        body = session.scalars(select(StoredContent.body).where(StoredContent.id == content_id)).one()
        _parsed[digest] = ModuleContent.model_validate(body)
    return _parsed[digest]


_parsed: dict[str, ModuleContent] = {}
