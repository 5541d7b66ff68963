"""Make a course's membership say what its roster says, in a number of statements that hardly grows with the course.

Rows are written in the order in which a launch writes them (person, course, membership): the other order would be a
deadlock.
"""

from __future__ import annotations

import html
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select, Table, case, exists, func, null, select, update
from sqlalchemy.orm import Session

from lti_tool.database import now, table_of
from lti_tool.lti.rosters.schedule import Errand, note_success
from lti_tool.lti.services.roster import Listing, Member
from lti_tool.lti.upsert import insert_into
from lti_tool.people.models import LaunchSession, Membership, Person, Role

# Values in one statement; SQLite takes some thousands, older ones a thousand.
AT_ONCE = 500
T = TypeVar("T")
# The clocks of our machines may differ so much.
_CLOCKS = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Changes:
    """How many people are new to the course, are missing from it now, or came back."""

    joined: int
    left: int
    back: int

    def __bool__(self) -> bool:
        return bool(self.joined or self.left or self.back)


def keep_members(
    session: Session, errand: Errand, listing: Listing, delay: float, *, addresses: bool = False
) -> Changes | None:
    """Record a roster, which is due again after `delay` seconds. None, and the transaction is of no use, if somebody
    else has taken the course meanwhile. E-mail addresses are left out unless told otherwise.

    What a launch said of a person stays: in Moodle a non-editing teacher is an instructor at launch and a learner in
    the roster. Nobody is deleted.
    """
    connection = session.connection()
    present = {member.subject: member for member in listing.members if member.active}
    people = _keep_people(connection, errand.platform_id, present, addresses=addresses)
    if not note_success(session, errand, delay):
        return None
    known = _known_members(connection, errand.course_id)
    told = {member.subject for member in listing.members}
    missing = [
        row.person_id
        for row in known.values()
        if row.left_at is None and row.subject not in present and (listing.complete or row.subject in told)
    ]
    return Changes(
        joined=_admit(connection, errand.course_id, people, present, known),
        back=sum(row.left_at is not None and row.subject in present for row in known.values()),
        left=_mark_left(connection, errand, missing),
    )


def _keep_people(
    connection: Connection, platform_id: int, members: Mapping[str, Member], *, addresses: bool
) -> dict[str, int]:
    """The ids of all these people, of whom new ones are added and names that are missing filled in."""
    known = _known_people(connection, platform_id, members)
    told = {
        subject: {
            "name": member.name if _tells_name(member, known.get(subject)) else None,
            "email": member.email if addresses and _tells_address(member, known.get(subject)) else None,
        }
        for subject, member in sorted(members.items())
    }
    rows = [
        {"platform_id": platform_id, "subject": subject, **facts}
        for subject, facts in told.items()
        if subject not in known or any(facts.values())
    ]
    ids = {subject: int(row.id) for subject, row in known.items()}
    if rows:
        ids.update((row.subject, int(row.id)) for row in connection.execute(_person_upsert(connection), rows))
    return ids


def _tells_name(member: Member, known: Row[Any] | None) -> bool:
    if known is None:
        return True
    if member.name is None or member.name == known.name:
        return False
    # Launches may call a person otherwise than rosters do, and a name that goes back and forth is worse than either.
    return known.name is None or not known.launched or html.unescape(known.name) == member.name


def _tells_address(member: Member, known: Row[Any] | None) -> bool:
    """Of learners who have been here: nobody else is written to. Silence is no news, for many rosters tell less than
    launches do."""
    return known is not None and known.launched and member.role is Role.LEARNER and member.email != known.email


def _known_people(connection: Connection, platform_id: int, subjects: Collection[str]) -> dict[str, Row[Any]]:
    person, member = table_of(Person).c, table_of(Membership).c
    launched = exists().where(member.person_id == person.id, member.launched).label("launched")
    query = select(person.id, person.subject, person.name, person.email, launched).where(
        person.platform_id == platform_id
    )
    found: dict[str, Row[Any]] = {}
    for some in _few(subjects):
        found.update((row.subject, row) for row in connection.execute(query.where(person.subject.in_(some))))
    return found


def _person_upsert(connection: Connection) -> Any:
    table = table_of(Person)
    insert = insert_into(connection, table)
    told = {name: func.coalesce(insert.excluded[name], table.c[name]) for name in ("name", "email")}
    upsert = insert.on_conflict_do_update(index_elements=["platform_id", "subject"], set_=told)
    return upsert.returning(table.c.id, table.c.subject)


def _known_members(connection: Connection, course_id: int) -> dict[int, Row[Any]]:
    person, member = table_of(Person).c, table_of(Membership).c
    query: Select[Any] = (
        select(member.person_id, member.role, member.launched, member.left_at, person.subject)
        .join_from(table_of(Membership), table_of(Person), person.id == member.person_id)
        .where(member.course_id == course_id)
    )
    return {row.person_id: row for row in connection.execute(query)}


def _admit(
    connection: Connection,
    course_id: int,
    people: Mapping[str, int],
    present: Mapping[str, Member],
    known: Mapping[int, Row[Any]],
) -> int:
    """Add those who are not in the course, take back those who had left; returns how many are new."""
    rows = [
        {"person_id": person_id, "course_id": course_id, "role": member.role, "launched": False}
        for person_id, member in sorted((people[subject], member) for subject, member in present.items())
        if _says_otherwise(member, known.get(person_id))
    ]
    if rows:
        connection.execute(_member_upsert(connection), rows).all()
    return sum(row["person_id"] not in known for row in rows)


def _says_otherwise(member: Member, known: Row[Any] | None) -> bool:
    if known is None or known.left_at is not None:
        return True
    return not known.launched and known.role != member.role


def _member_upsert(connection: Connection) -> Any:
    table: Table = table_of(Membership)
    insert = insert_into(connection, table)
    role = case((table.c.launched, table.c.role), else_=insert.excluded.role)
    # A literal null: with a parameter outside the values, each row would go alone.
    values = {"role": role, "left_at": null()}
    upsert = insert.on_conflict_do_update(index_elements=["person_id", "course_id"], set_=values)
    # What returns something goes in few statements, whatever the database.
    # https://docs.sqlalchemy.org/en/20/core/connections.html#insert-many-values-behavior-for-insert-statements
    return upsert.returning(table.c.person_id)


def _mark_left(connection: Connection, errand: Errand, people: Collection[int]) -> int:
    """Returns how many that were: somebody who came while the roster was being fetched has not left."""
    member, visit = table_of(Membership), table_of(LaunchSession).c
    newcomers = select(visit.person_id).where(
        visit.course_id == errand.course_id,
        visit.person_id.is_not(None),
        visit.created_at >= errand.began_at - _CLOCKS,
    )
    leaving = update(member).where(member.c.course_id == errand.course_id, member.c.person_id.not_in(newcomers))
    return sum(
        connection.execute(leaving.where(member.c.person_id.in_(some)).values(left_at=now())).rowcount
        for some in _few(sorted(people))
    )


def _few(values: Iterable[T]) -> Iterator[list[T]]:
    rest = list(values)
    return (rest[start : start + AT_ONCE] for start in range(0, len(rest), AT_ONCE))
