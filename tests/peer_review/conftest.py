"""People whose essays are in, without going through the pages."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.modules.models import Participation
from lti_tool.people.models import Person
from lti_tool.programme.queries import current_module
from lti_tool.reflection.actions import submit_essay
from tests.cast import Cast
from tests.stages import kept, numbers

ESSAY = "A word of feedback that helps somebody on is worth more than many words of praise, " * 2


@dataclass(frozen=True)
class Arrive:
    """`arrive("lina")`, or `arrive()` for somebody new: their essay is submitted and in the pool, and committed."""

    cast: Cast
    session: Session

    def __call__(self, name: str | None = None) -> Participation:
        person_id = self.cast.people[name] if name else somebody(self.session, self.cast)
        hand_in(self.session, person_id)
        query = select(Participation).where(Participation.person_id == person_id)
        return self.session.scalars(query).one()

    def several(self, count: int) -> list[Participation]:
        """So many new people, one after the other, before anything else happens."""
        return self._first((None,) * count)

    def named(self, *names: str) -> list[Participation]:
        """These, one after the other, before anything else happens."""
        return self._first(names)

    def _first(self, names: tuple[str | None, ...]) -> list[Participation]:
        ids = kept(self.session, names, lambda: [self(name).id for name in names], beside=numbers(self.cast))
        return [self.session.get_one(Participation, participation_id) for participation_id in ids]


@pytest.fixture
def arrive(cast: Cast, session: Session) -> Arrive:
    return Arrive(cast, session)


def hand_in(session: Session, person_id: int, key: str = "om1", language: str = "en") -> None:
    submit_essay(session, person_id, current_module(session, key), ESSAY, 0, language=language)
    session.commit()


def somebody(session: Session, cast: Cast) -> int:
    """A new person; not committed."""
    person = Person(platform_id=cast.platform_id, subject=f"more-{session.query(Person).count()}", name=None)
    session.add(person)
    session.flush()
    return person.id
