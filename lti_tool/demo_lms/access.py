"""Who is signed in to the LMS, and what that person may open."""

from flask import abort, request

from lti_tool.demo_lms.models import Course, Membership, Person
from lti_tool.demo_lms.state import db
from lti_tool.demo_lms.vocabulary import INSTITUTION_ROLE

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
    if member is None or member.status != "Active":
        abort(403, f"{person.name} is not in this course.")
    return member


def require_teacher(course_key: str) -> Membership:
    """The membership of the person signed in; answers 403 for those who learn here."""
    member = course_member(course_key, require_person())
    if not member.teaches:
        abort(403, "Only teachers of this course may do that.")
    return member


def manages_tools(person: Person | None) -> bool:
    """Whoever has not become anybody yet may set the LMS up."""
    return person is None or INSTITUTION_ROLE + "Administrator" in person.institution_roles


def require_administrator() -> None:
    """Answers 403 for everybody signed in who is none."""
    if not manages_tools(signed_in()):
        abort(403, "Only the administrator manages the tools of this learning platform.")
