"""The launch: pylti1p3's chain of checks with what it leaves out added. Nothing is written here.

The chain runs in the library's order: state, token format, nonce, registration, signature, deployment, message. Then
come ours: the browser, and whether the deployment is approved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from flask import Request, Response, g
from jwt.algorithms import RSAAlgorithm
from jwt.utils import base64url_decode
from pylti1p3.contrib.flask.message_launch import FlaskMessageLaunch
from pylti1p3.exception import LtiException

from lti_tool.database import now
from lti_tool.lti.claims import (
    CLAIM,
    DEEP_LINKING_REQUEST,
    RESOURCE_LINK_REQUEST,
    SUBMISSION_REVIEW_REQUEST,
    Claims,
    ClaimsInvalid,
    read_claims,
)
from lti_tool.lti.keysets import KeySets, KeySetUnreadable, KeyUnknown
from lti_tool.lti.login import STATE_PREFIX, Parameters, SealedSessions, StateCookies, same_origin
from lti_tool.lti.models import DeploymentStatus
from lti_tool.lti.refusals import (
    DeploymentInactive,
    DeploymentPending,
    KeysUnavailable,
    LaunchRefused,
    MessageUnsupported,
    OtherBrowser,
    SignInRefused,
)
from lti_tool.lti.registrations import PlatformRegistration, Registrations
from lti_tool.lti.state import LoginState, is_proof
from lti_tool.lti.storage import PROOF_FIELD, ProofKept, storage_frame
from lti_tool.settings import Settings

# The security framework's only required algorithm; a token does not get to choose.
_ALGORITHM = "RS256"
_RS256 = RSAAlgorithm(RSAAlgorithm.SHA256)
# Clocks of platforms run a little ahead or behind.
LEEWAY_SECONDS = 10
_SIGN_IN_ERRORS = frozenset({"login_required", "interaction_required", "consent_required", "access_denied"})
# The library opens a session per launch unless it is given one. Ours goes unused: keys come through KeySets.
_UNUSED_SESSION = requests.Session()


@dataclass(frozen=True, slots=True)
class VerifiedLaunch:
    """A launch that passed every check. `deployment_pk` is the row's id, `nonce_expires_at` when its state expires,
    `product` what the platform has called itself before; `keeps_addresses` where e-mail addresses may be kept."""

    platform_id: int
    deployment_pk: int
    claims: Claims
    nonce_expires_at: datetime
    product: str | None = None
    trusts_administrators: bool = False
    keeps_addresses: bool = False


class PlatformLaunch(FlaskMessageLaunch):
    _tool_config: Registrations
    _registration: PlatformRegistration
    _claims: Claims

    def __init__(self, request: Request, registrations: Registrations, keys: KeySets, settings: Settings) -> None:
        self._settings = settings
        self._keys = keys
        self._parameters = parameters = Parameters(request, settings)
        # Begins the login again, once the platform has given back the proof of a browser that may keep no cookies.
        self.login_parameters: dict[str, str] | None = None
        super().__init__(  # type: ignore[no-untyped-call]
            parameters,
            registrations,
            session_service=SealedSessions(settings),
            cookie_service=StateCookies(parameters, settings),
            requests_session=_UNUSED_SESSION,
        )

    def _get_request_param(self, key: str) -> str:
        return self._parameters.get_param(key)

    def verified(self) -> VerifiedLaunch:
        """Run every check; raises a `DomainError` that says which one failed."""
        self._refuse_platform_error()
        try:
            self.validate()
        except LtiException as error:
            # What the library still says by itself are fixed sentences without values.
            raise LaunchRefused(re.sub(r"\W+", "-", str(error)).strip("-").lower()) from error
        self.validate_browser()
        # Whoever is turned away from here on can be shown the way back.
        g.return_url = self._claims.return_url
        return VerifiedLaunch(
            self._registration.platform_id,
            self.approved_deployment(),
            self._claims,
            datetime.fromtimestamp(self._state.expires_at, UTC),
            self._registration.product,
            self._registration.trusts_administrators,
            self._settings.mail is not None,
        )

    def forget_state(self, response: Response) -> None:
        """Take the login's cookie back."""
        self._cookie_service.forget(self._get_request_param("state"), response)

    @property
    def _state(self) -> LoginState:
        state: LoginState = self._session_service.state
        return state

    def _refuse_platform_error(self) -> None:
        error = self._get_request_param("error")
        if error:
            raise SignInRefused(f"platform-error-{error if error in _SIGN_IN_ERRORS else 'other'}")

    def validate_state(self) -> PlatformLaunch:
        if not self._get_request_param("state").startswith(STATE_PREFIX):
            raise LaunchRefused("state-missing")
        super().validate_state()
        return self

    def validate_jwt_format(self) -> PlatformLaunch:
        super().validate_jwt_format()
        try:
            self._claims = read_claims(self._jwt["body"])
        except ClaimsInvalid as error:
            raise LaunchRefused(f"claims-invalid: {error}") from error
        return self

    def get_client_id(self) -> str:
        """The client this token is for. The library takes the first audience, whoever that is.

        https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation points 3 to 5
        """
        audiences, authorised = self._claims.audiences, self._claims.azp
        if authorised is None and len(audiences) != 1:
            raise LaunchRefused("azp-missing")
        if authorised is not None and authorised not in audiences:
            raise LaunchRefused("azp-not-an-audience")
        return authorised or audiences[0]

    def validate_registration(self) -> PlatformLaunch:
        super().validate_registration()
        if self._registration.platform_id != self._state.platform_id:
            raise LaunchRefused("registration-not-of-this-login")
        audiences = set(self._claims.audiences)
        # One registration is the rule and needs no further look; other audiences are trusted if they are ours, too.
        if len(audiences) > 1 and audiences - self._tool_config.clients_of(self._claims.iss):
            raise LaunchRefused("audience-untrusted")
        return self

    def get_public_key(self) -> tuple[RSAPublicKey, str]:  # type: ignore[override]
        """The key that the token names, and the one algorithm it may verify."""
        header = self._jwt["header"]
        kid = header.get("kid") if isinstance(header, dict) else None
        if not isinstance(kid, str) or not kid:
            raise LaunchRefused("kid-missing")
        url = self._registration.jwks_url
        key = self._keys.known(url, kid)
        if key is None:
            self._tool_config.pause()
            key = self._fetched_key(url, kid)
        return key, _ALGORITHM

    def _fetched_key(self, url: str, kid: str) -> RSAPublicKey:
        try:
            return self._keys.find(url, kid)
        except KeyUnknown as error:
            raise LaunchRefused("kid-unknown") from error
        except KeySetUnreadable as error:
            raise KeysUnavailable(error.reason) from error

    def validate_jwt_signature(self) -> PlatformLaunch:
        """The signature over exactly the text that the claims were read from, and the times.

        PyJWT's `decode` would read header and claims a second time, at a tenth of the cost of a launch.
        """
        key, algorithm = self.get_public_key()
        header = self._jwt["header"]
        # Nobody who does not understand a critical extension may accept the token (RFC 7515, 4.1.11).
        if header.get("alg") != algorithm or "crit" in header:
            raise LaunchRefused("token-InvalidAlgorithmError")
        signed, _, signature = self._get_id_token().rpartition(".")
        if not _RS256.verify(signed.encode(), key, _bytes_of(signature)):
            raise LaunchRefused("token-InvalidSignatureError")
        self._validate_times()
        return self

    def _validate_times(self) -> None:
        moment = now().timestamp()
        if self._claims.exp <= moment - LEEWAY_SECONDS:
            raise LaunchRefused("token-ExpiredSignatureError")
        if max(self._claims.iat, self._claims.nbf) > moment + LEEWAY_SECONDS:
            raise LaunchRefused("token-ImmatureSignatureError")

    def validate_message(self) -> PlatformLaunch:
        required = _REQUIRED_CLAIM.get(self._claims.message_type or "")
        if required is None:
            raise MessageUnsupported(f"message-type-{'unsupported' if self._claims.message_type else 'missing'}")
        if getattr(self._claims, required) is None:
            raise LaunchRefused(f"{required.replace('_', '-')}-missing")
        if self._claims.message_type != DEEP_LINKING_REQUEST:
            super().validate_message()
        # The library refuses Deep Linking requests that ask for something else than links, which is no error.
        elif self._jwt["body"].get(f"{CLAIM}version") != "1.3.0":
            raise LaunchRefused("version")
        if not same_origin(self._claims.target_link_uri, self._settings.base_url):
            raise LaunchRefused("target-link-uri-elsewhere")
        if self._claims.target_link_uri != self._state.target_link_uri:
            raise LaunchRefused("target-link-uri-not-of-this-login")
        return self

    def validate_browser(self) -> None:
        """The browser that posts the launch must be the one that began its login.

        Raises `OtherBrowser`, or `ProofKept` where the platform may still give the proof back.
        """
        state = self._get_request_param("state")
        if self._cookie_service.get_cookie(state) is not None:
            return
        client = self._claims.iss, str(self._registration.get_client_id())
        if self._state.storage_target is None:
            raise OtherBrowser(self._state, *client)
        proof = self._get_request_param(PROOF_FIELD)
        if not proof:
            frame = storage_frame(self._state.storage_target, str(self._registration.get_auth_login_url()), state)
            raise ProofKept(self._state, *client, frame)
        # Whoever began a login elsewhere knows its proof, and could have this browser post it from a page of theirs.
        if not self._parameters.from_own_page or not is_proof(proof, state, self._settings.secret_key):
            raise OtherBrowser(self._state, *client)
        self.login_parameters = self._state.login_parameters(*client)

    def approved_deployment(self) -> int:
        """The id of the deployment's row; raises `DeploymentPending` or `DeploymentInactive`.

        Judged last: an unknown deployment is kept for the administrator, so all else must have been in order.
        """
        deployment = self._tool_config.find_deployment()
        if deployment is None or deployment.id is None or deployment.status is DeploymentStatus.PENDING:
            raise DeploymentPending(self._registration.platform_id, self._claims.deployment_id)
        if deployment.status is DeploymentStatus.INACTIVE:
            raise DeploymentInactive
        return deployment.id


# What each kind of message cannot do without, as fields of `Claims`.
_REQUIRED_CLAIM = {
    RESOURCE_LINK_REQUEST: "resource_link",
    DEEP_LINKING_REQUEST: "deep_linking",
    SUBMISSION_REVIEW_REQUEST: "for_user",
}


def _bytes_of(signature: str) -> bytes:
    try:
        return base64url_decode(signature)
    except ValueError as error:
        raise LaunchRefused("token-InvalidSignatureError") from error
