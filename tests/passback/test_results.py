"""Gradebooks are read back: what is read when, what is kept of it, and what it keeps us from overwriting."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from lti_tool.database import now
from lti_tool.lti.models import Deployment, DeploymentStatus, LineItem, Platform, ToolKey
from lti_tool.lti.services.grades import SCORE_SCOPE
from lti_tool.passback import results, wake_reader
from lti_tool.passback.models import PlatformResult
from lti_tool.passback.reader import read_next
from lti_tool.passback.rules import FIRST_READ_DELAY, LONGEST_READ_DELAY, READ_AFTER_SENDING, READ_EVERY
from lti_tool.people.models import Person
from lti_tool.programme.models import Cohort
from tests.passback.conftest import Outbox
from tests.passback.fake_lms import no_answer, refusal
from tests.passback.reading import ITEM, fetch, held, read_all, shown
from tests.working import work_off

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def due_at(outbox: Outbox, course: str = "TDT4100") -> datetime | None:
    outbox.session.rollback()
    return outbox.session.scalars(
        select(LineItem.results_due_at).where(LineItem.link_id == outbox.cast.links[course, "om1"])
    ).one()


def reads(outbox: Outbox) -> list[str]:
    return [request.url for request in outbox.lms.requests if request.path.endswith("/results")]


def test_c95_the_results_of_a_whole_column_are_read_in_one_request(outbox: Outbox) -> None:
    outbox.lms.grades = {(ITEM, "sub-lina"): shown(80, "Fine"), (ITEM, "sub-frode"): shown(0)}
    before = now()
    fetch(outbox)
    lina, frode = held(outbox), held(outbox, "frode")
    assert lina is not None
    assert (lina.share, lina.comment, lina.changed) == (0.8, "Fine", False)
    assert before <= lina.read_at <= now()
    assert frode is not None
    assert (frode.share, frode.comment) == (0, None)
    assert held(outbox, "amir") is None
    assert reads(outbox) == ["https://lms.test/items/TDT4100/results"]


def test_results_of_people_we_do_not_know_are_left_there(outbox: Outbox) -> None:
    stranger = Person(platform_id=_other_platform(outbox), subject="sub-of-another-platform")
    outbox.session.add(stranger)
    outbox.session.commit()
    outbox.lms.grades = {
        (ITEM, "sub-lina"): shown(80),
        (ITEM, "nobody"): shown(50),
        (ITEM, "sub-of-another-platform"): shown(50),
    }
    fetch(outbox)
    kept = outbox.session.scalars(select(PlatformResult.person_id)).all()
    assert kept == [outbox.cast.person_id("lina")]


def test_results_that_are_gone_there_are_gone_here(outbox: Outbox) -> None:
    outbox.lms.grades = {(ITEM, "sub-lina"): shown(80), (ITEM, "sub-frode"): shown(70)}
    fetch(outbox)
    outbox.lms.grades = {(ITEM, "sub-frode"): shown(60)}
    fetch(outbox)
    frode = held(outbox, "frode")
    assert frode is not None
    assert frode.share == 0.6
    assert held(outbox) is None


def test_only_the_columns_of_the_course_are_asked_for_and_only_those_that_may_be_read(outbox: Outbox) -> None:
    outbox.change_item("TMA4100", scopes=SCORE_SCOPE)
    outbox.change_item("LAOS", url=None)
    asked = [results.ask_for(outbox.session, outbox.cast.courses[course]) for course in ("TDT4100", "TMA4100", "LAOS")]
    outbox.session.commit()
    assert asked == [1, 0, 0]
    assert read_all(outbox) == 1


def test_columns_of_a_closed_installation_are_not_read(outbox: Outbox) -> None:
    results.ask_for(outbox.session, outbox.cast.courses["TDT4100"])
    outbox.session.get_one(Deployment, outbox.cast.deployment_pk).status = DeploymentStatus.INACTIVE
    outbox.session.commit()
    assert read_all(outbox) == 0


def test_a_column_is_read_daily_while_its_cohort_takes_people_in(outbox: Outbox) -> None:
    before = now()
    fetch(outbox)
    tomorrow = due_at(outbox)
    assert tomorrow is not None
    assert before + READ_EVERY <= tomorrow <= now() + READ_EVERY
    assert not read_next(outbox.session, outbox.courier), "not before tomorrow"
    with time_machine.travel(tomorrow + SECOND):
        assert read_next(outbox.session, outbox.courier)
    outbox.session.get_one(Cohort, outbox.cast.cohort_id).is_open = False
    fetch(outbox)
    assert due_at(outbox) is None


def test_a_class_that_finishes_together_costs_one_reading_soon_after(outbox: Outbox) -> None:
    before = now()
    for name in ("lina", "frode", "amir"):
        outbox.enqueue(name)
    outbox.deliver_all()
    soon = due_at(outbox)
    assert soon is not None
    assert before + READ_AFTER_SENDING <= soon <= now() + READ_AFTER_SENDING
    with time_machine.travel(soon + SECOND):
        assert read_all(outbox) == 1
    assert all(held(outbox, name) for name in ("lina", "frode", "amir"))


def test_a_score_that_failed_is_no_reason_to_read(outbox: Outbox) -> None:
    outbox.lms.fail("scores", refusal(403))
    outbox.enqueue()
    outbox.deliver()
    assert due_at(outbox) is None


def test_a_column_is_not_read_early_that_cannot_be_read(outbox: Outbox) -> None:
    outbox.lms.fail("results", refusal(403))
    fetch(outbox)
    later = due_at(outbox)
    outbox.enqueue()
    outbox.deliver()
    assert due_at(outbox) == later
    fetch(outbox)
    assert held(outbox) is not None, "staff may have it tried at any time"


def test_failures_are_tried_again_after_an_hour_then_less_often_down_to_weekly(outbox: Outbox) -> None:
    fetch(outbox)
    delays = []
    for _failure in range(12):
        outbox.lms.fail("results", refusal(500))
        outbox.item().results_due_at = before = now()
        outbox.session.commit()
        read_all(outbox)
        later = due_at(outbox)
        assert later is not None
        delays.append(round((later - before).total_seconds()))
    assert delays[:3] == [3600, 7200, 14400]
    assert delays[0] == FIRST_READ_DELAY
    assert delays[-1] == LONGEST_READ_DELAY
    fetch(outbox)
    assert outbox.item().results_failures == 0


@pytest.mark.parametrize("fault", [refusal(403), refusal(500), no_answer(), lambda: 1 / 0])
def test_what_was_read_before_outlives_a_failure(outbox: Outbox, fault: Any) -> None:
    outbox.lms.grades = {(ITEM, "sub-lina"): shown(80)}
    fetch(outbox)
    outbox.lms.fail("results", fault)
    fetch(outbox)
    assert held(outbox) is not None
    assert outbox.item().results_failures == 1


@pytest.mark.parametrize(("fault", "others_are_read"), [(no_answer(), False), (refusal(404), True)])
def test_a_platform_that_does_not_answer_is_not_asked_for_its_other_columns(
    outbox: Outbox, fault: Any, others_are_read: bool
) -> None:
    for course in ("TDT4100", "LAOS"):
        results.ask_for(outbox.session, outbox.cast.courses[course])
    outbox.session.commit()
    outbox.lms.fail("results", fault)
    read_all(outbox)
    assert len(reads(outbox)) == (2 if others_are_read else 1)


def test_a_platform_is_read_again_no_earlier_than_it_asks(outbox: Outbox) -> None:
    outbox.lms.fail("results", refusal(429, retry_after=3 * 3600))
    before = now()
    fetch(outbox)
    later = due_at(outbox)
    assert later is not None
    assert later >= before + 3 * HOUR


def test_without_a_signing_key_nothing_is_asked(outbox: Outbox) -> None:
    outbox.session.query(ToolKey).delete()
    outbox.session.commit()
    fetch(outbox)
    assert outbox.lms.requests == []
    assert outbox.item().results_failures == 1


def test_two_workers_do_not_read_one_column_at_once(outbox: Outbox) -> None:
    results.ask_for(outbox.session, outbox.cast.courses["TDT4100"])
    outbox.session.commit()
    assert results.claim(outbox.session, HOUR) is not None
    outbox.session.commit()
    assert results.claim(outbox.session, HOUR) is None


def test_a_worker_that_died_reading_is_replaced_after_its_lease(outbox: Outbox) -> None:
    results.ask_for(outbox.session, outbox.cast.courses["TDT4100"])
    results.claim(outbox.session, HOUR)
    outbox.session.commit()
    assert not read_next(outbox.session, outbox.courier)
    with time_machine.travel(now() + HOUR + SECOND):
        assert read_next(outbox.session, outbox.courier)


def test_whoever_asks_during_a_reading_gets_another(outbox: Outbox) -> None:
    outbox.lms.fail("results", lambda: _ask_again(outbox))
    fetch(outbox)
    assert len(reads(outbox)) == 2


def test_no_transaction_is_open_while_the_platform_is_asked(outbox: Outbox) -> None:
    open_then: list[bool] = []
    outbox.lms.fail("results", lambda: open_then.append(outbox.session.in_transaction()))
    fetch(outbox)
    assert open_then == [False]


def test_an_older_reading_does_not_replace_a_newer_one(outbox: Outbox) -> None:
    outbox.lms.grades = {(ITEM, "sub-lina"): shown(80)}
    results.ask_for(outbox.session, outbox.cast.courses["TDT4100"])
    slow = results.claim(outbox.session, HOUR)
    outbox.session.commit()
    assert slow is not None
    fetch(outbox)
    results.record(outbox.session, slow, [])
    outbox.session.commit()
    assert held(outbox) is not None


def test_one_message_has_every_due_column_read(queued: Outbox, app: Flask) -> None:
    for course in ("TDT4100", "TMA4100", "LAOS"):
        results.ask_for(queued.session, queued.cast.courses[course])
    queued.session.commit()
    wake_reader()
    work_off(app)
    assert len(reads(queued)) == 3


def test_no_log_of_a_reading_names_a_person(outbox: Outbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    outbox.lms.grades = {(ITEM, "sub-lina"): shown(80, "Dear Lina")}
    fetch(outbox)
    outbox.lms.fail("results", refusal(500, "sub-lina"))
    fetch(outbox)
    ours = [str(vars(record)).lower() for record in caplog.records if record.name.startswith("lti_tool")]
    assert len(ours) == 2
    assert not [text for text in ours if "lina" in text]


def _ask_again(outbox: Outbox) -> None:
    results.ask_for(outbox.session, outbox.cast.courses["TDT4100"])
    outbox.session.commit()


def _other_platform(outbox: Outbox) -> int:
    platform = Platform(
        name="Other LMS",
        issuer="https://other.test",
        client_id="client-2",
        auth_url="https://other.test/auth",
        token_url="https://other.test/token",
        jwks_url="https://other.test/jwks",
    )
    outbox.session.add(platform)
    outbox.session.flush()
    return platform.id
