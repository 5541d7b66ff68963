"""Tries a platform's addresses as launches and services do, and says in plain words what is wrong with which."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import requests
from sqlalchemy import select
from sqlalchemy.orm import Session
from urllib3.exceptions import NameResolutionError, ReadTimeoutError, SSLError

from lti_tool.errors import NotFound
from lti_tool.guard import AddressRefused
from lti_tool.http import OutgoingError, Sender
from lti_tool.lti.keys import signing_key
from lti_tool.lti.keysets import KeySetUnreadable, read_keys
from lti_tool.lti.models import Deployment, DeploymentStatus, Platform
from lti_tool.lti.services.grades import SCORE_SCOPE
from lti_tool.lti.services.registration import Client
from lti_tool.lti.services.roster import ROSTER_SCOPE
from lti_tool.lti.services.tokens import TokenCache
from lti_tool.texts import gettext as _

# Somebody waits for the page.
_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked, as plain values: no transaction stays open meanwhile. `client` is None while we have no key."""

    jwks_url: str
    token_url: str
    client: Client | None


@dataclass(frozen=True, slots=True)
class Step:
    """`fine` is None for what was not tried; `advice` is empty where nothing needs to be done."""

    title: str
    fine: bool | None
    finding: str
    advice: str = ""


def target_of(session: Session, platform_id: int) -> Target:
    """Raises `NotFound`."""
    platform = session.get(Platform, platform_id)
    if platform is None:
        raise NotFound("no such platform")
    key = signing_key(session)
    deployment_id = session.scalar(_deployment_of(platform_id))
    values = (platform.id, platform.client_id, platform.token_url, platform.token_audience, deployment_id or "")
    return Target(platform.jwks_url, platform.token_url, Client(*values, key) if key else None)


def probe(target: Target, send: Sender) -> list[Step]:
    """Asks the platform, three times at most; not within a transaction."""
    hurried = partial(send, seconds=_SECONDS)
    steps = [_key_set(target, hurried)]
    if target.client is None:
        missing = _("We have no key of our own yet, so nothing can be signed.")
        return [*steps, Step(_token_title(), False, missing, _("Make one on the server: lti-tool keys rotate"))]
    return [*steps, *_tokens(target.client, hurried)]


def _deployment_of(platform_id: int) -> Any:
    approved = Deployment.status == DeploymentStatus.APPROVED
    found = select(Deployment.deployment_id).where(Deployment.platform_id == platform_id)
    return found.order_by(approved.desc(), Deployment.id).limit(1)


def _key_set(target: Target, send: Sender) -> Step:
    title = _("The platform's public keys")
    try:
        answer = send("GET", target.jwks_url, headers={"Accept": "application/json"})
        keys = read_keys(answer.json())
    except OutgoingError as error:
        return Step(title, False, *_trouble(error, _("public key set URL")))
    except (KeySetUnreadable, RecursionError):
        finding = _("The address answers with JSON, but that is no set of keys.")
        return Step(title, False, finding, _check_address(_("public key set URL")))
    if not keys:
        finding = _("The set of keys is there, but holds none that fits: RSA of at least 2048 bits, with an id.")
        return Step(title, False, finding, _("Ask the platform's administrators to make a new key."))
    return Step(title, True, _("They can be read, so launches can be verified."))


def _tokens(client: Client, send: Sender) -> Iterator[Step]:
    tokens, rights = TokenCache(), ((_("for results"), SCORE_SCOPE), (_("for the list of participants"), ROSTER_SCOPE))
    refused: OutgoingError | None = None
    for purpose, scope in rights:
        title = f"{_token_title()}, {purpose}"
        if refused is not None and _code(refused) != "invalid_scope":
            yield Step(title, None, _("Not tried, because the one before was refused."))
            continue
        try:
            tokens.get(client, [scope], send)
        except OutgoingError as error:
            refused = error
            yield Step(title, False, *_token_trouble(error))
        else:
            yield Step(title, True, _("The platform gives us one."))


def _token_title() -> str:
    return _("Access token")


def _token_trouble(error: OutgoingError) -> tuple[str, str]:
    """What was found and what to do about it."""
    code = _code(error)
    if code in _REFUSALS:
        return _REFUSALS[code]()
    return _trouble(error, _("access token URL"))


def _invalid_client() -> tuple[str, str]:
    return (
        _("The platform does not recognise us (invalid_client)."),
        _(
            "Compare the client ID. Then look there whether our public key set URL is entered and the tool is switched "
            "on: a platform that does not know our key set yet answers like this. After a change it may take some "
            "minutes."
        ),
    )


def _invalid_scope() -> tuple[str, str]:
    return (
        _("The platform knows us, but does not allow this service (invalid_scope)."),
        _("Allow it in the tool's settings there, if the platform offers it. Everything else works without it."),
    )


def _invalid_request() -> tuple[str, str]:
    return (
        _("The platform does not accept how we ask (invalid_request or invalid_grant)."),
        _("Compare the token audience and the access token URL with what the platform shows."),
    )


_REFUSALS = {
    "invalid_client": _invalid_client,
    "unauthorized_client": _invalid_client,
    "invalid_scope": _invalid_scope,
    "invalid_request": _invalid_request,
    "invalid_grant": _invalid_request,
}


def _trouble(error: OutgoingError, address: str) -> tuple[str, str]:
    """What was found and what to do about it; `address` names the field."""
    causes = _causes(error)
    for kind, words in _CAUSES.items():
        if any(isinstance(cause, kind) for cause in causes):
            return words(address)
    return _status_trouble(error.status, address)


def _status_trouble(status: int | None, address: str) -> tuple[str, str]:
    if status is None or 200 <= status < 300:
        return _("Something answers there, but not what was asked for."), _check_address(address)
    if 300 <= status < 400:
        finding = _("The address leads on to another one (status %(status)s), which is not followed.", status=status)
        return finding, _("Enter the address that it leads to.")
    if status == 404:
        return _("There is nothing at this address (status 404)."), _check_address(address)
    if status >= 500 or status == 429:
        finding = _("The platform has trouble of its own (status %(status)s).", status=status)
        return finding, _("Try again later. If this goes on, tell the platform's administrators.")
    finding = _("The platform refuses the request (status %(status)s).", status=status)
    return finding, _check_address(address)


def _guarded(address: str) -> tuple[str, str]:
    return (
        _("This address is not asked: its host is on an internal network, or it does not begin with https://."),
        _(
            "If the platform is on your own network, whoever runs the server adds its host name to the setting "
            "LTI_TOOL_INTERNAL_HOSTS."
        ),
    )


def _unnamed(address: str) -> tuple[str, str]:
    finding = _("There is no such host: its name cannot be resolved.")
    return finding, _("Look for a typing mistake in the %(address)s, or in the server's name service.", address=address)


def _uncertified(address: str) -> tuple[str, str]:
    finding = _("The secure connection fails: this server does not trust the platform's certificate.")
    return finding, _("Ask the platform's administrators to check the certificate, with its intermediate certificates.")


def _late(address: str) -> tuple[str, str]:
    finding = _("No answer came in time.")
    return finding, _(
        "Try again. If this goes on, see whether a firewall keeps this server from reaching the platform."
    )


def _unreachable(address: str) -> tuple[str, str]:
    finding = _("The connection is refused or breaks off: nobody answers there.")
    advice = _("Look at host and port of the %(address)s, and whether a firewall stands in between.", address=address)
    return finding, advice


def _no_json(address: str) -> tuple[str, str]:
    return _("The answer was a web page, not data (no JSON)."), _check_address(address)


def _malformed(address: str) -> tuple[str, str]:
    return _("That is no address."), _check_address(address)


# The first that fits counts, so what is special stands above what is general.
_CAUSES: dict[type[BaseException] | tuple[type[BaseException], ...], Callable[[str], tuple[str, str]]] = {
    AddressRefused: _guarded,
    NameResolutionError: _unnamed,
    (ssl.SSLError, SSLError): _uncertified,
    (TimeoutError, ReadTimeoutError): _late,
    requests.exceptions.ConnectionError: _unreachable,
    requests.exceptions.InvalidURL: _malformed,
    (json.JSONDecodeError, UnicodeDecodeError): _no_json,
}


def _causes(error: BaseException) -> list[BaseException]:
    """Libraries wrap what happened, one around the other, each in its own way."""
    chain: list[BaseException] = []
    pending: list[Any] = [error]
    while pending:
        found = pending.pop()
        if isinstance(found, BaseException) and found not in chain:
            chain.append(found)
            pending += [found.__cause__, found.__context__, getattr(found, "reason", None), *found.args]
    return chain


def _check_address(address: str) -> str:
    return _("Compare the %(address)s with what the platform shows.", address=address)


def _code(error: OutgoingError) -> str:
    """The error that the platform names. https://www.rfc-editor.org/rfc/rfc6749#section-5.2"""
    try:
        body = json.loads(error.body)
    except (ValueError, RecursionError):
        return ""
    code = body.get("error") if isinstance(body, dict) else None
    return code if isinstance(code, str) else ""
