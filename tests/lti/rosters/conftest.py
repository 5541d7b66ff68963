from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import db, now
from lti_tool.lti.models import ToolKey
from lti_tool.lti.rosters.fetcher import Fetcher
from lti_tool.lti.rosters.sync import sync_next
from lti_tool.people.models import Course, Membership, Person
from tests.cast import Cast
from tests.lti.platform import key_pair
from tests.lti.rosters.stand_in import StandIn, member


@pytest.fixture
def class_(app: Flask, cast: Cast) -> Iterator[Class]:
    """The course TDT4100 of the cast, whose platform lists its members, in an application context."""
    with app.app_context():
        db.session.add(ToolKey(kid="kid-1", private_pem=_pem()))
        db.session.commit()
        class_ = Class(cast)
        class_.make_due("TDT4100")
        yield class_


class Class:
    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.platform = StandIn()
        self.fetcher = Fetcher(send=self.platform, chance=lambda: 0.5)

    @property
    def session(self) -> Session:
        return db.session

    def url(self, course: str = "TDT4100") -> str:
        return f"https://lms.test/members/{course}"

    def make_due(self, course: str) -> None:
        row = self.course(course)
        row.roster_url, row.roster_due_at = self.url(course), now()
        self.session.commit()

    def course(self, course: str = "TDT4100") -> Course:
        return self.session.get_one(Course, self.cast.courses[course], populate_existing=True)

    def lists(self, *members: dict[str, Any], course: str = "TDT4100") -> None:
        """The platform's roster from now on, on one page."""
        self.platform.lists[self.url(course)] = [list(members)]

    def lists_everybody(self, *others: dict[str, Any]) -> None:
        """Those whom the tool knows in the course already, and others."""
        cast = [
            member("sub-ingrid", roles=["Instructor"]),
            *(member(f"sub-{name}") for name in ("lina", "frode", "amir")),
        ]
        self.lists(*cast, *others)

    def sync(self) -> bool:
        """Read what is due, as a worker does."""
        found = sync_next(self.session, self.fetcher)
        self.session.expire_all()
        return found

    def sync_again(self) -> None:
        self.make_due("TDT4100")
        assert self.sync()

    def membership(self, subject: str, course: str = "TDT4100") -> Membership:
        query = (
            select(Membership)
            .join(Person, Person.id == Membership.person_id)
            .where(Person.subject == subject, Membership.course_id == self.cast.courses[course])
        )
        return self.session.scalars(query).one()

    def subjects(self, course: str = "TDT4100") -> set[str]:
        query = (
            select(Person.subject)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.course_id == self.cast.courses[course])
        )
        return set(self.session.scalars(query))

    def left(self) -> set[str]:
        query = (
            select(Person.subject)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.course_id == self.cast.courses["TDT4100"], Membership.left_at.is_not(None))
        )
        return set(self.session.scalars(query))

    def name(self, subject: str) -> str | None:
        return self.session.scalars(select(Person.name).where(Person.subject == subject)).one()


def _pem() -> str:
    return key_pair("tool").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
