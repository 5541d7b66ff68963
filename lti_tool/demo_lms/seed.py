"""Puts the cast into the database of the demo LMS."""

from datetime import date
from secrets import token_urlsafe

from sqlalchemy.orm import Session

from lti_tool.demo_lms.cast import PEOPLE, CastCourse, CastLink, CastMember, courses
from lti_tool.demo_lms.keys import add_signing_key
from lti_tool.demo_lms.models import Course, LineItem, Link, Membership, Person, Secret, SigningKey


def seed(session: Session, day: date) -> None:
    """Add what is missing for the term `day` lies in; grades and changed line items are left alone."""
    for position, person in enumerate(PEOPLE):
        session.merge(_person(person, position))
    for course in courses(day):
        _add_course(session, course)
    if session.query(SigningKey).first() is None:
        add_signing_key(session)
    if session.get(Secret, 1) is None:
        session.add(Secret(id=1, value=token_urlsafe(32)))


def _person(person: CastMember, position: int) -> Person:
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


def _add_course(session: Session, course: CastCourse) -> None:
    session.merge(Course(key=course.key, label=course.label, title=course.title, about=course.about))
    for sub, roles in course.members.items():
        session.merge(Membership(course_key=course.key, sub=sub, roles=list(roles)))
    for position, link in enumerate(course.links):
        if session.get(Link, link.id) is None:
            session.add(_link(course.key, link, position))


def _link(course_key: str, link: CastLink, position: int) -> Link:
    return Link(
        id=link.id,
        course_key=course_key,
        title=link.title,
        about=link.about,
        custom=link.custom,
        position=position,
        line_items=[_line_item(course_key, link)] if link.score_maximum else [],
    )


def _line_item(course_key: str, link: CastLink) -> LineItem:
    return LineItem(
        course_key=course_key, label=link.title, score_maximum=link.score_maximum, resource_id=link.module, tag="grade"
    )
