"""The sweep finds what no message told of; waking tells of it at once."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lti_tool.database import db, now
from lti_tool.lti.jobs import forget_expired
from lti_tool.lti.models import UsedNonce
from lti_tool.lti.services.grades import SCORE_SCOPE
from lti_tool.passback import wake
from lti_tool.passback.models import Delivery
from lti_tool.passback.outbox import claim, due_within
from lti_tool.passback.reasons import Reason
from lti_tool.passback.worker import sweep_scores
from tests.passback.conftest import Outbox
from tests.passback.fake_lms import refusal
from tests.working import work_off

pytestmark = pytest.mark.usefixtures("queued")


def test_waking_sends_the_scores_and_everything_else_that_is_due(outbox: Outbox, app: Flask) -> None:
    score_ids = [outbox.enqueue(name) for name in ("lina", "frode", "amir")]
    wake(score_ids[:1])
    work_off(app)
    assert [outbox.score(score_id).state for score_id in score_ids] == [Delivery.SENT] * 3


def test_waking_for_nothing_does_nothing(outbox: Outbox, app: Flask) -> None:
    wake([])
    assert app.extensions["jobs"].waiting() == 0


def test_a_queue_that_lost_everything_costs_only_the_time_to_the_sweep(outbox: Outbox, app: Flask) -> None:
    score_id = outbox.enqueue()
    wake([score_id])
    app.extensions["jobs"]._queue.flush()
    sweep_scores()
    work_off(app)
    assert outbox.score(score_id).state is Delivery.SENT


def test_the_sweep_leaves_alone_what_is_not_due_or_is_on_its_way(outbox: Outbox, app: Flask) -> None:
    later = outbox.enqueue("lina")
    outbox.score(later).due_at = now() + timedelta(hours=1)
    outbox.session.commit()
    outbox.enqueue("frode")
    claim(outbox.session, timedelta(hours=1))
    outbox.session.commit()
    sweep_scores()
    assert app.extensions["jobs"].waiting() == 0


def test_the_sweep_finds_scores_whose_worker_died(outbox: Outbox, app: Flask) -> None:
    score_id = outbox.enqueue()
    claim(outbox.session, timedelta(seconds=-1))
    outbox.session.commit()
    sweep_scores()
    work_off(app)
    assert outbox.score(score_id).state is Delivery.SENT


def test_the_sweep_has_workers_woken_when_a_delay_or_a_lease_ends_before_the_next_sweep(
    outbox: Outbox, app: Flask
) -> None:
    outbox.enqueue("lina")
    claim(outbox.session, timedelta(seconds=30))
    delayed, much_later = outbox.enqueue("frode"), outbox.enqueue("amir")
    outbox.score(delayed).due_at = now() + timedelta(seconds=10)
    outbox.session.commit()
    outbox.score(much_later).due_at = now() + timedelta(minutes=10)
    outbox.session.commit()
    assert len(due_within(outbox.session, timedelta(minutes=1))) == 2
    outbox.session.rollback()
    sweep_scores()
    assert app.extensions["jobs"]._queue.scheduled_count() == 2


def test_a_delivery_that_failed_for_now_is_woken_for_again(outbox: Outbox, app: Flask) -> None:
    outbox.lms.fail("scores", refusal(500))
    wake([outbox.enqueue()])
    work_off(app)
    assert app.extensions["jobs"]._queue.scheduled_count() == 1


def test_the_sweep_does_not_add_to_a_queue_that_is_long_already(
    outbox: Outbox, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lti_tool.passback.worker.MOST_MESSAGES", 1)
    outbox.enqueue()
    for _sweep in range(5):
        sweep_scores()
    assert app.extensions["jobs"].waiting() == 2


def test_a_score_without_a_column_is_sent_once_a_launch_names_one(outbox: Outbox, app: Flask) -> None:
    outbox.change_item(url=None, container_url=None)
    score_id = outbox.enqueue()
    wake([score_id])
    work_off(app)
    assert outbox.score(score_id).failure == Reason.NO_COLUMN
    sweep_scores()
    assert outbox.score(score_id).state is Delivery.FAILED, "nothing has changed yet"
    outbox.change_item(url="https://lms.test/items/told")
    sweep_scores()
    work_off(app)
    score = outbox.score(score_id)
    assert (score.state, score.failure) == (Delivery.SENT, None)


def test_a_score_without_scope_is_sent_once_a_launch_grants_it(outbox: Outbox, app: Flask) -> None:
    outbox.change_item(scopes="")
    score_id = outbox.enqueue()
    outbox.deliver()
    outbox.change_item(scopes=SCORE_SCOPE)
    sweep_scores()
    work_off(app)
    assert outbox.score(score_id).state is Delivery.SENT


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_score_that_the_platform_refused_stays_failed(outbox: Outbox, app: Flask, status: int) -> None:
    outbox.lms.fail("scores", refusal(status))
    score_id = outbox.enqueue()
    outbox.deliver()
    sweep_scores()
    work_off(app)
    assert outbox.score(score_id).state is Delivery.FAILED


def test_expired_nonces_go_at_night(outbox: Outbox) -> None:
    for name, hours in (("old", -1), ("new", 1)):
        outbox.session.add(UsedNonce(nonce_hash=name, expires_at=now() + timedelta(hours=hours)))
    outbox.session.commit()
    forget_expired()
    assert db.session.scalars(select(func.count()).select_from(UsedNonce)).one() == 1


def test_the_worker_logs_what_it_sent_by_number(outbox: Outbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    score_id = outbox.enqueue()
    outbox.deliver()
    (record,) = [record for record in caplog.records if record.name == "lti_tool.passback.worker"]
    assert (record.getMessage(), vars(record)["score"]) == ("score sent", score_id)
