"""Visits: what one launch opens, kept in the database under a public id, proven by a secret in a cookie of its own.

The public id stands in the path (`/l/<id>/...`) and the cookie's path is that prefix, so two launches in two tabs
(another role, course or person) can never mix. No secret ever stands in an address.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import Table, delete, insert
from sqlalchemy.orm import Session

from lti_tool.database import now, rows_changed
from lti_tool.people.models import LaunchSession, Purpose, Role

# Every launch opens a visit; the table itself spares it the way through the mapped class.
_OPEN = insert(cast("Table", LaunchSession.__table__))

LIFETIME = timedelta(hours=8)
PREFIX = "/l/"


@dataclass(frozen=True, slots=True)
class NewVisit:
    """What a verified launch says about the visit it opens; which fields are None follows from the purpose."""

    person_id: int | None
    course_id: int | None
    link_id: int | None
    role: Role | None
    locale: str
    return_url: str | None
    purpose: Purpose = Purpose.TRAINING
    administrator: bool = False

    @classmethod
    def operator(cls, locale: str) -> NewVisit:
        """The visit of whoever runs the server, who need not be anybody's user."""
        return cls(None, None, None, None, locale, None, Purpose.OPERATING)


@dataclass(frozen=True, slots=True)
class OpenedVisit:
    public_id: str
    secret: str


def open_visit(session: Session, visit: NewVisit) -> OpenedVisit:
    """Store the visit; the secret is returned once and kept nowhere but in the cookie."""
    opened = OpenedVisit(secrets.token_urlsafe(16), secrets.token_urlsafe(32))
    moment = now()
    row = {
        "public_id": opened.public_id,
        "secret_hash": hash_secret(opened.secret),
        "purpose": visit.purpose,
        "person_id": visit.person_id,
        "course_id": visit.course_id,
        "link_id": visit.link_id,
        "role": visit.role,
        "locale": visit.locale,
        "return_url": visit.return_url,
        "administrator": visit.administrator,
        "created_at": moment,
        "expires_at": moment + LIFETIME,
    }
    session.connection().execute(_OPEN, row)
    return opened


def forget_expired_visits(session: Session) -> int:
    return rows_changed(session.execute(delete(LaunchSession).where(LaunchSession.expires_at < now())))


def hash_secret(secret: str) -> str:
    # A plain hash is enough: the secret is 256 random bits, there is nothing to guess.
    return hashlib.sha256(secret.encode()).hexdigest()


def cookie_name(public_id: str, secure: bool) -> str:
    # A prefixed name makes browsers insist on Secure; they refuse it over plain http, even on localhost.
    return f"__Secure-visit-{public_id}" if secure else f"visit-{public_id}"


def set_visit_cookie(response: Response, visit: OpenedVisit, secure: bool) -> None:
    # Partitioned: the tool lives in the platform's frame, where browsers keep unpartitioned cookies back.
    # https://developer.mozilla.org/en-US/docs/Web/Privacy/Guides/Privacy_sandbox/Partitioned_cookies
    response.set_cookie(
        cookie_name(visit.public_id, secure),
        visit.secret,
        max_age=int(LIFETIME.total_seconds()),
        path=f"{PREFIX}{visit.public_id}/",
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )


def public_id_in(path: str) -> str | None:
    if not path.startswith(PREFIX):
        return None
    return path[len(PREFIX) :].split("/", 1)[0] or None


def secret_of(request: Request, public_id: str, secure: bool) -> str | None:
    return request.cookies.get(cookie_name(public_id, secure))


class VisitFormSession(dict[str, Any], SessionMixin):
    """The little that Flask-WTF keeps in a session: its form token, here derived from the visit's secret."""


class VisitSessionInterface(SessionInterface):
    """Binds form tokens to the visit without storing anything: no secret, no valid token."""

    def __init__(self, secure: bool) -> None:
        self._secure = secure

    def open_session(self, app: Flask, request: Request) -> VisitFormSession:
        public_id = public_id_in(request.path)
        secret = secret_of(request, public_id, self._secure) if public_id else None
        if not secret:
            return VisitFormSession()
        key = str(app.secret_key).encode()
        return VisitFormSession(csrf_token=hmac.new(key, b"form:" + secret.encode(), "sha256").hexdigest())

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing to save: the token follows from the cookie."""
