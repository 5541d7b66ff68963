"""Which modules there are, and their content."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, bindparam, func, or_, select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.errors import NotFound
from lti_tool.programme.content import ModuleContent, ProgrammeContent
from lti_tool.programme.models import Cohort, Enrolment, OnlineModule, Programme
from lti_tool.programme.models import ModuleContent as StoredContent
from lti_tool.texts import gettext as _


@dataclass(frozen=True, slots=True)
class CurrentModule:
    """An online module as somebody who starts today meets it: the newest content, and the cohort that is open or, for
    a person who has begun in the term before, theirs."""

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


def current_programmes(session: Session, person_id: int | None = None) -> list[ProgrammeTerm]:
    """Every programme with an open cohort, in the person's own term if one is named. One statement."""
    names = {} if person_id is None else {"person_id": person_id}
    rows = session.execute(_OPEN_PROGRAMMES if person_id is None else _OWN_PROGRAMMES, names)
    return [_programme_term(row) for row in rows]


def programme_in(session: Session, cohort_id: int) -> ProgrammeTerm:
    """The programme of a cohort, which need not be open. One statement."""
    return _programme_term(session.execute(_PROGRAMME, {"cohort_id": cohort_id}).one())


def programmes_in(session: Session, cohort_ids: Collection[int]) -> list[ProgrammeTerm]:
    """The programmes of these cohorts and of all that are open, the newest first. One statement."""
    rows = session.execute(_PROGRAMMES_IN, {"cohort_ids": [*cohort_ids]})
    return [_programme_term(row) for row in rows]


def _programme_term(row: Row[*tuple[Any, ...]]) -> ProgrammeTerm:
    return ProgrammeTerm(row.id, row.cohort_id, row.term, ProgrammeContent.model_validate(row.body))


# Made once: the columns of an alias take longer to make than the question to ask.
_OPEN_ONE, _BEFORE_IT, _BEGUN = (table_of(Cohort).alias() for _role in range(3))
_ENROLMENT = table_of(Enrolment).alias()


def own_cohort(person_id: SQLColumnExpression[int], programme_id: SQLColumnExpression[int] | int) -> ColumnElement[int]:
    """The id of the cohort in which a person takes part in a programme: the one that is open, but whoever has begun in
    the term before it, and not in this one, stays where they are until the next term after it opens. None without an
    open cohort. Cohorts are made in the order of their terms.
    """
    open_, before, enrolled, enrolment = _OPEN_ONE, _BEFORE_IT, _BEGUN, _ENROLMENT
    open_id = (
        select(open_.c.id)
        .where(open_.c.programme_id == programme_id, open_.c.is_open)
        .correlate_except(open_)
        .scalar_subquery()
    )
    before_id = (
        select(func.max(before.c.id))
        .where(before.c.programme_id == programme_id, before.c.id < open_id)
        .correlate_except(before)
        .scalar_subquery()
    )
    begun_in = (
        select(func.max(enrolment.c.cohort_id))
        .join(enrolled, enrolled.c.id == enrolment.c.cohort_id)
        .where(enrolment.c.person_id == person_id, enrolled.c.programme_id == programme_id)
        .where(enrolled.c.id >= func.coalesce(before_id, open_id))
        .correlate_except(enrolment, enrolled)
        .scalar_subquery()
    )
    return func.coalesce(begun_in, open_id)


def current_module(session: Session, key: str, person_id: int | None = None) -> CurrentModule:
    """As `current_modules`; raises `NotFound` for a key that no loaded programme lists or whose programme has no open
    cohort.
    """
    found = [module for module in current_modules(session, person_id) if module.key == key]
    if not found:
        raise NotFound(
            "no such online module",
            explanation=_(
                "This link points to an online module called “%(key)s”, which is not available here.", key=key
            ),
            advice=_("Tell whoever runs the course: the link's custom parameter must name a module that is open."),
        )
    return found[0]


def current_modules(session: Session, person_id: int | None = None) -> list[CurrentModule]:
    """Every module that can be started today, in teaching order; in the person's own term if one is named."""
    names = {} if person_id is None else {"person_id": person_id}
    rows = session.execute(_OPEN if person_id is None else _OWN, names).all()
    return [
        CurrentModule(
            row.id,
            row.key,
            row.programme_id,
            row.cohort_id,
            row.content_id,
            _content(session, row.content_id, row.digest),
        )
        for row in rows
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


def _current_query(*, own: bool) -> Select[*tuple[Any, ...]]:
    module, cohort, content = table_of(OnlineModule).c, table_of(Cohort).c, table_of(StoredContent).c
    here = cohort.id == own_cohort(bindparam("person_id"), module.programme_id) if own else cohort.is_open
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
        .where(here)
        .order_by(module.programme_id, module.position, module.id)
    )


_OPEN, _OWN = _current_query(own=False), _current_query(own=True)
_programme, _cohort = table_of(Programme).c, table_of(Cohort).c
_PROGRAMMES = select(_programme.id, _programme.body, _cohort.id.label("cohort_id"), _cohort.term).join_from(
    table_of(Programme), table_of(Cohort), _cohort.programme_id == _programme.id
)
_PROGRAMME = _PROGRAMMES.where(_cohort.id == bindparam("cohort_id"))
_PROGRAMMES_IN = _PROGRAMMES.where(
    or_(_cohort.id.in_(bindparam("cohort_ids", expanding=True)), _cohort.is_open)
).order_by(_cohort.id.desc())
_OPEN_PROGRAMMES = _PROGRAMMES.where(_cohort.is_open).order_by(_programme.id)
_OWN_PROGRAMMES = _PROGRAMMES.where(_cohort.id == own_cohort(bindparam("person_id"), _programme.id)).order_by(
    _programme.id
)
_DIGEST = select(table_of(StoredContent).c.digest).where(table_of(StoredContent).c.id == bindparam("content_id"))
