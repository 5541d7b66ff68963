"""Whose other training has been recognised, and applications as their authors and coordinators read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.equivalence.models import Decision, EquivalenceApplication, EquivalenceEvent
from lti_tool.paging import PAGE_SIZE, PagedView, page_in
from lti_tool.people.models import Person
from lti_tool.people.names import Somebody, has_name

_application = table_of(EquivalenceApplication).c
_event = table_of(EquivalenceEvent).c
_person = table_of(Person).c
_LONGEST = 255


@dataclass(frozen=True, slots=True)
class Recognised:
    """`category` is a key of the programme's equivalents, which it may have no longer."""

    category: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Application:
    """`cohort_id` is where it was handed in; `filename` is None without a document, or once it is forgotten."""

    id: int
    public_id: str
    cohort_id: int
    category: str
    statement: str
    filename: str | None
    decision: Decision
    created_at: datetime
    decided_at: datetime | None
    who: Somebody


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an application's log."""

    id: int
    decision: Decision
    reason: str
    created_at: datetime
    who: Somebody


@dataclass(frozen=True, slots=True)
class View(PagedView):
    """Applications that stand so; `q` is a part of a name."""

    show: Decision = Decision.PENDING
    q: str = ""

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> Self:
        """ValueError for what no link of ours would say."""
        q = arguments.get("q", "").strip()
        if len(q) > _LONGEST:
            raise ValueError("q")
        return cls(Decision(arguments.get("show", Decision.PENDING)), q, page=page_in(arguments))


def recognised(session: Session, programme_id: int, people: Collection[int] | None = None) -> dict[int, Recognised]:
    """By person, what exempts them from the programme in every term. None of `people` stands for all. One statement."""
    found = (
        select(_application.person_id, _application.category, _application.decided_at)
        .where(_application.programme_id == programme_id, _application.decision == Decision.APPROVED)
        .order_by(_application.decided_at.desc(), _application.id.desc())
    )
    rows = session.execute(found if people is None else found.where(_application.person_id.in_(people)))
    # Of several the first that was approved.
    return {person_id: Recognised(category, decided_at) for person_id, category, decided_at in rows}


def own_applications(session: Session, person_id: int, programme_id: int) -> list[Application]:
    """The latest first."""
    found = _applications().where(_application.person_id == person_id, _application.programme_id == programme_id)
    return [_of(row) for row in session.execute(found.order_by(_application.id.desc()))]


def counts(session: Session, cohort_ids: Collection[int], view: View) -> dict[str, int]:
    """For each value of `view.show`, as the rest of the view has it."""
    found = select(_application.decision, func.count()).join_from(
        table_of(EquivalenceApplication), table_of(Person), _person.id == _application.person_id
    )
    rows = session.execute(found.where(*_filters(cohort_ids, view)).group_by(_application.decision))
    return {decision.value: 0 for decision in Decision} | {decision.value: number for decision, number in rows}


def on_page(session: Session, cohort_ids: Collection[int], view: View) -> list[Application]:
    """Those that wait longest first; of the others the latest."""
    oldest = view.show is Decision.PENDING
    order = _application.id.asc() if oldest else _application.decided_at.desc()
    found = _applications().where(_application.decision == view.show, *_filters(cohort_ids, view))
    rows = session.execute(found.order_by(order, _application.id).limit(PAGE_SIZE).offset(view.offset))
    return [_of(row) for row in rows]


def application_of(session: Session, application_id: int) -> Application:
    return _of(session.execute(_applications().where(_application.id == application_id)).one())


def log_of(session: Session, application_ids: Collection[int]) -> dict[int, list[Entry]]:
    """By application, the oldest entry first."""
    found = (
        select(_event.application_id, _event.id, _event.decision, _event.reason, _event.created_at)
        .add_columns(_person.id.label("person_id"), _person.name)
        .join_from(table_of(EquivalenceEvent), table_of(Person), _person.id == _event.by)
        .where(_event.application_id.in_(application_ids))
        .order_by(_event.id)
    )
    entries: dict[int, list[Entry]] = {one: [] for one in application_ids}
    for row in session.execute(found):
        who = Somebody(row.person_id, row.name)
        entries[row.application_id].append(Entry(row.id, row.decision, row.reason, row.created_at, who))
    return entries


def how_many_wait(session: Session, cohort_ids: Collection[int]) -> int:
    """Applications that the coordinators of these cohorts have to decide about."""
    waits = (_application.cohort_id.in_(cohort_ids), _application.decision == Decision.PENDING)
    return session.scalar(select(func.count()).select_from(table_of(EquivalenceApplication)).where(*waits)) or 0


def _applications() -> Any:
    return select(
        _application.id,
        _application.public_id,
        _application.cohort_id,
        _application.category,
        _application.statement,
        _application.filename,
        _application.decision,
        _application.created_at,
        _application.decided_at,
        _person.id.label("person_id"),
        _person.name,
    ).join_from(table_of(EquivalenceApplication), table_of(Person), _person.id == _application.person_id)


def _filters(cohort_ids: Collection[int], view: View) -> list[ColumnElement[bool]]:
    handed_in = _application.cohort_id.in_(cohort_ids)
    return [handed_in, has_name(view.q)] if view.q else [handed_in]


def _of(row: Any) -> Application:
    return Application(
        row.id,
        row.public_id,
        row.cohort_id,
        row.category,
        row.statement,
        row.filename,
        row.decision,
        row.created_at,
        row.decided_at,
        Somebody(row.person_id, row.name),
    )
