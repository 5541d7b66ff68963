"""The state of a login: a sealed statement that travels through the platform and back, so that nothing is stored.

It binds the launch to the registration, the nonce and the target link of its login for five minutes. A proof that only
the browser holds, in a cookie or kept by the platform's page around it, binds it to the browser, and the launch's
transaction spends the nonce.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import astuple, dataclass
from datetime import timedelta

from lti_tool.database import now

LIFETIME = timedelta(minutes=5)


class StateInvalid(Exception):
    """`reason` is a code: "malformed", "forged" or "expired"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class LoginState:
    """What the login knew. `expires_at` is in whole seconds since 1970 (UTC)."""

    platform_id: int
    nonce: str
    expires_at: int
    target_link_uri: str
    # What a new window needs to begin the same login again.
    login_hint: str
    lti_message_hint: str | None
    # The platform's frame that keeps the proof of the browser, where the login named one.
    storage_target: str | None = None

    def login_parameters(self, issuer: str, client_id: str) -> dict[str, str]:
        """What begins the same login again, without the storage: a new window is not in the platform's page."""
        parameters = {
            "iss": issuer,
            "client_id": client_id,
            "login_hint": self.login_hint,
            "lti_message_hint": self.lti_message_hint,
            "target_link_uri": self.target_link_uri,
        }
        return {name: value for name, value in parameters.items() if value}


def new_state(
    platform_id: int,
    target_link_uri: str,
    login_hint: str,
    lti_message_hint: str | None,
    storage_target: str | None = None,
) -> LoginState:
    nonce = secrets.token_urlsafe(24)
    expires_at = int((now() + LIFETIME).timestamp())
    return LoginState(platform_id, nonce, expires_at, target_link_uri, login_hint, lti_message_hint, storage_target)


def seal(state: LoginState, secret: str) -> str:
    """The state as URL-safe text that only a holder of `secret` can make."""
    # Hints are long and repeat themselves, and the whole must fit into an address.
    body = urlsafe_b64encode(zlib.compress(json.dumps(astuple(state)).encode())).rstrip(b"=").decode()
    return f"{body}.{_mac(secret, 'state', body)}"


def unseal(sealed: str, secret: str) -> LoginState:
    """Raises `StateInvalid`."""
    body, _, mac = sealed.partition(".")
    if not body.isascii() or not mac.isascii() or not mac:
        raise StateInvalid("malformed")
    if not hmac.compare_digest(mac, _mac(secret, "state", body)):
        raise StateInvalid("forged")
    state = LoginState(*json.loads(zlib.decompress(urlsafe_b64decode(body + "=" * (-len(body) % 4)))))
    if state.expires_at <= now().timestamp():
        raise StateInvalid("expired")
    return state


def proof_name(state: str) -> str:
    """What the proof of the login with this state is kept under, in a cookie or by the platform."""
    # The seal is random enough for a name and too long to be one.
    return f"lti-state-{state[-16:]}"


def browser_proof(sealed: str, secret: str) -> str:
    """What the browser that began this login holds: whoever only saw the state cannot make it."""
    return _mac(secret, "browser", sealed)


def is_proof(value: str, sealed: str, secret: str) -> bool:
    return hmac.compare_digest(value.encode(), browser_proof(sealed, secret).encode())


def _mac(secret: str, purpose: str, text: str) -> str:
    digest = hmac.digest(secret.encode(), f"{purpose}:{text}".encode(), hashlib.sha256)
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
