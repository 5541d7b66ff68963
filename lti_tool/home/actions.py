"""What a person changes about their own pages."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from lti_tool.people.access import Launch
from lti_tool.people.models import LaunchSession, Person


def choose_language(session: Session, launch: Launch, language: str) -> None:
    """Show this visit, and every later one of the same person, in `language`."""
    session.execute(update(Person).where(Person.id == launch.person_id).values(locale=language))
    session.execute(update(LaunchSession).where(LaunchSession.public_id == launch.public_id).values(locale=language))
