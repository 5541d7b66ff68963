"""The private address of somebody's calendar: made, made anew, ended."""

from __future__ import annotations

import secrets

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lti_tool.attendance.calendar_queries import secret_hash
from lti_tool.attendance.models import CalendarFeed
from lti_tool.database import now


def make_address(session: Session, person_id: int) -> str:
    """A new secret, which is kept nowhere; the one before leads nowhere from now on."""
    secret = secrets.token_urlsafe(32)
    session.merge(CalendarFeed(person_id=person_id, secret_hash=secret_hash(secret), created_at=now()))
    session.flush()
    return secret


def end_address(session: Session, person_id: int) -> None:
    session.execute(delete(CalendarFeed).where(CalendarFeed.person_id == person_id))
