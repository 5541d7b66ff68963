"""The files that were sent for a cohort. None of these loads a file itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.employment.found import Found, Missing
from lti_tool.employment.matching import matches
from lti_tool.employment.models import EmploymentList, ListState
from lti_tool.employment.resolving import Resolved, absent, changes
from lti_tool.employment.rows import listed_of, people_who_came, settled_of, stored_lines
from lti_tool.errors import NotFound
from lti_tool.people.models import Person
from lti_tool.people.names import Somebody

# As many as are listed; older ones are still at their addresses.
MOST = 20
_COLUMNS = ("id", "public_id", "filename", "state", "done", "total", "created_at")
_OPEN = (ListState.WAITING, ListState.READING, ListState.TAKING)


@dataclass(frozen=True, slots=True)
class Sent:
    """A file on its way. `done` of `total` lines are read; 0 of 0 while nobody has begun."""

    id: int
    public_id: str
    filename: str
    state: ListState
    done: int
    total: int
    created_at: datetime
    who: Somebody

    @property
    def open(self) -> bool:
        """A worker has something to do with it."""
        return self.state in _OPEN


@dataclass(frozen=True, slots=True)
class Effect:
    """What taking a list over would do: lines it adds, changes and leaves as they are, how many it would end (by what
    becomes of those who are missing), and of how many people on it somebody is found already."""

    added: int
    changed: int
    same: int
    ended: dict[Missing, int]
    people: int
    found: int


def sent_lately(session: Session, cohort_id: int) -> list[Sent]:
    """The latest first."""
    found = _sent().where(EmploymentList.cohort_id == cohort_id).order_by(EmploymentList.id.desc()).limit(MOST)
    return [_of(row) for row in session.execute(found)]


def sent(session: Session, cohort_id: int, public_id: str) -> Sent:
    """Raises `NotFound` for what was not sent for this cohort."""
    found = _sent().where(EmploymentList.cohort_id == cohort_id, EmploymentList.public_id == public_id)
    row = session.execute(found).one_or_none()
    if row is None:
        raise NotFound("no such list of this cohort")
    return _of(row)


def found_of(session: Session, list_id: int) -> Found:
    stored = session.scalars(select(EmploymentList.found).where(EmploymentList.id == list_id)).one()
    return Found.model_validate(stored or {})


def effect_of(session: Session, cohort_id: int, resolved: Resolved) -> Effect:
    stored = stored_lines(session, cohort_id)
    wanted = changes(stored, resolved.lines, Missing.STAY)
    ended = {missing: len(absent(stored, resolved.lines, missing)) for missing in Missing}
    references = {key[0] for key in resolved.lines}
    settled = settled_of(stored)
    listed = {one.reference: one for one in listed_of(stored)} | {one.reference: one for one in resolved.people}
    found = settled | matches(listed.values(), people_who_came(session), settled)
    known = [reference for reference in references if found.get(reference) is not None]
    return Effect(len(wanted.add), len(wanted.change), wanted.same, ended, len(references), len(known))


def _sent() -> Any:
    columns = [getattr(EmploymentList, name) for name in (*_COLUMNS, "person_id")]
    return select(*columns, Person.name).join(Person, Person.id == EmploymentList.person_id)


def _of(row: Any) -> Sent:
    known = {name: getattr(row, name) for name in _COLUMNS}
    return Sent(**known, who=Somebody(row.person_id, row.name))
