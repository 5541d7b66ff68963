"""The login that a platform begins: pylti1p3's, with a state that needs no storage and a cookie that frames accept.

https://www.imsglobal.org/spec/security/v1p0/#platform-originating-messages
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Request, Response
from pylti1p3.contrib.flask.cookie import FlaskCookieService
from pylti1p3.contrib.flask.oidc_login import FlaskOIDCLogin
from pylti1p3.contrib.flask.request import FlaskRequest
from pylti1p3.session import SessionService
from werkzeug.datastructures import MultiDict

from lti_tool.lti.refusals import LaunchOutdated, LaunchRefused, LinkRefused
from lti_tool.lti.registrations import PlatformRegistration, Registrations
from lti_tool.lti.state import (
    LoginState,
    StateInvalid,
    browser_proof,
    is_proof,
    new_state,
    proof_name,
    seal,
    unseal,
)
from lti_tool.lti.storage import keeping_page, storage_frame
from lti_tool.settings import Settings

STATE_PREFIX = "state-"
# An address holds about 8,000 characters, and both the hint and the state that repeats it stand in one.
_LONGEST_VALUE = 2500
_LONGEST_FRAME_NAME = 255


class Parameters(FlaskRequest):
    """The parameters of the request in hand, each at most once (OAuth 2.0, RFC 6749, 3.1).

    `from_own_page` is the browser's word that a page of ours sent them.
    """

    def __init__(self, request: Request, settings: Settings) -> None:
        self._values: MultiDict[str, str] = request.args if request.method == "GET" else request.form
        self.from_own_page = request.headers.get("Sec-Fetch-Site") == "same-origin"
        # Behind a proxy the request itself does not know.
        super().__init__(request.cookies, None, self._values, settings.secure)  # type: ignore[no-untyped-call]

    def get_param(self, key: str) -> str:
        """The value, or an empty string; raises `LinkRefused` for a parameter that is repeated."""
        found = self._values.getlist(key)
        if len(found) > 1:
            raise LinkRefused(f"{key}-repeated")
        return found[0] if found else ""


# Logins happen in the platform's frame, where browsers keep other cookies back.
_ATTRIBUTES: dict[str, Any] = {
    "path": "/",
    "secure": True,
    "httponly": True,
    "samesite": "None",
    "partitioned": True,
}


class StateCookies(FlaskCookieService):
    """One cookie per login, so that logins in several tabs do not touch each other."""

    def __init__(self, parameters: Parameters, settings: Settings) -> None:
        super().__init__(parameters)  # type: ignore[no-untyped-call]
        self._parameters = parameters
        self._settings = settings
        self._to_set: dict[str, tuple[str, int | None]] = {}

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> None:
        """Have the browser hold the proof of having begun the login with the state `value`."""
        self._to_set[self._key(name)] = (browser_proof(str(value), self._settings.secret_key), exp)

    def get_cookie(self, name: str) -> str | None:
        """The state itself, if this browser holds the proof of having begun it."""
        held = self._parameters.get_cookie(self._key(name)) or ""  # type: ignore[no-untyped-call]
        return name if is_proof(held, name, self._settings.secret_key) else None

    def update_response(self, response: Response) -> None:
        for key, (value, seconds) in self._to_set.items():
            response.set_cookie(key, value, max_age=seconds, **_ATTRIBUTES)

    def forget(self, name: str, response: Response) -> None:
        response.delete_cookie(self._key(name), **_ATTRIBUTES)

    def _key(self, state: str) -> str:
        # Browsers hold the prefix to https, path / and no domain; over plain http (development) they refuse it.
        return f"{'__Host-' if self._settings.secure else ''}{proof_name(state)}"


class SealedSessions(SessionService):
    """What the library would store between login and launch is in the sealed state, or not needed at all."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.state: LoginState | None = None

    def check_state_is_valid(self, state: str, _id_token_hash: str) -> bool:
        """Opens the state; raises a refusal that says what is wrong with it."""
        try:
            self.state = unseal(state.removeprefix(STATE_PREFIX), self._settings.secret_key)
        except StateInvalid as error:
            refusal = LaunchOutdated if error.reason == "expired" else LaunchRefused
            raise refusal(f"state-{error.reason}") from error
        return True

    def check_nonce(self, nonce: str) -> bool:
        return self.state is not None and nonce == self.state.nonce

    def save_nonce(self, nonce: str) -> None:
        """It is in the state; the launch spends it."""

    def save_launch_data(self, key: str, jwt_body: Mapping[str, Any]) -> None:
        """The launch's transaction keeps what is worth keeping."""

    def set_state_valid(self, state: str, id_token_hash: str) -> None:
        """A state is good for one launch."""


class Login(FlaskOIDCLogin):
    _registration: PlatformRegistration

    def __init__(self, parameters: Parameters, registrations: Registrations, settings: Settings) -> None:
        self._settings = settings
        cookies = StateCookies(parameters, settings)
        super().__init__(  # type: ignore[no-untyped-call]
            parameters, registrations, session_service=SealedSessions(settings), cookie_service=cookies
        )

    def answer(self) -> Response:
        """The way to the platform's authorisation; raises `LinkRefused` or `UnknownPlatform`.

        A redirect, or a page that has the platform keep the proof of the browser and then goes there.
        """
        launch_url = f"{self._settings.base_url}/lti/launch"
        target = self._storage_target()
        response: Response = self._keep(launch_url, target) if target else self.redirect(launch_url)
        return response

    def _keep(self, launch_url: str, target: str) -> Response:
        url = self._prepare_redirect_url(launch_url)
        frame = storage_frame(target, str(self._registration.get_auth_login_url()), self._sealed)
        page = keeping_page(frame, browser_proof(self._sealed, self._settings.secret_key), url)
        self._cookie_service.update_response(page)
        return page

    def _storage_target(self) -> str | None:
        return self._get_request_param("lti_storage_target") or None

    def validate_oidc_login(self) -> PlatformRegistration:
        for name in ("iss", "login_hint", "target_link_uri"):
            if not self._get_request_param(name):
                raise LinkRefused(f"login-{name}-missing")
        for name in ("iss", "client_id", "login_hint", "lti_message_hint", "target_link_uri"):
            if not _usable(self._get_request_param(name)):
                raise LinkRefused(f"login-{name}-unusable")
        if not _usable(self._storage_target() or "", _LONGEST_FRAME_NAME):
            raise LinkRefused("login-lti_storage_target-unusable")
        if not same_origin(self._get_request_param("target_link_uri"), self._settings.base_url):
            raise LinkRefused("login-target_link_uri-elsewhere")
        return cast("PlatformRegistration", super().validate_oidc_login())

    def _get_uuid(self) -> str:
        self._state = new_state(
            self._registration.platform_id,
            self._get_request_param("target_link_uri"),
            self._get_request_param("login_hint"),
            self._get_request_param("lti_message_hint") or None,
            self._storage_target(),
        )
        sealed = seal(self._state, self._settings.secret_key)
        self._sealed = f"{STATE_PREFIX}{sealed}"
        return sealed

    def _generate_nonce(self) -> str:
        return self._state.nonce

    def _prepare_redirect_url(self, launch_url: str) -> str:
        url: str = super()._prepare_redirect_url(launch_url)
        base = str(self._registration.get_auth_login_url())
        # The library joins with "?" even where the platform's address has a query already.
        return f"{base}&{url[len(base) + 1 :]}" if "?" in base else url


def _usable(value: str, longest: int = _LONGEST_VALUE) -> bool:
    return len(value) <= longest and "\x00" not in value


def same_origin(url: str, base_url: str) -> bool:
    return _origin(url) == _origin(base_url)


def _origin(url: str) -> tuple[str, str | None, int | None] | None:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return None
