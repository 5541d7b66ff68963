"""The files of questions that were sent for a module. None of these loads a file itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.authoring.import_found import Found
from lti_tool.authoring.models import ImportState, QuestionImport
from lti_tool.authoring.queries import Who
from lti_tool.errors import NotFound
from lti_tool.people.models import Person

# As many as are listed; older ones are still at their addresses.
MOST = 20
_OPEN = (ImportState.WAITING, ImportState.READING)


@dataclass(frozen=True, slots=True)
class Sent:
    """A file on its way. `done` of `total` questions are read; 0 of 0 while nobody has begun."""

    id: int
    public_id: str
    filename: str
    state: ImportState
    done: int
    total: int
    created_at: datetime
    who: Who

    @property
    def open(self) -> bool:
        return self.state in _OPEN


_COLUMNS = (
    QuestionImport.id,
    QuestionImport.public_id,
    QuestionImport.filename,
    QuestionImport.state,
    QuestionImport.done,
    QuestionImport.total,
    QuestionImport.created_at,
    QuestionImport.person_id,
    Person.name,
)


def sent_lately(session: Session, module_id: int) -> list[Sent]:
    """The latest first."""
    found = select(*_COLUMNS).join(Person, Person.id == QuestionImport.person_id)
    found = found.where(QuestionImport.module_id == module_id).order_by(QuestionImport.id.desc()).limit(MOST)
    return [_sent(row) for row in session.execute(found)]


def sent(session: Session, module_id: int, public_id: str) -> Sent:
    """Raises `NotFound` for what was not sent for this module."""
    found = select(*_COLUMNS).join(Person, Person.id == QuestionImport.person_id)
    found = found.where(QuestionImport.module_id == module_id, QuestionImport.public_id == public_id)
    row = session.execute(found).one_or_none()
    if row is None:
        raise NotFound("no such import of this module")
    return _sent(row)


def found_of(session: Session, import_id: int) -> Found:
    return Found.model_validate(
        session.scalars(select(QuestionImport.found).where(QuestionImport.id == import_id)).one()
    )


def _sent(row: Any) -> Sent:
    return Sent(
        row.id,
        row.public_id,
        row.filename,
        row.state,
        row.done,
        row.total,
        row.created_at,
        Who(row.person_id, row.name),
    )
