"""Essays of the cast, submitted through the real action."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.modules.models import Participation
from lti_tool.programme.queries import current_module
from lti_tool.reflection.actions import submit_essay
from lti_tool.reflection.models import Essay
from tests.cast import Cast


def text_of(name: str, count: int = 30) -> str:
    return " ".join(f"{name}{number}" for number in range(count))


def submit(session: Session, cast: Cast, name: str, text: str = "", *, language: str = "en") -> str:
    """Submitted, or submitted anew; returns its public id."""
    person_id = cast.people[name]
    before = of(session, cast, name)
    version = before.version if before else 0
    text = text or text_of(name)
    submit_essay(session, person_id, current_module(session, "om1"), text, version, language=language)
    session.commit()
    essay = of(session, cast, name)
    assert essay is not None
    return essay.public_id


def of(session: Session, cast: Cast, name: str) -> Essay | None:
    session.expire_all()
    mine = Participation.person_id == cast.people[name]
    return session.scalars(select(Essay).join(Participation).where(mine)).one_or_none()
