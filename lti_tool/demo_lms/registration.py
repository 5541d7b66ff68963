"""Tools that register themselves: what they learn of the LMS, and where they tell it about themselves.

https://www.imsglobal.org/spec/lti-dr/v1p0
"""

from datetime import timedelta
from secrets import token_hex, token_urlsafe
from typing import Any

from flask import Blueprint, Response, jsonify, request
from pydantic import ValidationError

from lti_tool.demo_lms import vocabulary as v
from lti_tool.demo_lms.keys import ALGORITHM
from lti_tool.demo_lms.models import RegistrationToken, Tool
from lti_tool.demo_lms.refusal import Refusal
from lti_tool.demo_lms.registration_body import RegistrationBody
from lti_tool.demo_lms.state import behaviour, db, lms, now
from lti_tool.demo_lms.tokens import bearer, digest

blueprint = Blueprint("registration", __name__)

VALID_FOR = timedelta(hours=1)
_CLAIMS = ["sub", "iss", "name", "given_name", "family_name", "email", "locale"]
_VARIABLES: list[str] = []


def new_token(client_id: str | None) -> str:
    """Lets a tool register once; `client_id` is the tool that does so anew."""
    value = token_urlsafe(32)
    db().add(RegistrationToken(digest=digest(value), expires_at=now() + VALID_FOR, client_id=client_id))
    return value


def _require_token() -> RegistrationToken | None:
    """None where the LMS is one that gives out none; raises Refusal 401 for one that is wrong, used or too old."""
    if not behaviour().registration_token:
        return None
    found = db().get(RegistrationToken, digest(bearer()))
    if found is None or found.expires_at <= now():
        raise Refusal(
            401,
            "invalid_token",
            "No valid registration token: it is good once, for an hour.",
            {"WWW-Authenticate": "Bearer"},
        )
    return found


@blueprint.get("/.well-known/openid-configuration")
def openid_configuration() -> Response:
    _require_token()
    config = lms().config
    return jsonify(
        {
            "issuer": config.issuer,
            "authorization_endpoint": config.authorisation_url,
            "token_endpoint": config.token_url,
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": [ALGORITHM],
            "jwks_uri": config.jwks_url,
            "registration_endpoint": config.registration_url,
            "scopes_supported": ["openid", *v.SCOPES],
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "claims_supported": _CLAIMS,
            v.PLATFORM_CONFIGURATION: {
                "product_family_code": "demo-lms",
                "version": "1",
                "messages_supported": [{"type": message_type} for message_type in v.MESSAGE_TYPES],
                "variables": _VARIABLES,
            },
        }
    )


@blueprint.post("/register")
def register() -> Response:
    token = _require_token()
    _refuse_if_told_to()
    body = _body()
    tool = _tool_for(token)
    _fill(tool, body)
    db().add(tool)
    if token:
        db().delete(token)
    db().commit()
    return jsonify(_as_json(tool, body))


def _refuse_if_told_to() -> None:
    status = behaviour().registration_status
    if status != 200:
        raise Refusal(status, "invalid_client_metadata", "This learning platform takes no tools at the moment.")


def _body() -> RegistrationBody:
    if request.mimetype != "application/json":
        raise Refusal(415, "unsupported_media_type", "Content-Type must be application/json.")
    try:
        return RegistrationBody.model_validate_json(request.get_data())
    except ValidationError as error:
        raise Refusal(400, "invalid_client_metadata", f"The registration: {error}") from error


def _tool_for(token: RegistrationToken | None) -> Tool:
    """The one that registers anew, which stays as open or shut as it was; else another one, which is shut."""
    known = db().get(Tool, token.client_id) if token and token.client_id else None
    return known or Tool(client_id=token_urlsafe(12), deployment_id=token_hex(6), active=False, added_at=now())


def _fill(tool: Tool, body: RegistrationBody) -> None:
    withheld = behaviour().withheld_scopes
    asked = body.scope.split()
    tool.name = body.client_name
    tool.about = body.tool_configuration.description or ""
    tool.login_url = body.initiate_login_uri
    tool.launch_url = body.tool_configuration.target_link_uri
    tool.jwks_url = body.jwks_uri
    tool.redirect_uris = body.redirect_uris
    tool.scopes = [scope for scope in v.SCOPES if scope in asked and scope.rsplit("/", 1)[-1] not in withheld]
    tool.messages = [message for message in body.messages if message["type"] in v.MESSAGE_TYPES]
    tool.custom = body.tool_configuration.custom_parameters or {}


def _as_json(tool: Tool, body: RegistrationBody) -> dict[str, Any]:
    """The registration as it was kept, which may be less than was asked for."""
    told = body.model_dump(by_alias=True, exclude_none=True)
    where = behaviour().registered_deployment
    configuration = {**told[v.TOOL_CONFIGURATION], "messages": tool.messages}
    if where == "tool_configuration":
        configuration["deployment_id"] = tool.deployment_id
    return {
        **told,
        "client_id": tool.client_id,
        "scope": " ".join(tool.scopes),
        v.TOOL_CONFIGURATION: configuration,
        **({"deployment_id": tool.deployment_id} if where == "top_level" else {}),
    }
