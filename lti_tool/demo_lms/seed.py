"""Puts the cast into the database of the demo LMS."""

from collections.abc import Iterator, Sequence
from datetime import date
from secrets import token_urlsafe

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from lti_tool.demo_lms.cast import PEOPLE, CastCourse, CastLink, CastMember, courses
from lti_tool.demo_lms.keys import add_signing_key
from lti_tool.demo_lms.models import Base, Course, LineItem, Link, Membership, Person, Secret, SigningKey, Tool


def seed(session: Session, tool: Tool, day: date) -> None:
    """Add what is missing for the term `day` lies in; grades and changed line items are left alone.

    The links of the cast open `tool`.
    """
    _add_tool(session, tool)
    term = courses(day)
    _store(session, [person_row(person, position) for position, person in enumerate(PEOPLE)])
    _store(session, [course_row(course) for course in term])
    _store(session, [member for course in term for member in _members(course)])
    for course in term:
        _add_links(session, course, tool.client_id)
    if session.query(SigningKey).first() is None:
        add_signing_key(session)
    if session.get(Secret, 1) is None:
        session.add(Secret(id=1, value=token_urlsafe(32)))


def person_row(person: CastMember, position: int = 0) -> Person:
    return Person(
        sub=person.sub,
        given_name=person.given_name,
        family_name=person.family_name,
        email=person.email,
        locale=person.locale,
        group=person.group,
        story=person.story,
        institution_roles=list(person.institution_roles),
        position=position,
    )


def course_row(course: CastCourse) -> Course:
    return Course(key=course.key, label=course.label, title=course.title, about=course.about)


def link_row(course_key: str, link: CastLink, client_id: str, position: int = 0) -> Link:
    """Without line items."""
    return Link(
        client_id=client_id,
        id=link.id,
        course_key=course_key,
        title=link.title,
        about=link.about,
        custom=link.custom,
        position=position,
    )


def _add_tool(session: Session, tool: Tool) -> None:
    known = session.get(Tool, tool.client_id)
    tool.added_at = known.added_at if known else tool.added_at
    session.merge(tool)
    session.flush()
    # Rows of the time when there was only one tool do not name it.
    for model in (Link, LineItem):
        session.execute(update(model).where(model.client_id == "").values(client_id=tool.client_id))


def _store(session: Session, rows: Sequence[Base]) -> None:
    """Rows of one table: new ones, and what is new in others."""
    model = type(rows[0])
    names, key = model.__table__.c.keys(), [column.name for column in model.__table__.primary_key]
    values = [{name: vars(row)[name] for name in names if name in vars(row)} for row in rows]
    add = insert(model)
    changed = {name: add.excluded[name] for name in values[0] if name not in key}
    session.execute(add.on_conflict_do_update(index_elements=key, set_=changed), values)


def _members(course: CastCourse) -> Iterator[Membership]:
    for sub, roles in course.members.items():
        yield Membership(course_key=course.key, sub=sub, roles=list(roles))


def _add_links(session: Session, course: CastCourse, client_id: str) -> None:
    known = set(session.scalars(select(Link.id)))
    for position, link in enumerate(course.links):
        if link.id not in known:
            row = link_row(course.key, link, client_id, position)
            row.line_items = [_line_item(course.key, link, client_id)] if link.score_maximum else []
            session.add(row)


def _line_item(course_key: str, link: CastLink, client_id: str) -> LineItem:
    return LineItem(
        course_key=course_key,
        label=link.title,
        score_maximum=link.score_maximum,
        resource_id=link.module or link.programme,
        tag="grade",
        client_id=client_id,
    )
