"""Who is signed in to the LMS, and what that person may open."""

from flask import abort, request

from lti_tool.demo_lms.models import Course, Membership, Person
from lti_tool.demo_lms.state import db

PERSON_COOKIE = "demo_lms_person"


class SignInNeeded(Exception):
    """Leads to the page where a person is picked."""


def signed_in() -> Person | None:
    """The cookie holds a plain `sub`: anyone may be anyone here."""
    sub = request.cookies.get(PERSON_COOKIE)
    return db().get(Person, sub) if sub else None


def require_person() -> Person:
    person = signed_in()
    if person is None:
        raise SignInNeeded
    return person


def course_member(course_key: str, person: Person) -> Membership:
    """Answers 404 where there is no such course, and 403 where the person is not in it."""
    if db().get(Course, course_key) is None:
        abort(404)
    member = db().get(Membership, (course_key, person.sub))
    if member is None:
        abort(403, f"{person.name} is not in this course.")
    return member
