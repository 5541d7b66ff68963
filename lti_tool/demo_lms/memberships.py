"""The roster of a course. https://www.imsglobal.org/spec/lti-nrps/v2p0"""

from datetime import UTC, datetime
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
from lti_tool.demo_lms.state import behaviour, db, lms, now
from lti_tool.demo_lms.tokens import require_scope
from lti_tool.demo_lms.tools import calling_tool
from lti_tool.demo_lms.vocabulary import (
    CONTEXT_ROLE,
    CUSTOM,
    MEMBERSHIPS_TYPE,
    MESSAGE_TYPE,
    RESOURCE_LINK_REQUEST,
    SCOPE_MEMBERSHIPS,
)

blueprint = Blueprint("memberships", __name__, url_prefix=f"{SERVICES}/<course_key>/memberships")


@blueprint.before_request
def _before() -> None:
    stumble("memberships")


@blueprint.get("")
def list_members(course_key: str) -> Response:
    """The query `role` (short or full name) narrows the list; `rlid` adds what a launch of that link would say.

    With `since` (seconds since 1970) the list is of those who came, changed or left since then.
    """
    require_scope(SCOPE_MEMBERSHIPS)
    require_exact_accept(MEMBERSHIPS_TYPE)
    course = db().get(Course, course_key)
    if course is None:
        raise Refusal(404, "not_found", "There is no such course.")
    link = _link(course_key)
    asked_at = now()
    statement = select(Membership).where(Membership.course_key == course_key, _listed()).order_by(Membership.sub)
    if "role" in request.args:
        statement = statement.where(_has_role(request.args["role"].removeprefix(CONTEXT_ROLE)))
    page = page_of(statement)
    body = {
        "id": memberships_url(lms().config, course_key),
        "context": context_of(course),
        "members": [_as_json(member, link) for member in page.rows],
    }
    answer = page.answer(body, MEMBERSHIPS_TYPE)
    if behaviour().roster_differences and not page.next_url:
        url = f"{memberships_url(lms().config, course_key)}?since={asked_at.timestamp()}"
        answer.headers["Link"] = f'<{url}>; rel="differences"'
    return answer


def _listed() -> ColumnElement[bool]:
    if "since" not in request.args:
        return Membership.status != "Deleted"
    try:
        since = datetime.fromtimestamp(float(request.args["since"]), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Refusal(400, "invalid_request", "since must be one the LMS gave.") from error
    return Membership.changed_at >= since


def _has_role(role: str) -> ColumnElement[bool]:
    each = func.json_each(Membership.roles).table_valued("value")
    return select(1).select_from(each).where(each.c.value == role).exists()


def _link(course_key: str) -> Link | None:
    if "rlid" not in request.args:
        return None
    link = db().get(Link, request.args["rlid"])
    if link is None or link.course_key != course_key or link.tool is not calling_tool():
        raise Refusal(404, "not_found", "There is no such resource link in this course.")
    return link


def _as_json(member: Membership, link: Link | None) -> dict[str, Any]:
    person = member.person
    fields: dict[str, Any] = {
        "user_id": person.sub,
        "status": member.status,
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
        "roles": roles_of(member, behaviour()),
    }
    if link:
        fields["message"] = [{MESSAGE_TYPE: RESOURCE_LINK_REQUEST, CUSTOM: link.custom}]
    return fields
