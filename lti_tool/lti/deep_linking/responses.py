"""The signed answer to a Deep Linking request. https://www.imsglobal.org/spec/lti-dl/v2p0#deep-linking-response-message

pylti1p3's own has fields of null, which platforms trip over, and no place for most of what a link can say.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import jwt
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.lti.claims import CLAIM
from lti_tool.lti.keys import signing_key
from lti_tool.lti.models import DeepLinkingRequest, Deployment, Platform

_DEEP_LINKING_CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"
# As long as a launch may take.
_LIFETIME = timedelta(minutes=5)


def request_of(session: Session, visit_id: int) -> DeepLinkingRequest:
    """What the platform asked for when it opened this visit, which is one for placing."""
    return session.get_one(DeepLinkingRequest, visit_id)


def signed_response(
    session: Session, request: DeepLinkingRequest, items: Sequence[dict[str, Any]], message: str | None = None
) -> str:
    """The token to post to the request's return address. `message` is for the person, if the platform shows it.

    Each has a nonce of its own, so answering twice is for the platform to judge.
    """
    key = signing_key(session)
    if key is None:
        raise RuntimeError("a platform is registered, but there is no key to sign with")
    claims = {**_envelope(session, request), f"{_DEEP_LINKING_CLAIM}content_items": list(items)}
    if request.data is not None:
        claims[f"{_DEEP_LINKING_CLAIM}data"] = request.data
    if message is not None:
        claims[f"{_DEEP_LINKING_CLAIM}msg"] = message
    return jwt.encode(claims, key.private_key, "RS256", headers={"kid": key.kid})


def _envelope(session: Session, request: DeepLinkingRequest) -> dict[str, Any]:
    """Who says it to whom: the parts of a launch are exchanged, we are the issuer now."""
    platform = session.execute(
        select(Platform.issuer, Platform.client_id, Deployment.deployment_id)
        .join(Deployment, Deployment.platform_id == Platform.id)
        .where(Deployment.id == request.deployment_id)
    ).one()
    moment = now()
    return {
        "iss": platform.client_id,
        "aud": platform.issuer,
        "iat": int(moment.timestamp()),
        "exp": int((moment + _LIFETIME).timestamp()),
        "nonce": secrets.token_urlsafe(24),
        f"{CLAIM}deployment_id": platform.deployment_id,
        f"{CLAIM}message_type": "LtiDeepLinkingResponse",
        f"{CLAIM}version": "1.3.0",
    }
