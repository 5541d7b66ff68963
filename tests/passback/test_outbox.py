"""Claims, leases and what happens to a row while its score is on the way."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool.database import db, now
from lti_tool.errors import NotFound
from lti_tool.passback.actions import Grade, next_timestamp, resend
from lti_tool.passback.models import Delivery, Score
from lti_tool.passback.outbox import claim, record
from lti_tool.passback.reasons import Reason
from lti_tool.passback.rules import Failed, Later, Sent, Stale
from lti_tool.passback.worker import deliver_next
from tests.passback.conftest import Outbox
from tests.passback.fake_lms import refusal

LEASE = timedelta(seconds=60)
BETTER = Grade(100, 100, "Better now")


def test_a_claimed_score_is_nobody_elses_until_its_lease_ends(outbox: Outbox) -> None:
    score_id = outbox.enqueue()
    first = claim(outbox.session, LEASE)
    outbox.session.commit()
    assert first is not None
    assert claim(outbox.session, LEASE) is None
    _end_lease(outbox, score_id)
    second = claim(outbox.session, LEASE)
    assert second is not None
    assert (second.score_id, second.lease_token != first.lease_token) == (score_id, True)


def test_the_score_that_is_due_longest_comes_first(outbox: Outbox) -> None:
    late, early = outbox.enqueue("lina"), outbox.enqueue("frode")
    outbox.score(early).due_at = now() - timedelta(hours=1)
    outbox.session.commit()
    claimed = [claim(outbox.session, LEASE), claim(outbox.session, LEASE)]
    assert [parcel.score_id for parcel in claimed if parcel] == [early, late]


def test_a_newer_score_enqueued_meanwhile_is_sent_next(outbox: Outbox) -> None:
    score_id = outbox.enqueue()
    outbox.lms.fail("scores", lambda: outbox.enqueue(grade=BETTER))
    outbox.deliver()
    assert outbox.score(score_id).state is Delivery.WAITING, "what was sent is not what waits now"
    outbox.deliver()
    assert outbox.score(score_id).state is Delivery.SENT
    posts = [post.json for post in outbox.lms.posts("/scores")]
    assert [post["comment"] for post in posts] == ["Well done", "Better now"]
    assert datetime.fromisoformat(posts[0]["timestamp"]) < datetime.fromisoformat(posts[1]["timestamp"])


def test_while_one_is_on_the_way_nobody_sends_the_newer_one(outbox: Outbox) -> None:
    outcomes: list[object] = []

    def meanwhile() -> None:
        outbox.enqueue(grade=BETTER)
        outcomes.append(deliver_next(outbox.session, outbox.courier))

    outbox.enqueue()
    outbox.lms.fail("scores", meanwhile)
    outbox.deliver()
    assert outcomes == [None]


@pytest.mark.parametrize("outcome", [Sent(), Later(60), Stale(0, 409), Failed(Reason.REFUSED, 400)])
def test_an_outcome_of_an_older_score_changes_nothing_of_the_newer(outbox: Outbox, outcome: Sent | Later) -> None:
    score_id = outbox.enqueue()
    parcel = claim(outbox.session, LEASE)
    outbox.session.commit()
    assert parcel is not None
    outbox.enqueue(grade=BETTER)
    assert not record(outbox.session, parcel, outcome)
    outbox.session.commit()
    score = outbox.score(score_id)
    assert (score.state, score.comment, score.lease_token) == (Delivery.WAITING, "Better now", None)
    assert (score.attempts, score.failure, score.conflicts) == (0, None, 0)
    assert (score.sent_at is not None) is isinstance(outcome, Sent), "what was accepted is known all the same"
    assert score.due_at <= now()


def test_a_worker_whose_lease_was_taken_over_records_nothing(outbox: Outbox) -> None:
    score_id = outbox.enqueue()
    slow = claim(outbox.session, LEASE)
    outbox.session.commit()
    _end_lease(outbox, score_id)
    quick = claim(outbox.session, LEASE)
    outbox.session.commit()
    assert slow is not None
    assert quick is not None
    assert not record(outbox.session, slow, Failed(Reason.REFUSED, 400))
    outbox.session.commit()
    assert outbox.score(score_id).lease_token == quick.lease_token
    assert record(outbox.session, quick, Sent())
    outbox.session.commit()
    assert outbox.score(score_id).state is Delivery.SENT


def test_workers_at_once_share_the_scores_without_sending_any_twice(outbox: Outbox, app: Flask) -> None:
    for name in ("lina", "frode", "amir"):
        outbox.enqueue(name, course="TDT4100")
    for name in ("siri", "tuva"):
        outbox.enqueue(name, course="LAOS")

    def work() -> None:
        with app.app_context():
            while deliver_next(db.session, outbox.courier) is not None:
                pass

    threads = [threading.Thread(target=work) for _worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(post.json["userId"] for post in outbox.lms.posts("/scores")) == Counter(
        f"sub-{name}" for name in ("lina", "frode", "amir", "siri", "tuva")
    )
    assert {score.state for score in outbox.session.scalars(select(Score))} == {Delivery.SENT}
    assert len(outbox.lms.tokens) == 1


def test_sending_happens_outside_any_transaction(outbox: Outbox) -> None:
    open_while_sending: list[bool] = []
    outbox.lms.fail("token", lambda: open_while_sending.append(outbox.session.in_transaction()))
    outbox.lms.fail("scores", lambda: open_while_sending.append(outbox.session.in_transaction()))
    outbox.enqueue()
    outbox.deliver()
    assert open_while_sending == [False, False]


def test_requests_of_one_delivery_are_over_well_before_its_lease(outbox: Outbox) -> None:
    allowed: list[float] = []

    def send(*args: object, seconds: float = 20, **options: object) -> object:
        allowed.append(seconds)
        return outbox.lms(*args, **options)  # type: ignore[arg-type]

    object.__setattr__(outbox.courier, "send", send)
    object.__setattr__(outbox.courier, "lease", timedelta(seconds=10))
    outbox.enqueue()
    outbox.deliver()
    assert len(allowed) == 2
    assert all(seconds <= 5 for seconds in allowed)


def test_resend_sends_a_failed_score_anew_with_a_newer_timestamp(outbox: Outbox) -> None:
    outbox.lms.fail("scores", refusal(403))
    score_id = outbox.enqueue()
    outbox.deliver()
    before = outbox.score(score_id).timestamp
    assert resend(outbox.session, score_id) == [score_id]
    outbox.session.commit()
    score = outbox.score(score_id)
    assert (score.state, score.failure, score.failure_status) == (Delivery.WAITING, None, None)
    assert score.timestamp - before >= timedelta(seconds=1)
    outbox.deliver()
    assert outbox.score(score_id).state is Delivery.SENT


def test_resending_twice_is_the_same_as_once(outbox: Outbox) -> None:
    score_id = outbox.enqueue()
    outbox.deliver()
    resend(outbox.session, score_id)
    outbox.session.commit()
    once = outbox.score(score_id).timestamp
    resend(outbox.session, score_id)
    outbox.session.commit()
    assert outbox.score(score_id).timestamp == once


def test_resending_a_score_that_waits_for_its_next_try_hurries_it(outbox: Outbox) -> None:
    outbox.lms.fail("scores", refusal(500))
    score_id = outbox.enqueue()
    outbox.deliver()
    resend(outbox.session, score_id)
    outbox.session.commit()
    outbox.deliver()
    assert outbox.score(score_id).state is Delivery.SENT


def test_resending_an_unknown_score_is_refused(outbox: Outbox) -> None:
    with pytest.raises(NotFound):
        resend(outbox.session, 4711)


def test_timestamps_of_a_row_are_a_whole_second_apart_even_ahead_of_the_clock() -> None:
    ahead = now() + timedelta(hours=1)
    assert next_timestamp(ahead) == ahead + timedelta(seconds=1)


def _end_lease(outbox: Outbox, score_id: int) -> None:
    outbox.score(score_id).lease_until = now() - timedelta(seconds=1)
    outbox.session.commit()
