"""What a person sees of the LMS: who to be, the courses, an activity with the tool in a frame, the gradebook."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from lti_tool.demo_lms.access import PERSON_COOKIE, SignInNeeded, course_member, require_person, signed_in
from lti_tool.demo_lms.models import Grade, LineItem, Link, Membership, Person, Tool
from lti_tool.demo_lms.state import db
from lti_tool.demo_lms.tools import active_tools
from lti_tool.demo_lms.vocabulary import DEEP_LINKING_REQUEST

blueprint = Blueprint("pages", __name__)

_PROGRESS_WORDS = {
    "Initialized": "Not started",
    "Started": "Started",
    "InProgress": "In progress",
    "Submitted": "Handed in, not graded yet",
    "Completed": "Done, not graded yet",
}


@dataclass(frozen=True)
class Group:
    name: str
    people: list[Person]


@dataclass(frozen=True)
class Row:
    """One student and that student's grades in the order of the columns, None where there is none."""

    person: Person
    grades: list[Grade | None]


@blueprint.app_context_processor
def _for_every_page() -> dict[str, object]:
    return {"me": signed_in(), "groups": list(_groups())}


def _groups() -> Iterator[Group]:
    people = db().scalars(select(Person).order_by(Person.position))
    for name, members in groupby(people, key=lambda person: person.group):
        yield Group(name, list(members))


@blueprint.app_errorhandler(SignInNeeded)
def _lead_to_sign_in(_error: SignInNeeded) -> Response:
    return redirect(url_for("pages.pick", next=request.full_path.removesuffix("?")))


@blueprint.get("/")
def pick() -> str:
    return render_template("demo_lms/pick.html", next=_local_path(request.args.get("next", "")))


@blueprint.post("/sign-in")
def sign_in() -> Response:
    person = db().get(Person, request.form.get("person", "")) or abort(400, "There is no such person here.")
    answer = redirect(_local_path(request.form.get("next", "")) or url_for("pages.courses"), 303)
    answer.set_cookie(PERSON_COOKIE, person.sub, httponly=True, samesite="Lax")
    return answer


@blueprint.post("/sign-out")
def sign_out() -> Response:
    answer = redirect(url_for("pages.pick"), 303)
    answer.delete_cookie(PERSON_COOKIE, httponly=True, samesite="Lax")
    return answer


def _local_path(path: str) -> str:
    """The path if it leads to a page of the LMS, else nothing."""
    parts = urlsplit(path.replace("\\", "/"))
    return path if path.startswith("/") and not parts.scheme and not parts.netloc else ""


@blueprint.get("/courses")
def courses() -> str:
    person = require_person()
    mine = select(Membership).where(Membership.sub == person.sub, Membership.status == "Active")
    memberships = db().scalars(mine.order_by(Membership.course_key)).all()
    return render_template("demo_lms/courses.html", memberships=memberships)


@blueprint.get("/courses/<course_key>")
def course(course_key: str) -> str:
    member = course_member(course_key, require_person())
    # What a tool has to say as it sends somebody back.
    # https://www.imsglobal.org/spec/lti/v1p3#launch-presentation-claim
    said = [request.args[name] for name in ("lti_msg", "lti_errormsg") if name in request.args]
    return render_template("demo_lms/course.html", member=member, said=said, tools=active_tools())


@blueprint.get("/courses/<course_key>/activities/<link_id>")
def activity(course_key: str, link_id: str) -> str:
    member = course_member(course_key, require_person())
    link = db().get(Link, link_id)
    if link is None or link.course_key != course_key:
        abort(404)
    return render_template("demo_lms/activity.html", member=member, link=link)


@blueprint.get("/courses/<course_key>/gradebook")
def gradebook(course_key: str) -> str:
    member = course_member(course_key, require_person())
    columns = _columns(course_key)
    rows = [_row(person, columns) for person in _students_seen_by(member)]
    empty = not any(any(row.grades) for row in rows)
    page = "gradebook" if member.teaches else "own_grades"
    return render_template(f"demo_lms/{page}.html", member=member, columns=columns, rows=rows, empty=empty)


def _columns(course_key: str) -> list[LineItem]:
    return list(db().scalars(select(LineItem).where(LineItem.course_key == course_key).order_by(LineItem.id)))


def _students_seen_by(member: Membership) -> list[Person]:
    if not member.teaches:
        return [member.person]
    students = [other.person for other in member.course.members if not other.teaches and other.status == "Active"]
    return sorted(students, key=lambda person: (person.family_name, person.given_name))


def _row(person: Person, columns: list[LineItem]) -> Row:
    return Row(person, [db().get(Grade, (column.id, person.sub)) for column in columns])


@blueprint.app_template_test("choosable")
def _choosable(tool: Tool) -> bool:
    return tool.message(DEEP_LINKING_REQUEST) is not None


@blueprint.app_template_filter("points")
def _points(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


@blueprint.app_template_filter("moment")
def _moment(value: datetime) -> str:
    local = value.astimezone()
    return f"{local:%a} {local.day} {local:%b, %H:%M}"


@blueprint.app_template_filter("progress")
def _progress(value: str) -> str:
    return _PROGRESS_WORDS[value]


@blueprint.app_template_filter("role")
def _role(member: Membership) -> str:
    return {"Learner": "Student", "Instructor": "Teacher"}.get(member.roles[0], member.roles[0])
