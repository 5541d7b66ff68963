"""What a person changes about their own pages."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from lti_tool.moments import known_zone
from lti_tool.people.access import Launch
from lti_tool.people.models import LaunchSession, Person


def keep_timezone(session: Session, person_id: int, name: str) -> None:
    """Show the person's pages, and what is written to them, in this time zone. Raises ValueError for an unknown one."""
    zone = known_zone(name)
    if zone is None:
        raise ValueError("unknown time zone")
    session.execute(update(Person).where(Person.id == person_id).values(timezone=zone))


def choose_language(session: Session, launch: Launch, language: str) -> None:
    """Show this visit, and every later one of the same person, in `language`."""
    session.execute(update(Person).where(Person.id == launch.person_id).values(locale=language))
    session.execute(update(LaunchSession).where(LaunchSession.public_id == launch.public_id).values(locale=language))
