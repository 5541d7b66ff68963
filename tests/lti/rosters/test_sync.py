"""The job that reads rosters: who wakes it, and how it shares the worker with others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from lti_tool.http import OutgoingError
from lti_tool.jobs import Jobs
from lti_tool.lti.rosters.sync import Failure, Overtaken, sync_course, sync_rosters
from lti_tool.people.models import Course
from tests.lti.platform import LearningPlatform
from tests.lti.rosters.conftest import Class
from tests.lti.rosters.stand_in import member
from tests.working import work_off

NRPS_URL = "https://lms.test/members/course-1"
NRPS = {
    "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice": {
        "context_memberships_url": NRPS_URL,
        "service_versions": ["2.0"],
    }
}


@pytest.fixture
def woken(class_: Class, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the tasks that are enqueued from now on; none is run."""
    names: list[str] = []
    monkeypatch.setattr(Jobs, "enqueue", lambda _jobs, name, **_options: names.append(name))
    return names


@pytest.fixture
def worker(class_: Class) -> Iterator[Class]:
    """The class, whose platform the application's own worker asks."""
    extensions = class_.cast.app.extensions
    before = extensions["rosters"]
    extensions["rosters"] = class_.fetcher
    yield class_
    extensions["rosters"] = before


def test_c82_the_first_launch_of_the_staff_has_the_roster_read(
    worker: Class, lms: LearningPlatform, client: FlaskClient
) -> None:
    work_off(worker.cast.app)
    worker.platform.lists[NRPS_URL] = [[member("new", "Nora Nykommer")]]
    assert lms.launch(client, "Instructor", changes={"sub": "teacher", **NRPS}).status_code == 303
    work_off(worker.cast.app)
    assert worker.platform.asked[-1] == NRPS_URL
    assert worker.name("new") == "Nora Nykommer"


def test_a_learners_launch_asks_for_no_roster(woken: list[str], lms: LearningPlatform, client: FlaskClient) -> None:
    lms.launch(client, changes=NRPS)
    assert woken == []


def test_only_the_first_launch_of_the_staff_wakes_the_job(
    woken: list[str], lms: LearningPlatform, client: FlaskClient
) -> None:
    for sub in ("teacher", "teacher", "other-teacher"):
        lms.launch(client, "Instructor", changes={"sub": sub, **NRPS})
    assert woken == ["sync_rosters"]


def test_a_queue_that_is_away_fails_no_launch(
    class_: Class, lms: LearningPlatform, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_arguments: Any, **_options: Any) -> None:
        raise ConnectionError("no queue")

    monkeypatch.setattr(Jobs, "enqueue", away)
    assert lms.launch(client, "Instructor", changes=NRPS).status_code == 303
    due_at = select(Course.roster_due_at).where(Course.context_id == "course-1")
    assert class_.session.scalars(due_at).one() is not None


def test_the_job_reads_one_course_and_calls_for_the_next(worker: Class, woken: list[str]) -> None:
    worker.make_due("LAOS")
    worker.lists_everybody()
    worker.lists(member("sub-siri"), course="LAOS")
    sync_rosters()
    assert (len(worker.platform.asked), woken) == (1, ["sync_rosters"])
    sync_rosters()
    assert (len(worker.platform.asked), woken) == (2, ["sync_rosters"] * 2)
    sync_rosters()
    assert (len(worker.platform.asked), woken) == (2, ["sync_rosters"] * 2)


def test_one_thread_of_a_worker_reads_rosters_so_that_the_others_can_send_scores(
    worker: Class, woken: list[str]
) -> None:
    worker.lists_everybody()
    with worker.fetcher.turn:
        sync_rosters()
        assert worker.platform.asked == []
    sync_rosters()
    assert len(worker.platform.asked) == 1


def test_a_class_of_courses_costs_one_token(class_: Class) -> None:
    class_.make_due("LAOS")
    class_.lists_everybody()
    class_.lists(member("sub-siri"), course="LAOS")
    class_.sync()
    class_.sync()
    assert class_.platform.tokens == 1


def test_c83_c84_c85_the_request_has_the_exact_type_and_the_token(class_: Class) -> None:
    class_.lists_everybody()
    class_.sync()
    (headers,) = class_.platform.headers
    assert headers == {
        "Accept": "application/vnd.ims.lti-nrps.v2.membershipcontainer+json",
        "Authorization": "Bearer t",
    }


@pytest.mark.parametrize(
    "link",
    ['<{}>; rel="next"', "<{}>; rel=next", "<{}>; REL='Next'", "<{}>; rel=\u00e2\u0080\u009cnext\u00e2\u0080\u009d"],
)
def test_c87_the_next_page_is_asked_for_as_it_was_written_however_that_is_quoted(class_: Class, link: str) -> None:
    class_.platform.link = link
    address = "https://lms.test/Members?Cursor=AbC%2F&c=1"
    class_.course().roster_url = address
    class_.session.commit()
    class_.platform.lists[address] = [[member("new-1")], [member("new-2")], [member("new-3")]]
    class_.sync()
    assert class_.platform.asked == [address, f"{address}#page1", f"{address}#page2"]
    assert class_.subjects() >= {"new-1", "new-2", "new-3"}


def test_the_platform_is_asked_outside_any_transaction(class_: Class) -> None:
    class_.lists_everybody()
    seen: list[bool] = []
    class_.platform.meanwhile = lambda: seen.append(class_.session.in_transaction())
    class_.sync()
    assert seen == [False]


def test_what_takes_too_long_for_a_person_goes_on_in_a_worker(
    worker: Class, woken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lti_tool.lti.rosters.sync.SHORT_PATIENCE", 0.0)
    worker.lists_everybody(member("new"))
    outcome = sync_course(worker.session, worker.cast.courses["TDT4100"])
    assert isinstance(outcome, Failure)
    assert (outcome.reason, woken) == ("slow", ["sync_rosters"])
    assert worker.course().roster_failures == 0
    sync_rosters()
    assert "new" in worker.subjects()


def test_what_takes_too_long_for_a_worker_is_a_failure(class_: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lti_tool.lti.rosters.sync.PATIENCE", 0.0)
    class_.lists_everybody()
    class_.sync()
    assert (class_.course().roster_failures, class_.course().roster_failure) == (1, "slow")


def test_two_who_ask_at_once_do_not_ask_twice(worker: Class) -> None:
    course_id = worker.cast.courses["TDT4100"]
    worker.lists_everybody(member("new"))
    second: list[object] = []

    def ask_too() -> None:
        worker.platform.meanwhile = lambda: None
        second.append(sync_course(worker.session, course_id))

    worker.platform.meanwhile = ask_too
    assert sync_course(worker.session, course_id)
    assert isinstance(second[0], Overtaken)
    assert len(worker.platform.asked) == 1


def test_the_log_names_nobody(class_: Class, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    class_.lists_everybody(member("secret-id", "Nora Nykommer"))
    class_.sync()
    class_.platform.failures[class_.url()] = OutgoingError("secret-id is wrong", retry=False, status=400)
    class_.sync_again()
    said = " ".join(str(vars(record)) for record in caplog.records)
    assert "roster read" in said
    assert "roster failed" in said
    assert "Nora" not in said
    assert "secret-id" not in said
