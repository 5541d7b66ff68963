"""Deliveries to the demo LMS, a true platform, over a real socket, on its good days and its bad ones."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from flask import Flask
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import delete, select
from werkzeug.serving import make_server

from lti_tool.demo_lms.app import Behaviour, DemoConfig, create_demo_lms
from lti_tool.demo_lms.behaviour import MOODLE, OPEN_EDX
from lti_tool.demo_lms.models import Grade, LineItem, Link, ScoreRequest
from lti_tool.demo_lms.state import EXTENSION, Lms
from lti_tool.lti.columns import TAG
from lti_tool.lti.models import Platform
from lti_tool.passback import results
from lti_tool.passback.actions import Grade as NewGrade
from lti_tool.passback.courier import Courier
from lti_tool.passback.models import Delivery
from lti_tool.passback.queries import held_results
from lti_tool.passback.reader import read_next
from lti_tool.passback.reasons import Reason
from lti_tool.passback.rules import TOKEN_REFUSALS
from lti_tool.people.models import Person, ResourceLink
from tests.passback.conftest import Outbox

LEARNER = "la-ingrid"


@dataclass(frozen=True)
class DemoLms:
    lms: Lms
    link_id: str
    course_key: str

    def behave(self, behaviour: Behaviour) -> None:
        self.lms.behaviours.change(behaviour)

    def container_url(self) -> str:
        query = "?type_id=1" if self.lms.behaviours.current.line_item_query else ""
        return f"{self.lms.config.base_url}/api/lti/courses/{self.course_key}/line_items{query}"

    def line_item_url(self) -> str:
        with self.lms.store.reading() as session:
            item_id = session.scalars(select(LineItem.id).where(LineItem.link_id == self.link_id)).one()
        path, _mark, query = self.container_url().partition("?")
        return f"{path}/{item_id}{'?' + query if query else ''}"

    def grades(self) -> list[tuple[str, float | None, str | None]]:
        with self.lms.store.reading() as session:
            rows = session.execute(select(Grade.sub, Grade.score, Grade.comment).order_by(Grade.sub))
            return [(row.sub, row.score, row.comment) for row in rows]

    def statuses(self) -> list[int]:
        with self.lms.store.reading() as session:
            return list(session.scalars(select(ScoreRequest.status).order_by(ScoreRequest.id)))

    def line_items(self) -> int:
        with self.lms.store.reading() as session:
            return len(session.scalars(select(LineItem.id)).all())

    def add_line_item(self, label: str, link_id: str | None) -> int:
        """One with our marks, worth ten points."""
        item = LineItem(
            client_id=self.lms.config.client_id,
            course_key=self.course_key,
            link_id=link_id,
            label=label,
            score_maximum=10,
            resource_id="om1",
            tag=TAG,
        )
        with self.lms.store.writing.begin() as session:
            session.add(item)
            session.flush()
            return item.id

    def line_item(self, item_id: int) -> LineItem:
        with self.lms.store.reading() as session:
            return session.get_one(LineItem, item_id)

    def remove_line_item(self, item_id: int) -> None:
        with self.lms.store.writing.begin() as session:
            session.execute(delete(Grade).where(Grade.line_item_id == item_id))
            session.execute(delete(LineItem).where(LineItem.id == item_id))

    def forget(self) -> None:
        with self.lms.store.writing.begin() as session:
            session.execute(delete(Grade))
            session.execute(delete(ScoreRequest))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, tool_pem: str) -> Iterator[DemoLms]:
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    database = tmp_path_factory.mktemp("demo_lms") / "lms.sqlite3"
    config = DemoConfig(address, "http://localhost", database, fetch_jwks=lambda _url: _jwks(tool_pem))
    app = create_demo_lms(config)
    server = make_server("127.0.0.1", 0, app, threaded=True, fd=listener.fileno())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield _opened(app)
    server.shutdown()
    thread.join()
    listener.close()


def _opened(app: Flask) -> DemoLms:
    lms: Lms = app.extensions[EXTENSION]
    with lms.store.reading() as session:
        link = session.scalars(select(Link).join(LineItem, LineItem.link_id == Link.id).order_by(Link.id)).first()
        assert link is not None
        return DemoLms(lms, link.id, link.course_key)


def _jwks(pem: str) -> Mapping[str, Any]:
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {"keys": [{**jwk, "kid": "kid-1", "alg": "RS256", "use": "sig"}]}


@pytest.fixture
def demo(running: DemoLms, outbox: Outbox) -> DemoLms:
    """Registered with the tool; Lina is a learner there."""
    running.forget()
    running.behave(Behaviour())
    platform = outbox.session.get_one(Platform, outbox.cast.platform_id)
    platform.client_id, platform.token_url = "demo-client", running.lms.config.token_url
    outbox.session.get_one(Person, outbox.cast.person_id("lina")).subject = LEARNER
    outbox.session.get_one(ResourceLink, outbox.cast.links["TDT4100", "om1"]).resource_link_id = running.link_id
    outbox.change_item(url=running.line_item_url(), container_url=running.container_url())
    outbox.courier = Courier(lease=timedelta(seconds=60), chance=lambda: 0.0)
    return running


def deliver_patiently(outbox: Outbox, score_id: int, tries: int = 5) -> Delivery:
    for _try in range(tries):
        outbox.deliver()
        if outbox.score(score_id).state is not Delivery.WAITING:
            break
        outbox.make_due(score_id)
    return outbox.score(score_id).state


@pytest.mark.parametrize(
    ("behaviour", "statuses"),
    [
        (Behaviour(), [200]),
        (Behaviour(token_as_html=True), [200]),
        (Behaviour(unauthorised=1), [401, 200]),
        (Behaviour(too_many_requests=1, retry_after=30), [429, 200]),
        (Behaviour(server_errors=2), [500, 500, 200]),
        (Behaviour(server_errors=1, faults_at=("token",)), [200]),
        (Behaviour(lost_answers=1, faults_at=("scores",)), [500, 409]),
        (Behaviour(stale_timestamps="bad_request", lost_answers=1, faults_at=("scores",)), [500, 400]),
        (MOODLE, [200]),
        (OPEN_EDX, [200]),
    ],
)
def test_the_grade_arrives_once_whatever_the_day(
    demo: DemoLms, outbox: Outbox, behaviour: Behaviour, statuses: list[int]
) -> None:
    demo.behave(behaviour)
    outbox.change_item(url=demo.line_item_url(), container_url=demo.container_url())
    score_id = outbox.enqueue()
    assert deliver_patiently(outbox, score_id) is Delivery.SENT
    assert demo.grades() == [(LEARNER, 100, "Well done")]
    assert demo.statuses() == statuses


def test_an_answer_that_takes_too_long_is_asked_for_again(demo: DemoLms, outbox: Outbox) -> None:
    score_id = outbox.enqueue()
    outbox.courier = Courier(lease=timedelta(seconds=2), chance=lambda: 0.0)
    demo.behave(Behaviour(slow_seconds=1.5, faults_at=("scores",)))
    outbox.deliver()
    assert outbox.score(score_id).state is Delivery.WAITING
    demo.behave(Behaviour())
    outbox.make_due(score_id)
    outbox.courier = Courier(chance=lambda: 0.0)
    assert deliver_patiently(outbox, score_id) is Delivery.SENT
    assert demo.grades() == [(LEARNER, 100, "Well done")]
    while len(demo.statuses()) < 2:
        # The platform is still at the first one, and must not be within the next test.
        time.sleep(0.02)


@pytest.mark.parametrize("preset", [Behaviour(), MOODLE, OPEN_EDX])
def test_a_grade_given_by_hand_within_the_same_second_is_replaced(
    demo: DemoLms, outbox: Outbox, preset: Behaviour
) -> None:
    demo.behave(preset)
    outbox.change_item(url=demo.line_item_url())
    score_id = outbox.enqueue()
    _grade_by_hand(demo, outbox, score_id)
    assert deliver_patiently(outbox, score_id) is Delivery.SENT
    assert demo.grades() == [(LEARNER, 100, "Well done")]
    assert demo.statuses()[-1] == 200


def test_scores_that_follow_each_other_in_one_second_all_count(demo: DemoLms, outbox: Outbox) -> None:
    demo.behave(MOODLE)
    outbox.change_item(url=demo.line_item_url())
    for given in (20.0, 60.0, 100.0):
        assert deliver_patiently(outbox, outbox.enqueue(grade=NewGrade(given, 100, "Step"))) is Delivery.SENT
    assert demo.statuses() == [200, 200, 200]


def test_two_401_in_a_row_are_an_error(demo: DemoLms, outbox: Outbox) -> None:
    demo.behave(Behaviour(unauthorised=2))
    score_id = outbox.enqueue()
    assert deliver_patiently(outbox, score_id) is Delivery.FAILED
    assert outbox.score(score_id).failure == Reason.NOT_ADMITTED


def test_somebody_who_is_no_learner_there_is_named_to_the_instructor(demo: DemoLms, outbox: Outbox) -> None:
    outbox.session.get_one(Person, outbox.cast.person_id("lina")).subject = "nobody-there"
    score_id = outbox.enqueue()
    assert deliver_patiently(outbox, score_id) is Delivery.FAILED
    assert outbox.score(score_id).failure_status == 404


def test_a_deployment_that_the_platform_does_not_know_gets_no_token(demo: DemoLms, outbox: Outbox) -> None:
    outbox.session.get_one(Platform, outbox.cast.platform_id).client_id = "somebody-else"
    score_id = outbox.enqueue()
    assert deliver_patiently(outbox, score_id, TOKEN_REFUSALS + 1) is Delivery.FAILED
    assert outbox.score(score_id).failure == Reason.TOKEN_REFUSED
    assert demo.statuses() == []


@pytest.mark.parametrize("preset", [Behaviour(page_size=1), MOODLE])
def test_the_column_of_the_link_is_found_where_the_launch_names_none(
    demo: DemoLms, outbox: Outbox, preset: Behaviour
) -> None:
    demo.behave(preset)
    before = demo.line_items()
    outbox.change_item(url=None, container_url=demo.container_url())
    score_id = outbox.enqueue()
    assert deliver_patiently(outbox, score_id) is Delivery.SENT
    assert outbox.item().url == demo.line_item_url()
    assert demo.line_items() == before


def test_a_column_is_made_for_a_link_that_has_none(demo: DemoLms, outbox: Outbox) -> None:
    with demo.lms.store.reading() as session:
        taken = select(LineItem.link_id).where(LineItem.link_id.is_not(None))
        bare = session.scalars(select(Link).where(Link.course_key == demo.course_key, Link.id.not_in(taken))).first()
    assert bare is not None
    outbox.session.get_one(ResourceLink, outbox.cast.links["TDT4100", "om1"]).resource_link_id = bare.id
    before = demo.line_items()
    outbox.change_item(url=None)
    for name in ("lina", "lina"):
        assert deliver_patiently(outbox, outbox.enqueue(name)) is Delivery.SENT
    assert demo.line_items() == before + 1
    with demo.lms.store.reading() as session:
        made = select(Grade.sub, Grade.score).join(LineItem, LineItem.id == Grade.line_item_id)
        assert session.execute(made.where(LineItem.link_id == bare.id)).all() == [(LEARNER, 100)]
    with demo.lms.store.writing.begin() as session:
        session.execute(delete(Grade))
        session.execute(delete(LineItem).where(LineItem.link_id == bare.id))


@pytest.mark.parametrize("preset", [Behaviour(), MOODLE])
def test_c103_a_column_that_lost_its_link_is_kept_in_step_with_it(
    demo: DemoLms, outbox: Outbox, preset: Behaviour
) -> None:
    demo.behave(preset)
    item_id = demo.add_line_item("An old name", link_id=None)
    before = demo.line_items()
    outbox.session.get_one(ResourceLink, outbox.cast.links["TDT4100", "om1"]).resource_link_id = "link-of-the-copy"
    outbox.change_item(url=None, container_url=demo.container_url())
    assert deliver_patiently(outbox, outbox.enqueue()) is Delivery.SENT
    found = demo.line_item(item_id)
    assert (found.label, found.score_maximum, found.resource_id, found.tag) == ("Link", 100, "om1", TAG)
    assert demo.line_items() == before
    demo.remove_line_item(item_id)


def test_c103_an_update_does_not_unbind_a_column(demo: DemoLms, outbox: Outbox) -> None:
    demo.behave(MOODLE)
    item_id = demo.add_line_item("An old name", link_id=demo.link_id)
    outbox.session.get_one(ResourceLink, outbox.cast.links["TDT4100", "om1"]).resource_link_id = "link-of-the-copy"
    outbox.change_item(url=None, container_url=demo.container_url())
    assert deliver_patiently(outbox, outbox.enqueue()) is Delivery.SENT
    assert (demo.line_item(item_id).label, demo.line_item(item_id).link_id) == ("Link", demo.link_id)
    demo.remove_line_item(item_id)


@pytest.mark.parametrize("preset", [Behaviour(page_size=1), MOODLE, OPEN_EDX])
def test_c95_a_grade_changed_by_hand_is_read_back(demo: DemoLms, outbox: Outbox, preset: Behaviour) -> None:
    demo.behave(preset)
    outbox.change_item(url=demo.line_item_url())
    score_id = outbox.enqueue()
    assert deliver_patiently(outbox, score_id) is Delivery.SENT
    assert _read(outbox) == (1, "Well done", False)
    demo.forget()
    _grade_by_hand(demo, outbox, score_id)
    assert _read(outbox) == (0.4, "By hand", True)


def _read(outbox: Outbox) -> tuple[float | None, str | None, bool]:
    results.ask_for(outbox.session, outbox.cast.courses["TDT4100"])
    outbox.session.commit()
    assert read_next(outbox.session, outbox.courier)
    (held,) = held_results(outbox.session, [outbox.item().id], [outbox.cast.person_id("lina")]).values()
    return held.share, held.comment, held.changed


def _grade_by_hand(demo: DemoLms, outbox: Outbox, score_id: int) -> None:
    with demo.lms.store.writing.begin() as session:
        item_id = session.scalars(select(LineItem.id).where(LineItem.link_id == demo.link_id)).one()
        session.add(
            Grade(
                line_item_id=item_id,
                sub=LEARNER,
                score=40,
                comment="By hand",
                activity_progress="Completed",
                grading_progress="FullyGraded",
                sent_at=outbox.score(score_id).timestamp + timedelta(milliseconds=1),
            )
        )
