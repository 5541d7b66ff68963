"""Who administers, and who could."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from lti_tool.lti.models import Platform
from lti_tool.people.models import GrantKind, Membership, Person, Role, StaffGrant
from lti_tool.people.names import has_name

MOST_FOUND = 20
SHORTEST_SEARCH = 2


@dataclass(frozen=True, slots=True)
class Somebody:
    """`subject` is their user id on the platform; `staff` says that they instruct some course."""

    person_id: int
    name: str | None
    subject: str
    platform: str
    staff: bool


@dataclass(frozen=True, slots=True)
class Administrator(Somebody):
    """`granted_by` is as it is kept; `granter` is the person behind it, if it is one."""

    since: datetime
    granted_by: str
    granter: Somebody | None


def administrators(session: Session) -> list[Administrator]:
    """Everybody who has been named, the first first. Whom a platform's word lets in is not among them."""
    rows = session.execute(
        _people(StaffGrant.created_at, StaffGrant.granted_by)
        .join(StaffGrant, StaffGrant.person_id == Person.id)
        .where(StaffGrant.kind == GrantKind.ADMINISTRATOR)
        .order_by(StaffGrant.id)
    ).all()
    granters = _by_id(session, [int(row.granted_by) for row in rows if _is_id(row.granted_by)])
    return [
        Administrator(
            person_id=row.id,
            name=row.name,
            subject=row.subject,
            platform=row.platform,
            staff=row.staff,
            since=row.created_at,
            granted_by=row.granted_by,
            granter=granters.get(row.granted_by),
        )
        for row in rows
    ]


def find_people(session: Session, text: str) -> list[Somebody]:
    """People who have opened the tool, by a part of their name or user id; one more than `MOST_FOUND` at most."""
    launched = exists().where(Membership.person_id == Person.id, Membership.launched)
    found = _people().where(launched, _matches(text)).order_by(Person.name, Person.id).limit(MOST_FOUND + 1)
    return [Somebody(*row) for row in session.execute(found)]


def somebody(session: Session, person_id: int) -> Somebody | None:
    return _by_id(session, [person_id]).get(str(person_id))


def _people(*more: Any) -> Select[Any]:
    instructs = exists().where(Membership.person_id == Person.id, Membership.role == Role.INSTRUCTOR)
    columns = (Person.id, Person.name, Person.subject, Platform.name.label("platform"), instructs.label("staff"), *more)
    return select(*columns).join(Platform, Platform.id == Person.platform_id)


def _matches(text: str) -> ColumnElement[bool]:
    return or_(has_name(text), Person.subject.contains(text, autoescape=True))


def _by_id(session: Session, ids: Sequence[int]) -> dict[str, Somebody]:
    rows = session.execute(_people().where(Person.id.in_(ids)))
    return {str(row[0]): Somebody(*row) for row in rows}


def _is_id(granted_by: str) -> bool:
    """Whether it is a person's id; other words say that it was nobody's user."""
    return granted_by.isascii() and granted_by.isdecimal() and len(granted_by) < 10
