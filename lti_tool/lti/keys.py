"""Our own keys: the newest whose time has come signs; the others are readable from when they are made until they
retire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.lti.models import ToolKey

_KEY_BITS = 2048


@dataclass(frozen=True, slots=True)
class SigningKey:
    kid: str
    private_key: rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class ListedKey:
    kid: str
    signs: bool
    signs_from: datetime
    retires_at: datetime | None


def signing_key(session: Session) -> SigningKey | None:
    """The newest key whose time has come; None before a platform has been added."""
    row = session.execute(
        select(ToolKey.kid, ToolKey.private_pem)
        .where(ToolKey.signs_from <= now())
        .order_by(ToolKey.signs_from.desc(), ToolKey.id.desc())
        .limit(1)
    ).one_or_none()
    return SigningKey(row.kid, _private_key(row.private_pem)) if row else None


def public_jwks(session: Session) -> list[Mapping[str, Any]]:
    """The public halves that platforms may meet, newest first."""
    pems = session.scalars(select(ToolKey.private_pem).where(_published()).order_by(ToolKey.id.desc()))
    return [_public_jwk(pem) for pem in pems]


def listed_keys(session: Session) -> list[ListedKey]:
    """The keys in our key set, newest first."""
    signing = signing_key(session)
    keys = session.scalars(select(ToolKey).where(_published()).order_by(ToolKey.id.desc()))
    return [
        ListedKey(key.kid, signing is not None and key.kid == signing.kid, key.signs_from, key.retires_at)
        for key in keys
    ]


def new_key() -> ToolKey:
    """A fresh key pair, not yet stored; its id is the thumbprint of RFC 7638."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return ToolKey(kid=_public_jwk(pem)["kid"], private_pem=pem)


def _published() -> ColumnElement[bool]:
    return or_(ToolKey.retires_at.is_(None), ToolKey.retires_at > now())


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
