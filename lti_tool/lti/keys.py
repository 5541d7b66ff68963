"""Our own keys: the newest signs, those before it stay readable until they retire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from pylti1p3.registration import Registration
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.lti.models import ToolKey

_KEY_BITS = 2048


@dataclass(frozen=True, slots=True)
class SigningKey:
    kid: str
    private_key: rsa.RSAPrivateKey


def signing_key(session: Session) -> SigningKey | None:
    """The newest key; None before a platform has been added."""
    row = session.execute(select(ToolKey.kid, ToolKey.private_pem).order_by(ToolKey.id.desc()).limit(1)).one_or_none()
    return SigningKey(row.kid, _private_key(row.private_pem)) if row else None


def public_jwks(session: Session) -> list[Mapping[str, Any]]:
    """The public halves that platforms may meet, newest first."""
    rows = session.execute(select(ToolKey.private_pem, ToolKey.retires_at).order_by(ToolKey.id.desc()))
    moment = now()
    return [_public_jwk(row.private_pem) for row in rows if row.retires_at is None or row.retires_at > moment]


def new_key() -> ToolKey:
    """A fresh key pair, not yet stored; its id is the thumbprint of RFC 7638."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return ToolKey(kid=_public_jwk(pem)["kid"], private_pem=pem)


@lru_cache(maxsize=16)
def _private_key(pem: str) -> rsa.RSAPrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("a tool key is an RSA key")
    return key


@lru_cache(maxsize=16)
def _public_jwk(pem: str) -> Mapping[str, Any]:
    public = _private_key(pem).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return Registration.get_jwk(public.decode())
