"""`kill -9` on workers, wherever it hits them, loses no score and sends none out of order."""

from __future__ import annotations

import random
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerProcess
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from lti_tool.database import db
from lti_tool.lti.columns import Subject
from lti_tool.lti.models import LineItem, Platform
from lti_tool.passback import wake
from lti_tool.passback.actions import Grade, enqueue
from lti_tool.passback.models import Delivery, Score
from lti_tool.people.models import LinkVisit, Person
from tests.passback.conftest import Outbox
from tests.passback.dying_worker import POINTS, work
from tests.passback.fake_lms import FakeLms
from tests.passback.loopback import Gate, served
from tests.processes import processes

LEASE = timedelta(seconds=3)
PATIENCE = 90.0
LEARNERS = 12


@pytest.mark.timeout(180)
def test_killed_workers_lose_nothing_and_send_nothing_out_of_order(outbox: Outbox) -> None:
    points = {point: random.randint(1, 6) for point in POINTS}
    print("killed at", points)  # noqa: T201
    with served(outbox.lms) as address, ExitStack() as stack:
        school = School(outbox, address)

        def start(point: str = "never", number: int = 0) -> ForkServerProcess:
            return stack.enter_context(worker(outbox, point, number))

        gate = Gate()
        outbox.lms.fail("scores", gate, gate)
        school.grade_everybody()
        killed_while_answering = start()
        assert gate.reached.wait(PATIENCE)
        killed_while_answering.kill()
        gate.open()

        dying = [start(point, number) for point, number in points.items()]
        until(lambda: school.grade_somebody() and not any(each.is_alive() for each in dying))
        assert [each.exitcode for each in dying] == [-signal.SIGKILL] * len(POINTS)

        for _worker in range(2):
            start()
        until(lambda: school.grade_somebody() and len(outbox.lms.posts("/scores")) > 4 * LEARNERS)
        school.grade_everybody()
        until(school.all_sent)

    assert {key: grade["comment"] for key, grade in outbox.lms.grades.items()} == school.expected
    assert_in_order(outbox.lms)


@contextmanager
def worker(outbox: Outbox, point: str, number: int) -> Iterator[ForkServerProcess]:
    url = outbox.cast.app.config["SETTINGS"].database_url
    process = processes.Process(target=work, args=(url, LEASE, point, number), daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.05)


def assert_in_order(lms: FakeLms) -> None:
    received: dict[tuple[str, str], list[tuple[datetime, str]]] = defaultdict(list)
    for post in lms.posts("/scores"):
        score = post.json
        key = (post.path, score["userId"])
        received[key].append((datetime.fromisoformat(score["timestamp"]), score["comment"]))
    for sent in received.values():
        assert sent == sorted(sent, key=lambda pair: pair[0])
        assert len({moment for moment, _comment in sent}) == len(set(sent)), "one timestamp, one score"


class School:
    """Learners in one course whose grades change again and again."""

    def __init__(self, outbox: Outbox, address: str) -> None:
        self._cast = outbox.cast
        self._numbers = iter(range(10**6))
        # The comment that each (line item, user) should have in the end.
        self.expected: dict[tuple[str, str], str] = {}
        session = outbox.session
        session.get_one(Platform, outbox.cast.platform_id).token_url = f"{address}/token"
        for item in session.scalars(select(LineItem)):
            item.url = f"{address}{urlsplit(item.url or '').path}"
        self._learners = [self._admit(f"learner-{number}") for number in range(LEARNERS)]
        session.commit()

    def _admit(self, subject: str) -> tuple[int, str]:
        person = Person(platform_id=self._cast.platform_id, subject=subject)
        db.session.add(person)
        db.session.flush()
        db.session.add(LinkVisit(link_id=self._cast.links["TDT4100", "om1"], person_id=person.id))
        return person.id, subject

    def grade_everybody(self) -> None:
        for learner in self._learners:
            self._grade(*learner)

    def grade_somebody(self) -> bool:
        self._grade(*random.choice(self._learners))
        return True

    def all_sent(self) -> bool:
        states = set(db.session.scalars(select(Score.state)))
        db.session.rollback()
        return states == {Delivery.SENT}

    def _grade(self, person_id: int, subject: str) -> None:
        number = next(self._numbers)
        comment = f"Version {number}"
        score_ids = enqueue(db.session, person_id, Subject("om1"), Grade(number % 100, 100, comment))
        db.session.commit()
        wake(score_ids)
        self.expected["/items/TDT4100", subject] = comment
