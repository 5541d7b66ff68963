from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from email.headerregistry import Address

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from lti_tool.database import db
from lti_tool.mail_settings import MailServer, Security
from lti_tool.messages.digests import send_digests
from lti_tool.messages.models import Digest
from lti_tool.people.models import LinkVisit, Person
from tests.cast import Cast
from tests.messages.post_office import Mailbox, open_mailbox
from tests.work import submit_essay


@pytest.fixture
def mailbox(app: Flask) -> Iterator[Mailbox]:
    """A mail server that the installation sends through."""
    without = app.config["SETTINGS"]
    with open_mailbox() as box:
        server = MailServer("127.0.0.1", box.port, Security.NONE, Address("Training", "training", "tool.test"))
        app.config["SETTINGS"] = without.with_changes(mail=server)
        yield box
    app.config["SETTINGS"] = without


class Mornings:
    """Days in the life of the cast, and the worker's digests on them; the clock of these tests is Oslo's."""

    def __init__(self, cast: Cast, mailbox: Mailbox) -> None:
        self.cast, self.mailbox = cast, mailbox

    @property
    def session(self) -> Session:
        return db.session

    def write_to(self, *names: str) -> None:
        """Their platform tells their addresses; they came through the link of the programme course."""
        for name in names:
            person = self.person(name)
            person.email = f"{name}@student.example.edu"
            link_id = self.cast.links["LAOS", "om1"]
            self.session.merge(LinkVisit(link_id=link_id, person_id=person.id))
        self.session.commit()

    def hand_in(self, *names: str, language: str = "en") -> None:
        for name in names:
            submit_essay(self.session, self.cast.people[name], language=language)
        self.session.commit()

    def last_words(self) -> str:
        """The plain text of the newest letter, with single spaces."""
        text = self.mailbox.arrived[-1][1].get_body(("plain",))
        assert text
        return " ".join(text.get_content().split())

    def person(self, name: str) -> Person:
        return self.session.get_one(Person, self.cast.people[name], populate_existing=True)

    def digest(self, name: str = "lina") -> Digest:
        return self.session.get_one(Digest, self.cast.people[name], populate_existing=True)

    def work(self, at: str) -> list[str]:
        """Run the job at that moment ("2026-11-24T08:59+01:00"); returns whom it wrote to."""
        before = len(self.mailbox.arrived)
        with time_machine.travel(datetime.fromisoformat(at), tick=False):
            send_digests()
        self.session.rollback()
        return [address.split("@")[0] for address in self.mailbox.addresses[before:]]

    def work_through(self, day: str) -> list[str]:
        """Run the job now and then on that day in Oslo ("2026-11-24"); returns whom it wrote to."""
        times = ("00:05", "06:59", "09:00", "13:00", "19:30", "23:59")
        return [name for time in times for name in self.work(f"{day}T{time}+01:00")]


@pytest.fixture
def mornings(app: Flask, cast: Cast, mailbox: Mailbox) -> Iterator[Mornings]:
    """Lina's, Frode's and Amir's essays are in, so each has two to evaluate; Lina is written to. It is a Monday."""
    with app.app_context():
        found = Mornings(cast, mailbox)
        with time_machine.travel("2026-11-23T15:00+01:00", tick=False):
            found.write_to("lina")
            found.hand_in("lina", "frode", "amir")
            send_digests()
        db.session.rollback()
        yield found
