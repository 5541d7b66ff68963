"""The roster of a course. https://www.imsglobal.org/spec/lti-nrps/v2p0"""

from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import func, select
from sqlalchemy.sql.elements import ColumnElement

from lti_tool.demo_lms.addresses import SERVICES, memberships_url
from lti_tool.demo_lms.faults import stumble
from lti_tool.demo_lms.media import page_of, require_exact_accept
from lti_tool.demo_lms.messages import context_of, roles_of
from lti_tool.demo_lms.models import Course, Link, Membership
from lti_tool.demo_lms.refusal import Refusal
from lti_tool.demo_lms.state import behaviour, db, lms
from lti_tool.demo_lms.tokens import require_scope
from lti_tool.demo_lms.vocabulary import CONTEXT_ROLE, CUSTOM, MEMBERSHIPS_TYPE, MESSAGE_TYPE, SCOPE_MEMBERSHIPS

blueprint = Blueprint("memberships", __name__, url_prefix=f"{SERVICES}/<course_key>/memberships")


@blueprint.before_request
def _before() -> None:
    stumble("memberships")


@blueprint.get("")
def list_members(course_key: str) -> Response:
    """The query `role` (short or full name) narrows the list; `rlid` adds what a launch of that link would say."""
    require_scope(SCOPE_MEMBERSHIPS)
    require_exact_accept(MEMBERSHIPS_TYPE)
    course = db().get(Course, course_key)
    if course is None:
        raise Refusal(404, "not_found", "There is no such course.")
    link = _link(course_key)
    statement = select(Membership).where(Membership.course_key == course_key).order_by(Membership.sub)
    if "role" in request.args:
        statement = statement.where(_has_role(request.args["role"].removeprefix(CONTEXT_ROLE)))
    page = page_of(statement)
    body = {
        "id": memberships_url(lms().config, course_key),
        "context": context_of(course),
        "members": [_as_json(member, link) for member in page.rows],
    }
    return page.answer(body, MEMBERSHIPS_TYPE)


def _has_role(role: str) -> ColumnElement[bool]:
    each = func.json_each(Membership.roles).table_valued("value")
    return select(1).select_from(each).where(each.c.value == role).exists()


def _link(course_key: str) -> Link | None:
    if "rlid" not in request.args:
        return None
    link = db().get(Link, request.args["rlid"])
    if link is None or link.course_key != course_key:
        raise Refusal(404, "not_found", "There is no such resource link in this course.")
    return link


def _as_json(member: Membership, link: Link | None) -> dict[str, Any]:
    person = member.person
    fields: dict[str, Any] = {
        "user_id": person.sub,
        "status": "Active",
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
        "roles": roles_of(member, behaviour()),
    }
    if link:
        fields["message"] = [{MESSAGE_TYPE: "LtiResourceLinkRequest", CUSTOM: link.custom}]
    return fields
