"""Placing content: a teacher opens a tool, chooses, and what was chosen becomes activities of the course.

https://www.imsglobal.org/spec/lti-dl/v2p0
"""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.demo_lms.access import require_teacher, signed_in
from lti_tool.demo_lms.content_items import LinkItem, add_links
from lti_tool.demo_lms.deep_linking_response import ResponseRefused, verified
from lti_tool.demo_lms.models import Membership, Tool
from lti_tool.demo_lms.posting import post_again
from lti_tool.demo_lms.state import db

blueprint = Blueprint("deep_linking", __name__)


@blueprint.get("/courses/<course_key>/deep-linking")
def choose(course_key: str) -> str:
    member = require_teacher(course_key)
    tool = _active_tool(request.args.get("tool", ""))
    return render_template("demo_lms/choose.html", member=member, tool=tool)


def _active_tool(client_id: str) -> Tool:
    tool = db().get(Tool, client_id)
    if tool is None or not tool.active:
        abort(404, "There is no such tool here, or the administrator has not activated it yet.")
    return tool


@blueprint.post("/courses/<course_key>/deep-linking")
def receive(course_key: str) -> Response | tuple[str, int] | str:
    """Where the tool sends the teacher's browser when the choice is made."""
    if signed_in() is None and "repost" not in request.form:
        return post_again(request.path)
    member = require_teacher(course_key)
    try:
        return _take(member)
    except ResponseRefused as error:
        return render_template("demo_lms/chosen.html", course=member.course, refused=str(error)), 400


def _take(member: Membership) -> str:
    response = verified(request.form.get("JWT", ""), member)
    links = add_links(member.course, response.tool, response.items)
    db().commit()
    return render_template("demo_lms/chosen.html", course=member.course, links=links, response=response)


@blueprint.post("/courses/<course_key>/links")
def add_link(course_key: str) -> Response:
    """An activity that opens the tool at its start, for tools that do not let a teacher choose."""
    member = require_teacher(course_key)
    tool = _active_tool(request.form.get("tool", ""))
    add_links(member.course, tool, [LinkItem(type="ltiResourceLink", title=tool.name, text=tool.about)])
    db().commit()
    return redirect(url_for("pages.course", course_key=course_key), 303)
