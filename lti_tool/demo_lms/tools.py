"""The tools that are registered here, and what one of them may do."""

from collections.abc import Iterable

import jwt
from flask import g
from sqlalchemy import select

from lti_tool.demo_lms import vocabulary as v
from lti_tool.demo_lms.config import DemoConfig
from lti_tool.demo_lms.keys import KeysUnavailableError
from lti_tool.demo_lms.models import Tool
from lti_tool.demo_lms.state import behaviour, db, lms, now


def configured_tool(config: DemoConfig) -> Tool:
    """The tool that both sides know from the start."""
    return Tool(
        client_id=config.client_id,
        deployment_id=config.deployment_id,
        name="Training tool",
        about="Trains learning assistants. It came with this learning platform.",
        login_url=config.tool_login_url,
        launch_url=config.tool_launch_url,
        jwks_url=config.tool_jwks_url,
        redirect_uris=[config.tool_launch_url],
        scopes=list(v.SCOPES),
        messages=[{"type": message_type} for message_type in v.MESSAGE_TYPES],
        custom={},
        active=True,
        added_at=now(),
    )


def all_tools() -> list[Tool]:
    return list(db().scalars(select(Tool).order_by(Tool.added_at, Tool.client_id)))


def active_tools() -> list[Tool]:
    return [tool for tool in all_tools() if tool.active]


def origins_of(tools: Iterable[Tool]) -> list[str]:
    return sorted({origin for tool in tools for origin in tool.origins})


class KeyNotFoundError(Exception):
    """The message says why, to whoever sent the token."""


def key_of(tool: Tool, token: str) -> jwt.PyJWK:
    """The public key that the token names; raises KeyNotFoundError, or a PyJWTError for what is no token."""
    kid = jwt.get_unverified_header(token).get("kid")
    if kid is None:
        raise KeyNotFoundError("no kid in the header.")
    try:
        key = lms().tool_keys.find(tool.jwks_url, kid, behaviour().tool_jwks_cache_seconds)
    except KeysUnavailableError as error:
        raise KeyNotFoundError("the JWKS of the tool could not be read.") from error
    if key is None:
        raise KeyNotFoundError("the kid is not in the JWKS of the tool.")
    return key


def issuing_tool(token: str) -> Tool | None:
    """The tool that the token says it is from; the signature is still to be checked.

    Raises a PyJWTError for what is no token.
    """
    issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
    return db().get(Tool, issuer) if isinstance(issuer, str) else None


def calling_tool() -> Tool:
    """The tool whose access token came with this request, once `require_scope` has seen it."""
    tool: Tool = g.calling_tool
    return tool
