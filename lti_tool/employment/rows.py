"""The lines of a cohort's list and the people who may be on it, as plain values."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.employment.matching import Come, Listed
from lti_tool.employment.models import Employment
from lti_tool.employment.resolving import Stored
from lti_tool.people.models import Membership, Person, Role

_line, _person, _member = table_of(Employment).c, table_of(Person).c, table_of(Membership).c


def stored_lines(session: Session, cohort_id: int) -> list[Stored]:
    """All of the cohort, those that have ended, too, in the order in which they came."""
    found: Any = select(
        _line.id,
        _line.reference,
        _line.course_code,
        _line.position,
        _line.name,
        _line.email,
        _line.department,
        _line.town,
        _line.hours,
        _line.person_id,
        _line.matched_at,
        _line.matched_by,
        _line.ended_at,
    )
    rows = session.execute(found.where(_line.cohort_id == cohort_id).order_by(_line.id))
    return [Stored(*row) for row in rows]


def settled_of(stored: Iterable[Stored]) -> dict[str, int | None]:
    """What is decided about each reference that is on the list now, for `matching.matches`."""
    there = [line for line in stored if line.ended_at is None]
    return {line.reference: line.person_id for line in there if line.person_id is not None or line.separated}


def listed_of(stored: Iterable[Stored]) -> list[Listed]:
    """Each of those who are on the list now, once."""
    there = (line for line in stored if line.ended_at is None)
    return list({line.reference: Listed(line.reference, line.name, line.email) for line in there}.values())


def learning() -> ColumnElement[bool]:
    """People who are a learning assistant in some course, or have been."""
    return exists().where(_member.person_id == _person.id, _member.role == Role.LEARNER)


def people_who_came(session: Session, people: Collection[int] | None = None) -> list[Come]:
    """Whom somebody on a list may be. None of `people` stands for all."""
    found: Any = select(_person.id, _person.name, _person.email).where(learning())
    rows = session.execute(found if people is None else found.where(_person.id.in_(people)))
    return [Come(*row) for row in rows]
