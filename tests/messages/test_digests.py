"""Who gets a digest, when, and how often; on both databases and through a real mail server."""

from __future__ import annotations

import logging
from datetime import datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from lti_tool.database import now
from lti_tool.messages.actions import choose_digests
from lti_tool.messages.digests import forget_unused_addresses, send_digests
from lti_tool.messages.models import Digest
from lti_tool.modules.models import StepDate
from lti_tool.peer_review.models import Evaluation, EvaluationStatus
from lti_tool.people.models import Membership, Person
from lti_tool.programme.content import Step
from lti_tool.programme.models import Cohort
from tests.cast import Cast
from tests.messages.conftest import Mornings
from tests.work import begin_evaluation


def test_somebody_with_essays_to_evaluate_is_told_next_morning_and_never_again(mornings: Mornings) -> None:
    assert mornings.mailbox.arrived == []
    assert mornings.work("2026-11-24T06:59+01:00") == []
    assert mornings.work("2026-11-24T09:00+01:00") == ["lina"]
    assert mornings.digest().sent_at == datetime.fromisoformat("2026-11-24T09:00+01:00")
    assert mornings.work_through("2026-11-25") == []


def test_something_new_is_told_with_what_still_holds(mornings: Mornings) -> None:
    mornings.work("2026-11-24T09:00+01:00")
    due(mornings, "2026-11-26T23:59+01:00")
    assert mornings.work_through("2026-11-25") == ["lina"]
    assert "essays in “Giving feedback” are ready" in mornings.last_words()
    assert mornings.work_through("2026-11-26") == []


def test_going_on_with_one_of_two_makes_nothing_new_of_the_other(mornings: Mornings) -> None:
    mornings.work("2026-11-24T09:00+01:00")
    begin_evaluation(mornings.session, mornings.cast.people["lina"])
    mornings.session.commit()
    assert mornings.work_through("2026-11-25") == []


def test_what_ended_and_began_again_is_new(mornings: Mornings) -> None:
    mornings.work("2026-11-24T09:00+01:00")
    cohort = mornings.session.scalars(select(Cohort)).one()
    cohort.is_open = False
    mornings.session.commit()
    assert mornings.work_through("2026-11-25") == []
    mornings.session.scalars(select(Cohort)).one().is_open = True
    mornings.session.commit()
    assert mornings.work_through("2026-11-26") == ["lina"]


def test_whoever_has_nothing_to_do_is_not_written_to(mornings: Mornings) -> None:
    begun = {"status": EvaluationStatus.STARTED, "started_at": now()}
    mornings.session.execute(update(Evaluation).values(**begun))
    mornings.session.commit()
    assert mornings.work_through("2026-11-24") == []


def due(mornings: Mornings, at: str) -> None:
    """The evaluations are due then; the days that each takes at the least are over by that time."""
    cast = mornings.cast
    mornings.session.add(
        StepDate(
            cohort_id=cast.cohort_id,
            module_id=cast.module_id,
            step=Step.EVALUATIONS,
            due_at=datetime.fromisoformat(at),
        )
    )
    mornings.session.scalars(select(Cohort)).one().days_to_evaluate = 1
    mornings.session.commit()


def test_everybody_has_a_time_of_their_own_in_the_morning(mornings: Mornings) -> None:
    mornings.write_to("frode", "amir")
    mornings.work("2026-11-23T16:00+01:00")
    first, last = (datetime.fromisoformat(f"2026-11-24T{hour}+01:00") for hour in ("07:00", "09:00"))
    times = [mornings.digest(name).due_at for name in ("lina", "frode", "amir")]
    assert all(first <= at < last for at in times)
    assert len(set(times)) == 3


def test_the_morning_is_that_of_the_persons_own_time_zone(mornings: Mornings) -> None:
    mornings.write_to("frode", "amir")
    mornings.person("frode").timezone = "America/New_York"
    mornings.person("amir").timezone = "Not/A_Zone"
    mornings.session.commit()
    mornings.work("2026-11-23T16:00+01:00")
    assert sorted(mornings.work("2026-11-24T09:00+01:00")) == ["amir", "lina"]
    assert mornings.work("2026-11-24T12:59+01:00") == []
    assert mornings.work("2026-11-24T15:00+01:00") == ["frode"]


def test_whoever_travels_gets_no_second_one_on_the_same_day(mornings: Mornings) -> None:
    assert mornings.work("2026-11-24T09:00+01:00") == ["lina"]
    mornings.person("lina").timezone = "America/New_York"
    mornings.digest().due_at = datetime.fromisoformat("2026-11-24T13:30+01:00")
    due(mornings, "2026-11-25T23:59+01:00")
    assert mornings.work("2026-11-24T15:00+01:00") == []
    assert mornings.work("2026-11-25T15:00+01:00") == ["lina"]


def test_a_worker_that_was_down_in_the_morning_sends_until_the_evening(mornings: Mornings) -> None:
    mornings.write_to("frode")
    mornings.work("2026-11-23T16:00+01:00")
    assert sorted(mornings.work("2026-11-24T19:59+01:00")) == ["frode", "lina"]


def test_nobody_is_written_to_at_night(mornings: Mornings) -> None:
    assert mornings.work("2026-11-24T20:00+01:00") == []
    assert mornings.work("2026-11-25T06:59+01:00") == []
    assert mornings.work("2026-11-25T09:00+01:00") == ["lina"]


def test_without_an_address_nothing_is_sent(mornings: Mornings) -> None:
    mornings.person("lina").email = None
    mornings.session.commit()
    assert mornings.work_through("2026-11-24") == []


def test_without_a_mail_server_nothing_is_sent(mornings: Mornings) -> None:
    settings = mornings.cast.app.config["SETTINGS"]
    mornings.cast.app.config["SETTINGS"] = settings.with_changes(mail=None)
    assert mornings.work_through("2026-11-24") == []
    mornings.cast.app.config["SETTINGS"] = settings
    assert mornings.work("2026-11-24T10:00+01:00") == ["lina"]


def test_whoever_has_declined_is_not_written_to_until_they_want_it_again(mornings: Mornings) -> None:
    choose(mornings, wanted=False, at="2026-11-23T18:00+01:00")
    assert mornings.work_through("2026-11-24") == []
    choose(mornings, wanted=True, at="2026-11-25T05:00+01:00")
    assert mornings.work_through("2026-11-25") == ["lina"]


def choose(mornings: Mornings, *, wanted: bool, at: str) -> None:
    with time_machine.travel(datetime.fromisoformat(at), tick=False):
        choose_digests(mornings.session, mornings.cast.people["lina"], wanted=wanted, default_zone="Europe/Oslo")
        mornings.session.commit()


def test_whoever_has_left_every_course_is_not_written_to_and_their_address_forgotten(mornings: Mornings) -> None:
    for member in mornings.session.scalars(
        select(Membership).where(Membership.person_id == mornings.cast.people["lina"])
    ):
        member.left_at = now()
    mornings.write_to("frode")
    assert mornings.work_through("2026-11-24") == ["frode"]
    forget_unused_addresses()
    addresses = mornings.session.scalars(select(Person.email).where(Person.email.is_not(None))).all()
    assert addresses == ["frode@student.example.edu"]


def test_once_no_mail_is_sent_every_address_is_forgotten(mornings: Mornings) -> None:
    app = mornings.cast.app
    app.config["SETTINGS"] = app.config["SETTINGS"].with_changes(mail=None)
    forget_unused_addresses()
    assert mornings.session.scalars(select(Person.email).where(Person.email.is_not(None))).all() == []


def test_staff_get_none(mornings: Mornings) -> None:
    mornings.person("kari").email = "kari@example.edu"
    mornings.session.commit()
    mornings.work("2026-11-24T06:00+01:00")
    assert mornings.work_through("2026-11-24") == ["lina"]
    assert mornings.session.scalars(select(Digest.person_id)).all() == [mornings.cast.people["lina"]]


def test_an_address_that_is_refused_for_good_is_not_tried_again_but_another_one_is(
    mornings: Mornings,
) -> None:
    mornings.mailbox.answers["RCPT"] = "550 5.1.1 no such user"
    assert mornings.work("2026-11-24T09:00+01:00") == []
    mornings.mailbox.answers.clear()
    due(mornings, "2026-11-27T12:00+01:00")
    assert mornings.work_through("2026-11-25") == mornings.work_through("2026-11-26") == []
    mornings.person("lina").email = "lina@other.example.edu"
    mornings.session.commit()
    assert mornings.work_through("2026-11-27") == ["lina"]


def test_a_passing_refusal_is_tried_again_later_and_later(mornings: Mornings) -> None:
    mornings.mailbox.answers["RCPT"] = "451 4.7.1 greylisted, try again"
    assert mornings.work("2026-11-24T09:00+01:00") == []
    assert mornings.digest().due_at == datetime.fromisoformat("2026-11-24T09:05+01:00")
    assert mornings.work("2026-11-24T09:05+01:00") == []
    assert mornings.digest().due_at == datetime.fromisoformat("2026-11-24T09:15+01:00")
    mornings.mailbox.answers.clear()
    assert mornings.work("2026-11-24T09:14+01:00") == []
    assert mornings.work("2026-11-24T09:15+01:00") == ["lina"]
    assert mornings.digest().failures == 0


def test_a_message_that_is_not_wanted_is_not_repeated_that_day(mornings: Mornings) -> None:
    mornings.mailbox.answers["DATA"] = "554 5.7.1 unwanted"
    assert mornings.work("2026-11-24T09:00+01:00") == []
    mornings.mailbox.answers.clear()
    assert mornings.work("2026-11-24T19:00+01:00") == []
    assert mornings.work_through("2026-11-25") == ["lina"]


def test_a_refusal_of_one_address_keeps_nobody_else_waiting(mornings: Mornings) -> None:
    mornings.write_to("frode", "amir")
    mornings.work("2026-11-23T16:00+01:00")
    mornings.mailbox.answers["frode@student.example.edu"] = "550 5.1.1 no such user"
    assert sorted(mornings.work("2026-11-24T09:00+01:00")) == ["amir", "lina"]


def test_when_the_server_itself_fails_it_is_asked_once_and_everybody_waits(
    mornings: Mornings, caplog: pytest.LogCaptureFixture
) -> None:
    mornings.write_to("frode", "amir")
    mornings.work("2026-11-23T16:00+01:00")
    mornings.mailbox.answers["MAIL"] = "550 5.7.1 not you"
    with caplog.at_level(logging.INFO):
        assert mornings.work("2026-11-24T09:00+01:00") == []
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == ["mail server"]
    later = datetime.fromisoformat("2026-11-24T09:05+01:00")
    assert {mornings.digest(name).due_at for name in ("lina", "frode", "amir")} == {later}
    mornings.mailbox.answers.clear()
    assert sorted(mornings.work("2026-11-24T09:05+01:00")) == ["amir", "frode", "lina"]


def test_the_log_counts_and_names_nobody(mornings: Mornings, caplog: pytest.LogCaptureFixture) -> None:
    mornings.write_to("frode")
    mornings.work("2026-11-23T16:00+01:00")
    mornings.mailbox.answers["frode@student.example.edu"] = "550 5.1.1 <frode@student.example.edu> no such user"
    with caplog.at_level(logging.DEBUG):
        mornings.work("2026-11-24T09:00+01:00")
    ours = [record for record in caplog.records if record.name.startswith("lti_tool")]
    assert [(record.message, vars(record)["sent"], vars(record)["refused"]) for record in ours] == [("digests", 1, 1)]
    assert "student.example.edu" not in "".join(str(vars(record)) for record in ours)


def test_a_digest_that_cannot_be_written_keeps_nobody_else_waiting(
    mornings: Mornings, monkeypatch: pytest.MonkeyPatch
) -> None:
    mornings.write_to("frode")
    mornings.work("2026-11-23T16:00+01:00")
    # A header takes no line end; claims that hold one are not kept, so this is somebody's mistake.
    mornings.person("frode").email = "frode@student.example.edu\nBcc: x@y.example"
    mornings.session.commit()
    assert mornings.work("2026-11-24T09:00+01:00") == ["lina"]


def test_the_job_is_run_by_workers(app: Flask, cast: Cast) -> None:
    assert {"send_digests", "forget_unused_addresses"} <= set(app.extensions["jobs"]._tasks)
    assert send_digests.__name__ in app.extensions["jobs"]._at_start
