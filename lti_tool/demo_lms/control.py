"""The back door for tests and curious people: habits, members, keys, the log of scores. Loopback only."""

from dataclasses import asdict
from ipaddress import ip_address
from typing import Annotated, Literal
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select

from lti_tool.demo_lms.behaviour import behaviour_from
from lti_tool.demo_lms.cast import LEARNER
from lti_tool.demo_lms.keys import add_signing_key, published_jwks
from lti_tool.demo_lms.models import Course, Membership, Person, ScoreRequest
from lti_tool.demo_lms.record import as_json
from lti_tool.demo_lms.refusal import Refusal
from lti_tool.demo_lms.state import behaviour, db, lms, now


class _Member(BaseModel):
    model_config = ConfigDict(extra="forbid")
    status: Literal["Active", "Inactive", "Deleted"] = "Active"
    roles: Annotated[list[Literal["Learner", "Instructor", "Administrator"]], Field(min_length=1)] | None = None


blueprint = Blueprint("control", __name__, url_prefix="/_")


@blueprint.before_request
def _only_from_this_machine() -> None:
    # The Host is looked at too: a web page elsewhere may point its own name at 127.0.0.1 and ask through the browser.
    host = urlsplit(f"//{request.host}").hostname or ""
    if not _is_loopback(request.remote_addr or "") or not (host == "localhost" or _is_loopback(host)):
        raise Refusal(403, "forbidden", "Only this machine may do that.")


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


@blueprint.get("/behaviour")
def show_behaviour() -> Response:
    return jsonify(asdict(behaviour()))


@blueprint.put("/behaviour")
def change_behaviour() -> Response:
    """The body replaces the behaviour: what it leaves out goes back to the default (or to the preset in `like`)."""
    settings = request.get_json()
    if not isinstance(settings, dict):
        raise Refusal(400, "invalid_request", "The behaviour must be a JSON object.")
    try:
        lms().behaviours.change(behaviour_from(settings))
    except ValueError as error:
        raise Refusal(400, "invalid_request", str(error)) from error
    return show_behaviour()


@blueprint.get("/scores")
def list_score_requests() -> Response:
    kept = db().scalars(select(ScoreRequest).order_by(ScoreRequest.received_at, ScoreRequest.id))
    return jsonify([as_json(request) for request in kept])


@blueprint.put("/courses/<course_key>/members/<sub>")
def change_member(course_key: str, sub: str) -> Response:
    """The body is `{"status": "Active", "roles": ["Learner"]}`; whoever is not in the course yet comes in.

    Roles that are left out stay as they are. Deleted is somebody who left.
    """
    if db().get(Course, course_key) is None or db().get(Person, sub) is None:
        raise Refusal(404, "not_found", "There is no such course or person.")
    try:
        wanted = _Member.model_validate(request.get_json())
    except ValidationError as error:
        raise Refusal(400, "invalid_request", str(error)) from error
    known = db().get(Membership, (course_key, sub))
    roles = [str(role) for role in wanted.roles or (known.roles if known else (LEARNER,))]
    member = Membership(course_key=course_key, sub=sub, roles=roles, status=wanted.status, changed_at=now())
    db().merge(member)
    db().commit()
    return jsonify(course=course_key, user_id=sub, status=wanted.status, roles=roles)


@blueprint.post("/keys")
def rotate_key() -> Response:
    """A new signing key from now on; answers with the JWKS. JSON is asked for so that no web page can do it."""
    request.get_json()
    add_signing_key(db())
    db().commit()
    return jsonify(published_jwks(db()))
