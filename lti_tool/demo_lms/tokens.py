"""Access tokens for the services: given for a signed assertion, asked for by every service.

https://www.imsglobal.org/spec/security/v1p0/#using-json-web-tokens-with-oauth-2-0-client-credentials-grant
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

import jwt
from flask import Blueprint, Response, g, jsonify, request
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from lti_tool.demo_lms.faults import stumble
from lti_tool.demo_lms.keys import ALGORITHM
from lti_tool.demo_lms.models import AccessToken, Tool, UsedAssertion
from lti_tool.demo_lms.refusal import Refusal
from lti_tool.demo_lms.state import behaviour, db, lms, now
from lti_tool.demo_lms.tools import KeyNotFoundError, issuing_tool, key_of
from lti_tool.demo_lms.vocabulary import DEPLOYMENT_ID

blueprint = Blueprint("tokens", __name__)

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TOKEN_SECONDS = 3600
_LEEWAY_SECONDS = 10
_OLDEST = timedelta(hours=1)


@blueprint.before_request
def _faults() -> None:
    stumble("token")


@blueprint.post("/token")
def token() -> Response:
    assertion = _assertion()
    tool = _client(assertion)
    claims = _verified(assertion, tool)
    scopes = _granted(tool, request.form.get("scope", ""))
    _use_up(claims)
    value = token_urlsafe(32)
    expires_at = now() + timedelta(seconds=TOKEN_SECONDS)
    db().add(AccessToken(digest=digest(value), scopes=scopes, expires_at=expires_at, client_id=tool.client_id))
    db().commit()
    return _answer(value, scopes)


def _assertion() -> str:
    if request.mimetype != "application/x-www-form-urlencoded":
        raise Refusal(400, "invalid_request", "The request must be form-encoded.")
    if request.form.get("grant_type") != "client_credentials":
        raise Refusal(400, "unsupported_grant_type", "grant_type must be client_credentials.")
    if request.form.get("client_assertion_type") != ASSERTION_TYPE:
        raise Refusal(400, "invalid_request", f"client_assertion_type must be {ASSERTION_TYPE}.")
    return request.form.get("client_assertion", "")


def _invalid_client(reason: str) -> Refusal:
    return Refusal(401, "invalid_client", reason)


def _client(assertion: str) -> Tool:
    try:
        tool = issuing_tool(assertion)
    except jwt.PyJWTError as error:
        raise _invalid_client(f"client_assertion: {error}") from error
    if tool is None:
        raise _invalid_client("client_assertion: no tool is registered here with this iss.")
    if not tool.active:
        raise _invalid_client("The administrator has not activated this tool yet.")
    return tool


def _verified(assertion: str, tool: Tool) -> Mapping[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            assertion,
            key_of(tool, assertion),
            algorithms=[ALGORITHM],
            audience=lms().config.token_url,
            issuer=tool.client_id,
            subject=tool.client_id,
            leeway=_LEEWAY_SECONDS,
            options={"require": ["iss", "sub", "aud", "iat", "exp", "jti"]},
        )
    except (jwt.PyJWTError, KeyNotFoundError) as error:
        raise _invalid_client(f"client_assertion: {error}") from error
    _check_age_and_deployment(claims, tool)
    return claims


def _check_age_and_deployment(claims: Mapping[str, Any], tool: Tool) -> None:
    if datetime.fromtimestamp(claims["iat"], UTC) < now() - _OLDEST:
        raise _invalid_client("client_assertion: issued too long ago.")
    if claims.get(DEPLOYMENT_ID, tool.deployment_id) != tool.deployment_id:
        raise _invalid_client("client_assertion: unknown deployment_id.")


def _granted(tool: Tool, asked: str) -> list[str]:
    scopes = [scope for scope in asked.split() if scope in tool.scopes]
    if not scopes:
        raise Refusal(400, "invalid_scope", "None of the scopes asked for may be granted.")
    return scopes


def _use_up(claims: Mapping[str, Any]) -> None:
    db().execute(delete(UsedAssertion).where(UsedAssertion.expires_at < now() - _OLDEST))
    db().execute(delete(AccessToken).where(AccessToken.expires_at < now()))
    db().add(UsedAssertion(jti=claims["jti"], expires_at=datetime.fromtimestamp(claims["exp"], UTC)))
    try:
        db().flush()
    except IntegrityError as error:
        raise _invalid_client("client_assertion: this jti was used before.") from error


def _answer(value: str, scopes: list[str]) -> Response:
    body = {"access_token": value, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "scope": " ".join(scopes)}
    answer = jsonify(body)
    answer.headers["Cache-Control"] = "no-store"
    if behaviour().token_as_html:
        answer.content_type = "text/html; charset=utf-8"
    return answer


def digest(value: str) -> str:
    return sha256(value.encode()).hexdigest()


def bearer() -> str:
    """The token that came with this request, or nothing."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    return value if kind.lower() == "bearer" else ""


def require_scope(*any_of: str) -> None:
    """Raises Refusal 401 without a token that is valid now, 403 when it carries none of the scopes."""
    found = db().get(AccessToken, digest(bearer()))
    tool = db().get(Tool, found.client_id) if found else None
    if found is None or tool is None or found.expires_at <= now():
        raise Refusal(401, "invalid_token", "No valid access token.", {"WWW-Authenticate": "Bearer"})
    if not set(any_of) & set(found.scopes):
        raise Refusal(403, "insufficient_scope", f"One of these scopes is needed: {' '.join(any_of)}.")
    g.calling_tool = tool
