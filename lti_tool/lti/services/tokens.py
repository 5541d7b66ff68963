"""Access tokens for a platform's services.

https://www.imsglobal.org/spec/security/v1p0/#using-json-web-tokens-with-oauth-2-0-client-credentials-grant
"""

from __future__ import annotations

import math
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import jwt

from lti_tool.http import Answer, OutgoingError, Sender
from lti_tool.lti.services.registration import Client

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DEPLOYMENT_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/deployment_id"
ASSERTION_SECONDS = 60
# A token is given up this long before it expires, so that none expires on its way.
MARGIN_SECONDS = 60.0
# What a platform means that does not say; a wrong guess costs one 401.
USUAL_SECONDS = 3600.0

_Key = tuple[int, str, tuple[str, ...]]


class TokenRefused(OutgoingError):
    """The platform does not give us a token; the error's other fields are those of the request for it."""

    def __init__(self, cause: OutgoingError) -> None:
        # A page of good cheer in place of a token (maintenance, say) passes; a refusal stays.
        passing = cause.retry or (cause.status is not None and cause.status < 300)
        super().__init__(
            f"no access token: {cause}",
            retry=passing,
            status=cause.status,
            retry_after=cause.retry_after,
            body=cause.body,
        )


@dataclass(frozen=True, slots=True, repr=False)
class _Token:
    value: str
    # On the clock of the cache.
    fresh_until: float


@dataclass(slots=True)
class _Slot:
    lock: threading.Lock = field(default_factory=threading.Lock)
    token: _Token | None = None


class TokenCache:
    """The tokens of one process, shared between its threads: whoever comes while one is fetched waits for it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._slots: dict[_Key, _Slot] = {}
        self._lock = threading.Lock()

    def get(self, client: Client, scopes: Sequence[str], send: Sender, *, instead_of: str | None = None) -> str:
        """A token for exactly these scopes; never the one in `instead_of`, which the platform did not accept."""
        slot = self._slot((client.platform_id, client.deployment_id, tuple(sorted(scopes))))
        with slot.lock:
            token = slot.token
            if token is None or token.value == instead_of or token.fresh_until <= self._clock():
                token = slot.token = self._fetch(client, scopes, send)
            return token.value

    def _slot(self, key: _Key) -> _Slot:
        with self._lock:
            return self._slots.setdefault(key, _Slot())

    def _fetch(self, client: Client, scopes: Sequence[str], send: Sender) -> _Token:
        asked = self._clock()
        try:
            answer = send("POST", client.token_url, data=_request(client, scopes))
            value, seconds = _token_in(answer)
        except OutgoingError as error:
            raise TokenRefused(error) from error
        return _Token(value, asked + seconds - MARGIN_SECONDS)


def _request(client: Client, scopes: Sequence[str]) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion(client),
        "scope": " ".join(sorted(scopes)),
    }


def assertion(client: Client) -> str:
    """The signed statement that we are this client; good once, for a minute."""
    moment = int(time.time())
    claims = {
        "iss": client.client_id,
        "sub": client.client_id,
        "aud": client.token_audience or client.token_url,
        "jti": secrets.token_urlsafe(16),
        # The platform's clock may be a little behind ours.
        "iat": moment - 5,
        "exp": moment + ASSERTION_SECONDS,
    }
    if client.deployment_id:
        claims[DEPLOYMENT_CLAIM] = client.deployment_id
    return jwt.encode(claims, client.key.private_key, algorithm="RS256", headers={"kid": client.key.kid})


def _token_in(answer: Answer) -> tuple[str, float]:
    """The token and for how many seconds it is good. Raises `OutgoingError` where there is none."""
    body = answer.json()
    value = body.get("access_token") if isinstance(body, dict) else None
    if not isinstance(value, str) or not value:
        raise OutgoingError("no access_token in the answer", retry=False, status=answer.status)
    return value, _seconds(body.get("expires_in"))


def _seconds(expires_in: object) -> float:
    try:
        seconds = float(str(expires_in))
    except ValueError:
        return USUAL_SECONDS
    return seconds if math.isfinite(seconds) else USUAL_SECONDS
