"""People whose essays are in, without going through the pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.modules.models import Participation
from lti_tool.people.models import Person
from lti_tool.programme.queries import current_module
from lti_tool.reflection.actions import submit_essay
from tests.cast import Cast

ESSAY = "A word of feedback that helps somebody on is worth more than many words of praise, " * 2

Arrive = Callable[..., Participation]


@pytest.fixture
def arrive(cast: Cast, session: Session) -> Arrive:
    """`arrive("lina")`, or `arrive()` for somebody new: their essay is submitted and in the pool, and committed."""

    def submit(name: str | None = None) -> Participation:
        person_id = cast.people[name] if name else somebody(session, cast)
        hand_in(session, person_id)
        query = select(Participation).where(Participation.person_id == person_id)
        return session.scalars(query).one()

    return submit


def hand_in(session: Session, person_id: int, key: str = "om1", language: str = "en") -> None:
    submit_essay(session, person_id, current_module(session, key), ESSAY, 0, language=language)
    session.commit()


def somebody(session: Session, cast: Cast) -> int:
    """A new person; not committed."""
    person = Person(platform_id=cast.platform_id, subject=f"more-{session.query(Person).count()}", name=None)
    session.add(person)
    session.flush()
    return person.id
