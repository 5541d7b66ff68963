"""Two workers at once, and one that dies: nobody gets two, at worst the same one again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from lti_tool.database import db, table_of
from lti_tool.lti.upsert import insert_into
from lti_tool.messages.digests import AT_ONCE, LEASE, send_some
from lti_tool.messages.models import Digest
from lti_tool.messages.post import Line
from lti_tool.messages.queries import news_for
from lti_tool.people.models import Membership, Person, Role
from tests.conftest import CountStatements
from tests.messages.conftest import Mornings
from tests.work import submit_essay

MORNING = datetime.fromisoformat("2026-11-24T09:00+01:00")


class Dying(Line):
    """The process ends between the server's answer and its note of that."""

    def send(self, message: EmailMessage) -> None:
        super().send(message)
        raise SystemExit


def line_of(mornings: Mornings, kind: type[Line] = Line) -> Line:
    return kind(mornings.cast.app.config["SETTINGS"].mail)


def crowd(mornings: Mornings, number: int) -> list[int]:
    """So many more learning assistants with an address and essays to evaluate."""
    people = []
    for n in range(number):
        person = Person(platform_id=mornings.cast.platform_id, subject=f"la-{n}", email=f"la-{n}@student.example.edu")
        mornings.session.add(person)
        mornings.session.flush()
        course_id = mornings.cast.courses["LAOS"]
        mornings.session.add(Membership(person_id=person.id, course_id=course_id, role=Role.LEARNER))
        submit_essay(mornings.session, person.id)
        people.append(person.id)
    connection = mornings.session.connection()
    connection.execute(
        insert_into(connection, table_of(Digest)), [{"person_id": each, "due_at": MORNING} for each in people]
    )
    mornings.session.commit()
    return people


def test_two_workers_at_once_write_to_everybody_once(mornings: Mornings) -> None:
    crowd(mornings, 20)
    start = threading.Barrier(3)

    def work(_number: int) -> None:
        with mornings.cast.app.app_context():
            start.wait(timeout=60)
            line = line_of(mornings)
            while send_some(db.session, line):
                pass
            line.close()

    with time_machine.travel(MORNING, tick=False), ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    arrived = mornings.mailbox.addresses
    assert len(arrived) == len(set(arrived)) == 21


def test_a_worker_that_dies_after_sending_has_it_sent_once_more_and_recognisably(mornings: Mornings) -> None:
    with time_machine.travel(MORNING, tick=False), pytest.raises(SystemExit):
        send_some(mornings.session, line_of(mornings, Dying))
    mornings.session.rollback()
    assert mornings.work("2026-11-24T09:09+01:00") == []
    assert mornings.work((MORNING + LEASE).isoformat()) == ["lina"]
    first, second = (message["Message-ID"] for _address, message in mornings.mailbox.arrived)
    assert first == second
    assert mornings.work_through("2026-11-24") == mornings.work_through("2026-11-25") == []


def test_nothing_is_sent_within_a_transaction(mornings: Mornings) -> None:
    crowd(mornings, 2)
    open_while_sending: list[bool] = []

    class Watching(Line):
        def send(self, message: EmailMessage) -> None:
            open_while_sending.append(mornings.session.in_transaction())
            super().send(message)

    with time_machine.travel(MORNING, tick=False):
        send_some(mornings.session, line_of(mornings, Watching))
    assert open_while_sending == [False] * 3


def test_a_full_turn_says_that_there_is_more(mornings: Mornings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lti_tool.messages.digests.AT_ONCE", 2)
    crowd(mornings, 2)
    with time_machine.travel(MORNING, tick=False):
        line: Any = line_of(mornings)
        assert [send_some(mornings.session, line) for _turn in range(2)] == [True, False]
        line.close()
    assert len(mornings.mailbox.arrived) == 3
    assert AT_ONCE == 50


def test_many_are_looked_at_with_the_statements_of_one(mornings: Mornings, count_statements: CountStatements) -> None:
    people = [*crowd(mornings, 8), mornings.cast.people["lina"]]
    mornings.session.connection()
    with count_statements() as of_one:
        news_for(mornings.session, people[-1:], MORNING)
    with count_statements() as of_all:
        found = news_for(mornings.session, people, MORNING)
    assert set(found) == set(people)
    assert len(of_one) == len(of_all) <= 6
    assert mornings.session.scalars(select(Digest.sent_at).where(Digest.sent_at.is_not(None))).all() == []
