"""Sign-in of a person at the tool: the OpenID Connect flow started by the LMS, as LTI 1.3 restricts it.

https://www.imsglobal.org/spec/security/v1p0/#platform-originating-messages
"""

from urllib.parse import urlencode

from flask import Blueprint, Response, abort, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from lti_tool.demo_lms.access import course_member, require_person, require_teacher, signed_in
from lti_tool.demo_lms.keys import published_jwks, sign
from lti_tool.demo_lms.launches import Hint, HintInvalid, LaunchDenied, here, message_of, unseal
from lti_tool.demo_lms.messages import Message, claims_of
from lti_tool.demo_lms.models import Link, Tool
from lti_tool.demo_lms.posting import post_again, posting_page
from lti_tool.demo_lms.state import behaviour, db, lms, now
from lti_tool.demo_lms.storage import storage_target

blueprint = Blueprint("oidc", __name__)


class AuthError(Exception):
    """An error the tool is told by a post to its redirect address."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@blueprint.get("/launch/<link_id>")
def launch(link_id: str) -> BaseResponse:
    link = db().get(Link, link_id) or abort(404)
    course_member(link.course_key, require_person())
    return _open("link", link_id)


@blueprint.get("/launch/<course_key>/deep-linking/<client_id>")
def launch_placing(course_key: str, client_id: str) -> BaseResponse:
    require_teacher(course_key)
    return _open("placing", course_key, client_id)


@blueprint.get("/launch/<course_key>/review/<int:item_id>/<sub>")
def launch_review(course_key: str, item_id: int, sub: str) -> BaseResponse:
    require_teacher(course_key)
    return _open("review", course_key, str(item_id), sub)


def _open(opens: str, *ids: str) -> BaseResponse:
    target = "window" if request.args.get("target") == "window" else "iframe"
    hint = Hint(opens, ids, target)
    try:
        message = message_of(hint, require_person())
    except LaunchDenied as error:
        abort(404, str(error))
    return redirect(_initiation_url(message, hint))


def _initiation_url(message: Message, hint: Hint) -> str:
    tool = message.tool
    query = {
        "iss": lms().config.issuer,
        "login_hint": message.member.sub,
        "target_link_uri": message.target_link_uri,
        "lti_message_hint": hint.seal(),
        "client_id": tool.client_id,
        "lti_deployment_id": tool.deployment_id,
        **storage_target(behaviour()),
    }
    separator = "&" if "?" in tool.login_url else "?"
    return f"{tool.login_url}{separator}{urlencode(query)}"


@blueprint.route("/auth", methods=["GET", "POST"])
def authorise() -> Response:
    asked = request.values
    tool = db().get(Tool, asked.get("client_id", ""))
    if tool is None:
        abort(400, "No tool is registered here with this client_id.")
    # Nothing may be posted to an address that was not agreed on, not even an error.
    redirect_uri = asked.get("redirect_uri", "")
    if redirect_uri not in tool.redirect_uris:
        abort(400, "This redirect_uri is not one the tool is registered with.")
    if signed_in() is None and "repost" not in asked:
        return post_again("/auth")
    try:
        fields = {"id_token": _id_token(tool)}
    except AuthError as error:
        fields = {"error": error.code, "error_description": error.reason}
    if "state" in asked:
        fields["state"] = asked["state"]
    return posting_page(redirect_uri, fields)


def _id_token(tool: Tool) -> str:
    _check_request()
    person = signed_in()
    if person is None:
        raise AuthError("login_required", "Nobody is signed in to the LMS.")
    if request.values.get("login_hint") != person.sub:
        raise AuthError("login_required", "Another person is signed in to the LMS now.")
    try:
        hint = unseal(request.values.get("lti_message_hint", ""))
        message = message_of(hint, person)
    except HintInvalid as error:
        raise AuthError("invalid_request", str(error)) from error
    except LaunchDenied as error:
        raise AuthError("access_denied", str(error)) from error
    if message.tool is not tool:
        raise AuthError("unauthorized_client", "What the hint names is opened with another tool.")
    return sign(db(), claims_of(here(), message, nonce=request.values["nonce"], target=hint.target, at=now()))


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


@blueprint.get("/jwks")
def jwks() -> Response:
    return jsonify(published_jwks(db()))
