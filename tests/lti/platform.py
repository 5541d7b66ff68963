"""A learning platform in the test's own process: it answers logins, signs any launch and serves its keys.

    lms = LearningPlatform(app)
    lms.launch(client)                                  # a learner's launch, from login to visit
    lms.launch(client, role="Instructor", changes={"sub": "ingrid"})
    lms.launch(client, without=["nonce"], kid=None)     # ... and anything that is wrong with one

Claims are named by their full name or by the last part of it ("roles", "deployment_id").
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from flask.testing import FlaskClient
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.database import db
from lti_tool.http import OutgoingError
from lti_tool.lti.keysets import KeySets
from lti_tool.lti.models import Deployment, DeploymentStatus, Platform

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
SHORT_NAMES = {
    "message_type",
    "version",
    "deployment_id",
    "target_link_uri",
    "roles",
    "resource_link",
    "context",
    "custom",
    "launch_presentation",
}


@lru_cache(maxsize=4)
def key_pair(name: str) -> rsa.RSAPrivateKey:
    """A key per name, made once per test process."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_jwk(key: rsa.RSAPrivateKey, kid: str) -> dict[str, Any]:
    jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {"kty": "RSA", "n": jwk["n"], "e": jwk["e"], "kid": kid, "alg": "RS256", "use": "sig"}


@dataclass(frozen=True)
class Handshake:
    """What the tool sent to the authorisation address."""

    response: TestResponse
    url: str
    parameters: dict[str, str]

    @staticmethod
    def of(response: TestResponse, url: str) -> Handshake:
        return Handshake(response, url, {k: v[0] for k, v in parse_qs(urlsplit(url).query).items()})

    @property
    def state(self) -> str:
        return self.parameters["state"]

    @property
    def nonce(self) -> str:
        return self.parameters["nonce"]


class LearningPlatform:
    def __init__(
        self, app: Flask, *, issuer: str = "https://lms.test", client_id: str = "client-1", auth_url: str | None = None
    ) -> None:
        self.app = app
        self.base_url: str = app.config["SETTINGS"].base_url
        self.issuer, self.client_id, self.deployment_id = issuer, client_id, "1"
        self.auth_url = auth_url or f"{issuer}/auth"
        self.target_link_uri = f"{self.base_url}/"
        self.use_key("first", "key-1")
        self._clock = 0.0
        self.forget_fetches()
        self._register()
        app.extensions["platform_keys"] = KeySets(self.serve_keys, lambda: self._clock)

    def forget_fetches(self) -> None:
        """Count anew, long enough after the last one for the tool to fetch again."""
        self.fetches = 0
        self._clock += 60

    def serve_keys(self, _url: str) -> Any:
        """The platform's key set address; `jwks` may be an exception, which is raised."""
        self.fetches += 1
        if isinstance(self.jwks, OutgoingError):
            raise self.jwks
        return self.jwks

    def login_parameters(self, **changes: str | None) -> dict[str, str]:
        parameters = {
            "iss": self.issuer,
            "client_id": self.client_id,
            "login_hint": "hint-1",
            "lti_message_hint": "message-1",
            "target_link_uri": self.target_link_uri,
            "lti_deployment_id": self.deployment_id,
            **changes,
        }
        return {name: value for name, value in parameters.items() if value is not None}

    def login(self, client: FlaskClient, method: str = "POST", **changes: str | None) -> TestResponse:
        sent = self.login_parameters(**changes)
        if method == "GET":
            return client.get("/lti/login", query_string=sent, base_url=self.base_url)
        return client.post("/lti/login", data=sent, base_url=self.base_url)

    def begin(self, client: FlaskClient, method: str = "POST", **changes: str | None) -> Handshake:
        """A login that succeeds."""
        return self.sent(self.login(client, method, **changes))

    @staticmethod
    def sent(response: TestResponse) -> Handshake:
        """What an answered login carries to the authorisation address."""
        assert response.status_code == 302, response.text
        return Handshake.of(response, response.headers["Location"])

    def claims(self, nonce: str, role: str = "Learner") -> dict[str, Any]:
        moment = int(time.time())
        return {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": "lina",
            "exp": moment + 60,
            "iat": moment,
            "nonce": nonce,
            "name": "Lina Testperson",
            "given_name": "Lina",
            "family_name": "Testperson",
            "email": "lina@example.edu",
            f"{CLAIM}message_type": "LtiResourceLinkRequest",
            f"{CLAIM}version": "1.3.0",
            f"{CLAIM}deployment_id": self.deployment_id,
            f"{CLAIM}target_link_uri": self.target_link_uri,
            f"{CLAIM}roles": [MEMBERSHIP + role],
            f"{CLAIM}resource_link": {"id": "link-1", "title": "Giving feedback"},
            f"{CLAIM}context": {"id": "course-1", "label": "LAOS", "title": "Training of learning assistants"},
            f"{CLAIM}custom": {"module": "om1"},
            f"{CLAIM}launch_presentation": {"locale": "en", "return_url": f"{self.issuer}/return"},
            AGS: {
                "scope": ["https://purl.imsglobal.org/spec/lti-ags/scope/score"],
                "lineitems": f"{self.issuer}/items",
                "lineitem": f"{self.issuer}/items/1",
            },
        }

    def sign(self, claims: Any, key: str | None = None, **header: Any) -> str:
        """A token over any JSON value; header parameters given as None are left out."""
        headers = {name: value for name, value in {"kid": self.kid, **header}.items() if value is not None}
        body = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
        return jwt.api_jws.encode(
            body, key_pair(key or self.key), algorithm=headers.pop("alg", "RS256"), headers=headers
        )

    def token(
        self,
        nonce: str,
        role: str = "Learner",
        changes: Mapping[str, Any] | None = None,
        without: Iterable[str] = (),
        **signing: Any,
    ) -> str:
        claims = self.claims(nonce, role)
        claims.update({full_name(name): value for name, value in (changes or {}).items()})
        for name in without:
            del claims[full_name(name)]
        return self.sign(claims, **signing)

    def post(self, client: FlaskClient, **fields: str) -> TestResponse:
        return client.post("/lti/launch", data=fields, base_url=self.base_url)

    def launch(self, client: FlaskClient, role: str = "Learner", **wrong: Any) -> TestResponse:
        """Login and launch in one browser; `wrong` goes to `token`."""
        handshake = self.begin(client)
        return self.post(client, id_token=self.token(handshake.nonce, role, **wrong), state=handshake.state)

    def rotate(self) -> None:
        """Sign with a new key, which alone is in the key set."""
        self.use_key("second", f"key-{secrets.token_hex(4)}")

    def use_key(self, name: str, kid: str) -> None:
        self.key, self.kid = name, kid
        self.jwks: Any = {"keys": [public_jwk(key_pair(name), kid)]}

    def _register(self) -> None:
        with self.app.app_context():
            # The cast may have registered this very platform.
            known = select(Platform.id).where(Platform.issuer == self.issuer, Platform.client_id == self.client_id)
            found = db.session.scalar(known)
            if found is None:
                platform = Platform(
                    name="Test LMS",
                    issuer=self.issuer,
                    client_id=self.client_id,
                    auth_url=self.auth_url,
                    token_url=f"{self.issuer}/token",
                    jwks_url=f"{self.issuer}/jwks",
                    deployments=[Deployment(deployment_id=self.deployment_id, status=DeploymentStatus.APPROVED)],
                )
                db.session.add(platform)
                db.session.commit()
                found = platform.id
        self.platform_id = found


def full_name(name: str) -> str:
    return f"{CLAIM}{name}" if name in SHORT_NAMES else name


def tampered(token: str, **changes: Any) -> str:
    """The same header and signature over a changed body."""
    header, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    changed = base64.urlsafe_b64encode(json.dumps({**claims, **changes}).encode()).rstrip(b"=").decode()
    return f"{header}.{changed}.{signature}"
