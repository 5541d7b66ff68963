from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import db
from lti_tool.jobs import Jobs
from lti_tool.lti.columns import Subject
from lti_tool.lti.models import LineItem, ToolKey
from lti_tool.passback.actions import Grade, enqueue
from lti_tool.passback.courier import Courier
from lti_tool.passback.models import Score
from lti_tool.passback.worker import deliver_next
from lti_tool.people.models import LinkVisit
from tests.cast import Cast
from tests.passback.fake_lms import FakeLms

GRADE = Grade(100, 100, "Well done")


@pytest.fixture(scope="session")
def tool_pem() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture
def outbox(app: Flask, cast: Cast, tool_pem: str) -> Iterator[Outbox]:
    """The cast, a signing key, a platform in memory and a courier to it, in an application context."""
    with app.app_context():
        db.session.add(ToolKey(kid="kid-1", private_pem=tool_pem))
        db.session.commit()
        yield Outbox(cast)


class Outbox:
    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.lms = FakeLms()
        self.courier = Courier(send=self.lms, lease=timedelta(seconds=60), chance=lambda: 0.0)

    @property
    def session(self) -> Session:
        return db.session

    def enqueue(self, name: str = "lina", grade: Grade = GRADE, course: str = "TDT4100") -> int:
        """Have the person visit the course's link, and enqueue the grade; returns the id of the (only) score."""
        person_id = self.cast.person_id(name)
        self.session.merge(LinkVisit(link_id=self.cast.links[course, "om1"], person_id=person_id))
        (score_id,) = enqueue(self.session, person_id, Subject("om1"), grade)
        self.session.commit()
        return score_id

    def deliver(self) -> object:
        return deliver_next(self.session, self.courier)

    def deliver_all(self) -> None:
        while self.deliver() is not None:
            pass

    def score(self, score_id: int) -> Score:
        self.session.rollback()
        return self.session.get_one(Score, score_id, populate_existing=True)

    def item(self, course: str = "TDT4100") -> LineItem:
        return self.session.scalars(select(LineItem).where(LineItem.link_id == self.cast.links[course, "om1"])).one()

    def change_item(self, course: str = "TDT4100", **values: str | None) -> None:
        item = self.item(course)
        for name, value in values.items():
            setattr(item, name, value)
        self.session.commit()

    def make_due(self, score_id: int) -> None:
        """Let the time of its delay pass."""
        score = self.score(score_id)
        score.due_at = score.created_at
        self.session.commit()


@pytest.fixture
def queued(outbox: Outbox, app: Flask) -> Iterator[Outbox]:
    """With an empty queue, and the application's own courier replaced by the one to the platform in memory."""
    jobs: Jobs = app.extensions["jobs"]
    jobs._queue.storage.initialize_schema()
    jobs._queue.flush()
    own, app.extensions["passback"] = app.extensions["passback"], outbox.courier
    yield outbox
    app.extensions["passback"] = own
    jobs._queue.flush()
