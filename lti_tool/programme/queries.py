"""Which modules there are, and their content."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.errors import NotFound
from lti_tool.programme.content import ModuleContent, ProgrammeContent
from lti_tool.programme.models import Cohort, OnlineModule, Programme
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


@dataclass(frozen=True, slots=True)
class ProgrammeTerm:
    """A programme in one term."""

    id: int
    cohort_id: int
    term: str
    content: ProgrammeContent


def current_programmes(session: Session) -> list[ProgrammeTerm]:
    """Every programme with an open cohort. One statement."""
    rows = session.execute(_PROGRAMMES.where(_cohort.is_open).order_by(_programme.id))
    return [_programme_term(row) for row in rows]


def programme_in(session: Session, cohort_id: int) -> ProgrammeTerm:
    """The programme of a cohort, which need not be open. One statement."""
    return _programme_term(session.execute(_PROGRAMMES.where(_cohort.id == cohort_id)).one())


def _programme_term(row: Row[*tuple[Any, ...]]) -> ProgrammeTerm:
    return ProgrammeTerm(row.id, row.cohort_id, row.term, ProgrammeContent.model_validate(row.body))


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
    return [
        CurrentModule(
            row.id,
            row.key,
            row.programme_id,
            row.cohort_id,
            row.content_id,
            _content(session, row.content_id, row.digest),
        )
        for row in session.execute(_CURRENT).all()
    ]


def content_of(session: Session, content_id: int) -> ModuleContent:
    """One stored version. Parsed once per process: the digest names the content, whichever database it is in."""
    # A version never changes, so one session asks for its digest once.
    digests = session.info.setdefault("content_digests", {})
    if content_id not in digests:
        digests[content_id] = session.execute(_DIGEST, {"content_id": content_id}).scalar_one()
    return _content(session, content_id, digests[content_id])


def contents_of(session: Session, content_ids: Collection[int]) -> dict[int, ModuleContent]:
    """Several stored versions, in two statements at most."""
    stored = table_of(StoredContent).c
    rows = session.execute(select(stored.id, stored.digest).where(stored.id.in_(content_ids)))
    digests: dict[int, str] = {row.id: row.digest for row in rows}
    unread = [content_id for content_id, digest in digests.items() if digest not in _parsed]
    if unread:
        for content_id, body in session.execute(select(stored.id, stored.body).where(stored.id.in_(unread))):
            _parsed[digests[content_id]] = ModuleContent.model_validate(body)
    return {content_id: _parsed[digest] for content_id, digest in digests.items()}


def _content(session: Session, content_id: int, digest: str) -> ModuleContent:
    if digest not in _parsed:
        body = session.scalars(select(StoredContent.body).where(StoredContent.id == content_id)).one()
        _parsed[digest] = ModuleContent.model_validate(body)
    return _parsed[digest]


_parsed: dict[str, ModuleContent] = {}


def _current_query() -> Select[*tuple[Any, ...]]:
    module, cohort, content = table_of(OnlineModule).c, table_of(Cohort).c, table_of(StoredContent).c
    return (
        select(
            module.id,
            module.key,
            module.programme_id,
            cohort.id.label("cohort_id"),
            content.id.label("content_id"),
            content.digest,
        )
        .join_from(table_of(OnlineModule), table_of(Cohort), cohort.programme_id == module.programme_id)
        .join(table_of(StoredContent), content.id == module.content_id)
        .where(cohort.is_open)
        .order_by(module.programme_id, module.position, module.id)
    )


_CURRENT = _current_query()
_programme, _cohort = table_of(Programme).c, table_of(Cohort).c
_PROGRAMMES = select(_programme.id, _programme.body, _cohort.id.label("cohort_id"), _cohort.term).join_from(
    table_of(Programme), table_of(Cohort), _cohort.programme_id == _programme.id
)
_DIGEST = select(table_of(StoredContent).c.digest).where(table_of(StoredContent).c.id == bindparam("content_id"))
