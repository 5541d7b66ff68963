"""Checks what a tool sends back after placing content, without mercy: every mistake has a sentence of its own.

https://www.imsglobal.org/spec/lti-dl/v2p0#deep-linking-response-message
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError

from lti_tool.demo_lms import vocabulary as v
from lti_tool.demo_lms.behaviour import Behaviour
from lti_tool.demo_lms.content_items import LINK_TYPE, LinkItem
from lti_tool.demo_lms.deep_linking_settings import is_data_of
from lti_tool.demo_lms.keys import ALGORITHM
from lti_tool.demo_lms.models import Membership, Tool, UsedAssertion
from lti_tool.demo_lms.state import behaviour, db, lms
from lti_tool.demo_lms.tools import KeyNotFoundError, issuing_tool, key_of

_LEEWAY_SECONDS = 10
_LONGEST_LIFE = timedelta(hours=1)
Claims = dict[str, Any]


class ResponseRefused(Exception):
    """The message tells the developer of the tool what is wrong."""


@dataclass(frozen=True)
class Response:
    """`left_out` counts items of a kind that the LMS said it takes and has no place for."""

    tool: Tool
    items: list[LinkItem]
    left_out: int
    message: str
    error: str


def verified(token: str, member: Membership) -> Response:
    """What the teacher `member` chose in the tool; raises ResponseRefused."""
    if not token:
        raise ResponseRefused("The form has no field JWT.")
    tool, claims = _verified_claims(token)
    _check_message(claims, tool)
    _check_data(claims, tool, member)
    chosen = _content_items(claims)
    _check_accepted(chosen, behaviour())
    links = [_link(number, item) for number, item in enumerate(chosen, start=1) if item["type"] == LINK_TYPE]
    _check_links(links, tool, behaviour())
    response = Response(tool, links, len(chosen) - len(links), _text(claims, v.MSG), _text(claims, v.ERROR_MSG))
    _use_up(claims, tool)
    return response


def _verified_claims(token: str) -> tuple[Tool, Claims]:
    try:
        tool = issuing_tool(token)
        if tool is None:
            raise ResponseRefused("iss is not the client_id of a tool that is registered here.")
        claims: Claims = jwt.decode(
            token,
            key_of(tool, token),
            algorithms=[ALGORITHM],
            audience=lms().config.issuer,
            issuer=tool.client_id,
            leeway=_LEEWAY_SECONDS,
            options={"require": ["iss", "aud", "iat", "exp", "nonce"]},
        )
    except (jwt.PyJWTError, KeyNotFoundError) as error:
        raise ResponseRefused(f"The token is not valid: {error}") from error
    return tool, claims


def _check_message(claims: Claims, tool: Tool) -> None:
    expected = {
        v.MESSAGE_TYPE: v.DEEP_LINKING_RESPONSE,
        v.VERSION: "1.3.0",
        v.DEPLOYMENT_ID: tool.deployment_id,
    }
    for name, value in expected.items():
        if claims.get(name) != value:
            raise ResponseRefused(f"{_short(name)} must be {value}.")
    if not isinstance(claims["nonce"], str) or not claims["nonce"]:
        raise ResponseRefused("nonce must be text.")
    if claims["exp"] - claims["iat"] > _LONGEST_LIFE.total_seconds():
        raise ResponseRefused("exp must not be more than an hour after iat.")
    if not tool.active:
        raise ResponseRefused("The administrator has not activated this tool yet.")


def _check_data(claims: Claims, tool: Tool, member: Membership) -> None:
    if not behaviour().deep_linking_data:
        if v.DATA in claims:
            raise ResponseRefused("data must be left out, as the request had none.")
        return
    data = claims.get(v.DATA)
    if not isinstance(data, str) or not is_data_of(data, tool, member):
        raise ResponseRefused("data must be what the request said, for this course and person, not older than an hour.")


def _content_items(claims: Claims) -> list[Claims]:
    items = claims.get(v.CONTENT_ITEMS, [])
    if not isinstance(items, list):
        raise ResponseRefused("content_items must be a list.")
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get("type"), str):
            raise ResponseRefused("Each of content_items must be an object with a type.")
    return items


def _check_accepted(items: list[Claims], habits: Behaviour) -> None:
    if len(items) > 1 and not habits.accept_multiple:
        raise ResponseRefused("Only one item was asked for (accept_multiple).")
    for item in items:
        if item["type"] not in habits.accept_types:
            raise ResponseRefused(f"Items of the type {item['type']} were not asked for (accept_types).")


def _link(number: int, item: Claims) -> LinkItem:
    try:
        return LinkItem.model_validate(item)
    except ValidationError as error:
        wrong = error.errors()[0]
        where = ".".join(str(part) for part in wrong["loc"])
        raise ResponseRefused(f"content_items, number {number}: {where}: {wrong['msg']}.") from error


def _check_links(links: list[LinkItem], tool: Tool, habits: Behaviour) -> None:
    for link in links:
        if link.line_item and not habits.accept_lineitem:
            raise ResponseRefused("Line items were not asked for (accept_lineitem).")
        if link.url and not any(link.url == origin or link.url.startswith(f"{origin}/") for origin in tool.origins):
            raise ResponseRefused(f"{link.url} is not an address of the tool.")
        _check_targets(link, habits)


def _check_targets(link: LinkItem, habits: Behaviour) -> None:
    wanted = {"iframe": link.iframe, "window": link.window}
    for target, size in wanted.items():
        if size and target not in habits.accept_targets:
            raise ResponseRefused(f"The target {target} was not offered (accept_presentation_document_targets).")


def _use_up(claims: Claims, tool: Tool) -> None:
    nonce = f"{tool.client_id} {claims['nonce']}"
    # As long as the token would be taken, with its leeway.
    expires_at = datetime.fromtimestamp(claims["exp"], UTC) + timedelta(seconds=_LEEWAY_SECONDS)
    db().add(UsedAssertion(jti=nonce, expires_at=expires_at))
    try:
        db().flush()
    except IntegrityError as error:
        db().rollback()
        raise ResponseRefused("nonce was used before: this answer has been taken already.") from error


def _text(claims: Claims, name: str) -> str:
    text = claims.get(name, "")
    if not isinstance(text, str):
        raise ResponseRefused(f"{_short(name)} must be text.")
    return text


def _short(name: str) -> str:
    return name.rsplit("/", 1)[-1]
