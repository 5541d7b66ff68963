"""Sign-in of a person at the tool: the OpenID Connect flow started by the LMS, as LTI 1.3 restricts it.

https://www.imsglobal.org/spec/security/v1p0/#platform-originating-messages
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, jsonify, make_response, redirect, render_template, request
from itsdangerous import BadSignature
from werkzeug.wrappers import Response as BaseResponse

from lti_tool.demo_lms.access import course_member, require_person, signed_in
from lti_tool.demo_lms.config import DemoConfig
from lti_tool.demo_lms.keys import published_jwks, sign
from lti_tool.demo_lms.messages import launch_claims
from lti_tool.demo_lms.models import Link, Person
from lti_tool.demo_lms.state import behaviour, db, lms, now
from lti_tool.demo_lms.storage import storage_target

blueprint = Blueprint("oidc", __name__)

_HINT_SECONDS = 600


class AuthError(Exception):
    """An error the tool is told by a post to its redirect address."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Hint:
    """What the LMS wants to get back with the authorisation request: which link, opened where."""

    link_id: str
    target: str


@blueprint.get("/launch/<link_id>")
def launch(link_id: str) -> BaseResponse:
    link = db().get(Link, link_id) or abort(404)
    person = require_person()
    course_member(link.course_key, person)
    target = "window" if request.args.get("target") == "window" else "iframe"
    return redirect(_initiation_url(lms().config, person, Hint(link_id, target)))


def _initiation_url(config: DemoConfig, person: Person, hint: Hint) -> str:
    query = {
        "iss": config.issuer,
        "login_hint": person.sub,
        "target_link_uri": config.tool_launch_url,
        "lti_message_hint": lms().hints.dumps([hint.link_id, hint.target]),
        "client_id": config.client_id,
        "lti_deployment_id": config.deployment_id,
        **storage_target(behaviour()),
    }
    separator = "&" if "?" in config.tool_login_url else "?"
    return f"{config.tool_login_url}{separator}{urlencode(query)}"


@blueprint.route("/auth", methods=["GET", "POST"])
def authorise() -> Response:
    asked = request.values
    config = lms().config
    if asked.get("client_id") != config.client_id:
        abort(400, "No tool is registered here with this client_id.")
    # Nothing may be posted to an address that was not agreed on, not even an error.
    if asked.get("redirect_uri") != config.tool_launch_url:
        abort(400, "This redirect_uri is not the one the tool is registered with.")
    if signed_in() is None and "repost" not in asked:
        return _ask_again()
    try:
        fields = {"id_token": _id_token()}
    except AuthError as error:
        fields = {"error": error.code, "error_description": error.reason}
    if "state" in asked:
        fields["state"] = asked["state"]
    return _posting_page(config.tool_launch_url, fields)


def _ask_again() -> Response:
    """The browser withholds a SameSite=Lax cookie when the tool's page in a frame sends it here; a form of our own
    brings it along. Moodle does the same: https://github.com/moodle/moodle/blob/main/mod/lti/auth.php
    """
    return _posting_page("/auth", {**request.values.to_dict(), "repost": "1"})


def _posting_page(action: str, fields: dict[str, str]) -> Response:
    page = make_response(render_template("demo_lms/posting.html", action=action, fields=fields))
    page.headers["Cache-Control"] = "no-store"
    return page


def _id_token() -> str:
    _check_request()
    person = signed_in()
    if person is None:
        raise AuthError("login_required", "Nobody is signed in to the LMS.")
    if request.values.get("login_hint") != person.sub:
        raise AuthError("login_required", "Another person is signed in to the LMS now.")
    hint = _hint()
    link = db().get(Link, hint.link_id)
    member = next((member for member in link.course.members if member.sub == person.sub), None) if link else None
    if link is None or member is None:
        raise AuthError("access_denied", "The person signed in is not a member of this course.")
    claims = launch_claims(
        lms().config, behaviour(), link, member, nonce=request.values["nonce"], target=hint.target, at=now()
    )
    return sign(db(), claims)


def _check_request() -> None:
    asked = request.values
    if asked.get("response_type") != "id_token":
        raise AuthError("unsupported_response_type", "response_type must be id_token.")
    if asked.get("scope") != "openid":
        raise AuthError("invalid_scope", "scope must be openid.")
    for name, value in (("response_mode", "form_post"), ("prompt", "none")):
        if asked.get(name) != value:
            raise AuthError("invalid_request", f"{name} must be {value}.")
    for name in ("nonce", "login_hint"):
        if not asked.get(name):
            raise AuthError("invalid_request", f"{name} is missing.")


def _hint() -> Hint:
    try:
        link_id, target = lms().hints.loads(request.values.get("lti_message_hint", ""), max_age=_HINT_SECONDS)
    except BadSignature as error:
        raise AuthError("invalid_request", "lti_message_hint is not what the LMS sent, or too old.") from error
    return Hint(link_id, target)


@blueprint.get("/jwks")
def jwks() -> Response:
    return jsonify(published_jwks(db()))
