"""One-time links: how whoever runs the server comes in before there is any administrator, or when none is left."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.errors import DomainError
from lti_tool.people.models import LaunchSession, OneTimeLink
from lti_tool.people.sessions import NewVisit, OpenedVisit, hash_secret, open_visit
from lti_tool.texts import gettext as _

LIFETIME = timedelta(minutes=30)
# So long an old link is still told from one that never was.
_REMEMBERED = timedelta(days=7)


class LinkRefused(DomainError):
    """A code that opens nothing, or nothing any more."""

    status = 403


def make_link(session: Session) -> str:
    """A new code of 256 random bits, told here and kept nowhere, which leaves nothing to guess."""
    moment = now()
    session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < moment - _REMEMBERED))
    code = secrets.token_urlsafe(32)
    session.add(OneTimeLink(code_hash=hash_secret(code), created_at=moment, expires_at=moment + LIFETIME))
    session.flush()
    return code


def enter(session: Session, code: str, locale: str) -> OpenedVisit:
    """Spend the code and open an operator's visit. Of two at once one gets in, the other raises `LinkRefused`."""
    row, moment = OneTimeLink, now()
    code_hash = hash_secret(code)
    unspent = update(row).where(row.code_hash == code_hash, row.used_at.is_(None), row.expires_at > moment)
    if session.scalar(unspent.values(used_at=moment).returning(row.id)) is None:
        raise _refusal(session.scalar(select(row).where(row.code_hash == code_hash)))
    return open_visit(session, NewVisit.operator(locale))


def leave(session: Session, visit_id: int) -> None:
    """End the visit at once, for whoever holds its cookie."""
    session.execute(delete(LaunchSession).where(LaunchSession.id == visit_id))


def _refusal(known: OneTimeLink | None) -> LinkRefused:
    if known is None:
        return LinkRefused("one-time-link-unknown", explanation=_("This code is not known here. Is it complete?"))
    if known.used_at is not None:
        return LinkRefused("one-time-link-used", explanation=_("This link has been used. Each opens one visit."))
    return LinkRefused("one-time-link-expired", explanation=_("This link has expired: it was valid for 30 minutes."))
