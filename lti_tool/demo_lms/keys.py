"""Both sides' keys: the LMS signs launches with its own, and checks what a tool signed with the tool's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from secrets import token_urlsafe
from typing import Any

import jwt
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.demo_lms.config import FetchJwks
from lti_tool.demo_lms.models import SigningKey

ALGORITHM = "RS256"
_KEY_BITS = 2048
_PUBLISHED = 2


def add_signing_key(session: Session) -> SigningKey:
    """A fresh key, which signs from now on; the one before it stays published, so that its launches still verify."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key = SigningKey(kid=token_urlsafe(12), private_pem=pem.decode())
    session.add(key)
    session.flush()
    return key


def published_jwks(session: Session) -> dict[str, Any]:
    newest = session.scalars(select(SigningKey).order_by(SigningKey.id.desc()).limit(_PUBLISHED))
    return {"keys": [_public_jwk(key) for key in newest]}


def _public_jwk(key: SigningKey) -> dict[str, Any]:
    jwk = RSAAlgorithm.to_jwk(_private_key(key.private_pem).public_key(), as_dict=True)
    return {**jwk, "kid": key.kid, "alg": ALGORITHM, "use": "sig"}


def sign(session: Session, claims: Mapping[str, Any]) -> str:
    key = session.scalars(select(SigningKey).order_by(SigningKey.id.desc()).limit(1)).one()
    return jwt.encode(dict(claims), _private_key(key.private_pem), ALGORITHM, headers={"kid": key.kid})


@lru_cache(maxsize=8)
def _private_key(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


class KeysUnavailableError(Exception):
    """The tool's JWKS could not be fetched or holds no usable key."""


@dataclass(frozen=True)
class _Fetched:
    keys: Mapping[str, jwt.PyJWK]
    at: datetime


class ToolKeys:
    """The tools' public keys, by the addresses of their JWKS."""

    def __init__(self, fetch: FetchJwks) -> None:
        self._fetch = fetch
        self._fetched: dict[str, _Fetched] = {}

    def find(self, url: str, kid: str, cache_seconds: int = 0) -> jwt.PyJWK | None:
        """Fetches for a kid that is not known yet, or, where a cache is kept, when that is too old.

        Raises KeysUnavailableError when the keys have to be fetched and cannot be.
        """
        known = self._fetched.get(url)
        if known is None or _is_stale(known, kid, cache_seconds):
            known = self._fetched[url] = _Fetched(self._read(url), datetime.now(UTC))
        return known.keys.get(kid)

    def _read(self, url: str) -> dict[str, jwt.PyJWK]:
        try:
            keys = jwt.PyJWKSet.from_dict(dict(self._fetch(url))).keys
        except (requests.RequestException, ValueError, TypeError, AttributeError, jwt.PyJWTError) as error:
            raise KeysUnavailableError(str(error)) from error
        return {key.key_id: key for key in keys if key.key_id}


def _is_stale(known: _Fetched, kid: str, cache_seconds: int) -> bool:
    if not cache_seconds:
        return kid not in known.keys
    return datetime.now(UTC) - known.at >= timedelta(seconds=cache_seconds)
